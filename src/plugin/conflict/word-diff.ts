import { diff_match_patch } from 'diff-match-patch';
import { diffLines } from '../../core/merge/diff-lines.ts';
import { numberLines } from '../../core/merge/line-ids.ts';
import { DEFAULT_MERGE_OPTIONS } from '../../core/merge/merge.ts';

/** Part of two texts: in both, or in one alone. */
export interface DiffPart {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
}

/** Places in characters: `[fromA, toA)` of the one became `[fromB, toB)` of the other. */
export interface TextChange {
  readonly fromA: number;
  readonly toA: number;
  readonly fromB: number;
  readonly toB: number;
}

const WORD = /[\p{L}\p{N}_]+|\s+|[^\s\p{L}\p{N}_]/gu;
const IS_WORD = /[\p{L}\p{N}]/u;
/** What is drawn may be coarse where two texts have nothing in common; it decides nothing. */
const TIMEOUT_S = 0.2;
const MOST_CHARACTERS = 40_000;
/** Characters that stand for words: below the surrogates. */
const MOST_WORDS = 0xd7ff;

/** How `before` became `after`, word by word. */
export function diffWords(before: string, after: string): readonly DiffPart[] {
  if (before.length + after.length > MOST_CHARACTERS) return asWhole(before, after);
  const letters = new Map<string, string>();
  const words: string[] = [''];
  const encode = (text: string): string =>
    (text.match(WORD) ?? [])
      .map((word) => {
        const known = letters.get(word);
        if (known !== undefined) return known;
        const letter = String.fromCharCode(words.push(word) - 1);
        letters.set(word, letter);
        return letter;
      })
      .join('');
  const [from, to] = [encode(before), encode(after)];
  if (words.length > MOST_WORDS) return asWhole(before, after);
  const engine = new diff_match_patch();
  engine.Diff_Timeout = TIMEOUT_S;
  const diffs = engine.diff_main(from, to, false);
  engine.diff_cleanupSemantic(diffs);
  return diffs.map(([sign, encoded]) => ({
    kind: sign === 0 ? 'same' : sign < 0 ? 'removed' : 'added',
    text: Array.from(encoded, (letter) => words[letter.charCodeAt(0)] ?? '').join(''),
  }));
}

function asWhole(before: string, after: string): readonly DiffPart[] {
  const parts: DiffPart[] = [
    { kind: 'removed', text: before },
    { kind: 'added', text: after },
  ];
  return before === after ? [{ kind: 'same', text: after }] : parts.filter(({ text }) => text !== '');
}

/** The changes of whole texts: by lines first, so that a long note costs no more than what changed in it. */
export function changesBetween(before: string, after: string): readonly TextChange[] {
  const changes: TextChange[] = [];
  for (const { a, b } of changedLines(before, after)) {
    let [atA, atB] = [a.from, b.from];
    for (const { kind, text } of diffWords(a.text, b.text)) {
      const toA = kind === 'added' ? atA : atA + text.length;
      const toB = kind === 'removed' ? atB : atB + text.length;
      const last = changes.at(-1);
      if (kind !== 'same' && last?.toA === atA && last.toB === atB)
        changes[changes.length - 1] = { ...last, toA, toB };
      else if (kind !== 'same') changes.push({ fromA: atA, toA, fromB: atB, toB });
      [atA, atB] = [toA, toB];
    }
  }
  return changes;
}

/** How many words of `after` are others than before, or are gone. */
export function countChangedWords(before: string, after: string): number {
  let count = 0;
  for (const { a, b } of changedLines(before, after)) {
    const parts = diffWords(a.text, b.text);
    const words = (kind: DiffPart['kind']): number =>
      parts.reduce((sum, part) => sum + (part.kind === kind ? wordsIn(part.text) : 0), 0);
    count += Math.max(words('added'), words('removed'));
  }
  return count;
}

function wordsIn(text: string): number {
  return (text.match(WORD) ?? []).filter((word) => IS_WORD.test(word)).length;
}

interface Block {
  readonly from: number;
  readonly text: string;
}

interface ChangedLines {
  readonly a: Block;
  readonly b: Block;
}

/** The words of a version are counted, and its changes drawn: of both versions that is the same work twice. */
const known: { readonly before: string; readonly after: string; readonly found: readonly ChangedLines[] }[] =
  [];
const MOST_KNOWN = 2;

function changedLines(before: string, after: string): readonly ChangedLines[] {
  const same = known.find((one) => one.before === before && one.after === after);
  if (same !== undefined) return same.found;
  const found = findChangedLines(before, after);
  known.push({ before, after, found });
  if (known.length > MOST_KNOWN) known.shift();
  return found;
}

function findChangedLines(before: string, after: string): readonly ChangedLines[] {
  const [linesA, linesB] = [linesOf(before), linesOf(after)];
  const ids = numberLines({ base: linesA, local: linesB, remote: [] });
  const { maxDiffSteps } = DEFAULT_MERGE_OPTIONS;
  const [startsA, startsB] = [startsOf(linesA), startsOf(linesB)];
  return diffLines(ids.base, ids.local, { idCount: ids.idCount, maxSteps: maxDiffSteps }).map((hunk) => ({
    a: { from: startsA[hunk.baseStart] ?? 0, text: linesA.slice(hunk.baseStart, hunk.baseEnd).join('') },
    b: { from: startsB[hunk.sideStart] ?? 0, text: linesB.slice(hunk.sideStart, hunk.sideEnd).join('') },
  }));
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/gu) ?? [];
}

/** Of each line, and the end of the last. */
function startsOf(lines: readonly string[]): number[] {
  let at = 0;
  return [0, ...lines.map((line) => (at += line.length))];
}
