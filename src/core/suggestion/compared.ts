import { diffWords } from '../merge/diff-words.ts';
import { diffLines, type Hunk } from '../merge/diff-lines.ts';
import { numberLines } from '../merge/line-ids.ts';
import { DEFAULT_MERGE_OPTIONS } from '../merge/merge.ts';
import { tokenize, type Token } from '../merge/tokens.ts';

export interface SuggestionTexts {
  /** `undefined`: not known; then all that either version says counts as added by it. */
  readonly base: string | undefined;
  readonly note: string;
  readonly copy: string;
}

export const SIDES = ['note', 'copy'] as const;
export type Side = (typeof SIDES)[number];

/** A text taken apart. */
export interface Words {
  readonly tokens: readonly Token[];
  /** Where each token begins, in characters; one more for the end. */
  readonly starts: readonly number[];
  /** How often each token stands in it. */
  readonly counts: ReadonlyMap<string, number>;
}

export type Which = 'base' | Side | 'suggestion';

/** The four texts, and how the other three differ from the base. */
export interface Compared {
  readonly words: Readonly<Record<Which, Words>>;
  readonly hunks: Readonly<Record<Side | 'suggestion', readonly Hunk[]>>;
}

export function compareTexts({ base, note, copy }: SuggestionTexts, suggestion: string): Compared {
  const words = {
    base: wordsOf(base ?? ''),
    note: wordsOf(note),
    copy: wordsOf(copy),
    suggestion: wordsOf(suggestion),
  };
  return {
    words,
    hunks: {
      note: hunksOf(words.base, words.note),
      copy: hunksOf(words.base, words.copy),
      suggestion: hunksOf(words.base, words.suggestion),
    },
  };
}

export function isBlank({ kind }: Token): boolean {
  return kind === 'space' || kind === 'newline';
}

/** Stretches of `[start, end)` that are wanted, parted also at the end of each line; blanks neither begin nor end one. */
export function runsOf(
  { tokens }: Words,
  [start, end]: readonly [number, number],
  isWanted: (position: number) => boolean = () => true,
): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  let current: [number, number] | undefined;
  for (let at = start; at < end; at += 1) {
    const token = tokens[at];
    if (token === undefined) break;
    if (token.kind === 'newline' || (token.kind !== 'space' && !isWanted(at))) current = undefined;
    else if (token.kind !== 'space') {
      if (current === undefined) runs.push((current = [at, at + 1]));
      else current[1] = at + 1;
    }
  }
  return runs;
}

export function textOfRun({ tokens }: Words, [start, end]: readonly [number, number]): string {
  return tokens
    .slice(start, end)
    .map(({ text }) => text)
    .join('');
}

/** Per token of the base: whether it is gone. */
export function removedBy(which: Exclude<Which, 'base'>, { words, hunks }: Compared): Uint8Array {
  const removed = new Uint8Array(words.base.tokens.length);
  for (const { baseStart, baseEnd } of hunks[which]) removed.fill(1, baseStart, baseEnd);
  return removed;
}

/** How often a token may stand in a merge of both at most. */
export function mostOf({ words }: Compared, text: string): number {
  const was = words.base.counts.get(text) ?? 0;
  const changes = SIDES.map((side) => (words[side].counts.get(text) ?? 0) - was);
  const removed = changes.map((change) => Math.max(0, -change));
  return was - Math.max(...removed) + sum(changes.map((change) => Math.max(0, change)));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function wordsOf(text: string): Words {
  const tokens = tokenize(text);
  const counts = new Map<string, number>();
  const starts = [0];
  for (const token of tokens) {
    starts.push((starts.at(-1) ?? 0) + token.text.length);
    if (!isBlank(token)) counts.set(token.text, (counts.get(token.text) ?? 0) + 1);
  }
  return { tokens, starts, counts };
}

/** By lines first, then by words within the lines that changed: a line that stayed parts what is beside it. */
function hunksOf(base: Words, side: Words): readonly Hunk[] {
  const [before, after] = [linesOf(base), linesOf(side)];
  const texts = (words: Words, lines: readonly number[]): string[] =>
    lines.slice(1).map((end, index) => textOfRun(words, [lines[index] ?? 0, end]));
  return diffTexts(texts(base, before), texts(side, after), diffLines).flatMap((lines) => {
    const [fromBase, fromSide] = [before[lines.baseStart] ?? 0, after[lines.sideStart] ?? 0];
    const within = wordHunks(
      base.tokens.slice(fromBase, before[lines.baseEnd]),
      side.tokens.slice(fromSide, after[lines.sideEnd]),
    );
    return within.map(({ baseStart, baseEnd, sideStart, sideEnd }) => ({
      baseStart: baseStart + fromBase,
      baseEnd: baseEnd + fromBase,
      sideStart: sideStart + fromSide,
      sideEnd: sideEnd + fromSide,
    }));
  });
}

function wordHunks(base: readonly Token[], side: readonly Token[]): readonly Hunk[] {
  const texts = (tokens: readonly Token[]): string[] => tokens.map(({ text }) => text);
  return diffTexts(texts(base), texts(side), (one, other, limits) =>
    diffWords({ tokens: base, ids: one }, { tokens: side, ids: other }, limits),
  );
}

function diffTexts(
  base: readonly string[],
  side: readonly string[],
  diff: typeof diffLines,
): readonly Hunk[] {
  const { idCount, ...ids } = numberLines({ base, local: side, remote: [] });
  return diff(ids.base, ids.local, { idCount, maxSteps: DEFAULT_MERGE_OPTIONS.maxDiffSteps });
}

/** Where each line begins, in tokens, and the end of the last. */
function linesOf({ tokens }: Words): readonly number[] {
  const starts = [0];
  tokens.forEach(({ kind }, position) => {
    if (kind === 'newline') starts.push(position + 1);
  });
  if (starts.at(-1) !== tokens.length) starts.push(tokens.length);
  return starts;
}
