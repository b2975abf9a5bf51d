import { groupChanges, growth, isInsertion } from './change-groups.ts';
import type { ChangeGroup, Changes } from './change-groups.ts';
import type { Hunk } from './diff-lines.ts';
import { diffWords, isLineStart } from './diff-words.ts';
import type { NumberedTokens } from './diff-words.ts';
import type { Versions } from './obstacle.ts';
import { isContent, isPlace, textOf, tokenize } from './tokens.ts';
import type { Token } from './tokens.ts';
import { BaseLines, findRewritten } from './word-lines.ts';

/** Tokens that belong together on the three sides. */
export interface WordRegion extends Versions<string> {
  /** As for lines; `unstable` where somebody, or a rule about insertions, has to decide. */
  readonly kind: 'unchanged' | 'local' | 'remote' | 'alike' | 'unstable';
  /** Whole lines that both inserted at one place. */
  readonly inserted: boolean;
}

export interface WordMerge {
  /** They cover the three texts, in order. */
  readonly regions: readonly WordRegion[];
  /** What each side wrote that the other did not also write at the same place. */
  readonly added: { readonly local: readonly Token[]; readonly remote: readonly Token[] };
}

/** Three-way merge of texts by words; both sides differ from the base and from each other. */
export function mergeWords(texts: Versions<string>, maxSteps: number): WordMerge {
  const { base, local, remote, idCount } = number(texts);
  const changes = {
    local: diffWords(base, local, { idCount, maxSteps }),
    remote: diffWords(base, remote, { idCount, maxSteps }),
  };
  const agreed = findAgreed(changes, local, remote);
  const lines = new BaseLines(base.tokens);
  const rewritten = findRewritten(lines, changes);
  const inLocal = new Set(changes.local);
  const tokensOf = (hunk: Hunk): ChangedTokens => {
    const side = inLocal.has(hunk) ? local : remote;
    return {
      hunk,
      removed: base.tokens.slice(hunk.baseStart, hunk.baseEnd),
      added: side.tokens.slice(hunk.sideStart, hunk.sideEnd),
    };
  };
  const groups = groupChanges(changes, (earlier, later) => {
    if (agreed.has(earlier) || agreed.has(later)) return agreed.get(earlier) === later;
    if (isSpacingBeside(tokensOf(earlier), tokensOf(later))) return false;
    if (lines.shared(earlier, later).some((line) => rewritten.has(line))) return true;
    return !areParted(lines, earlier, later) && !isSettingBeside(tokensOf(earlier), tokensOf(later));
  });
  const own = (hunks: readonly Hunk[], side: NumberedTokens): Token[] =>
    hunks.flatMap((hunk) => (agreed.has(hunk) ? [] : side.tokens.slice(hunk.sideStart, hunk.sideEnd)));
  return {
    regions: layOut({ base, local, remote }, groups, agreed),
    added: { local: own(changes.local, local), remote: own(changes.remote, remote) },
  };
}

function number(texts: Versions<string>): Versions<NumberedTokens> & { readonly idCount: number } {
  const idByText = new Map<string, number>();
  const numbered = (text: string): NumberedTokens => {
    const tokens = tokenize(text);
    const ids = Int32Array.from(tokens, (token) => {
      const known = idByText.get(token.text);
      if (known !== undefined) return known;
      idByText.set(token.text, idByText.size);
      return idByText.size - 1;
    });
    return { tokens, ids };
  };
  const base = numbered(texts.base);
  const local = numbered(texts.local);
  const remote = numbered(texts.remote);
  return { base, local, remote, idCount: idByText.size };
}

/** The changes that both sides made alike, each with its twin. */
function findAgreed(changes: Changes, local: NumberedTokens, remote: NumberedTokens): Map<Hunk, Hunk> {
  const twins = new Map<Hunk, Hunk>();
  const key = (hunk: Hunk, { tokens }: NumberedTokens): string =>
    `${String(hunk.baseStart)} ${String(hunk.baseEnd)} ${textOf(tokens.slice(hunk.sideStart, hunk.sideEnd))}`;
  const byKey = new Map(changes.local.map((hunk) => [key(hunk, local), hunk]));
  for (const hunk of changes.remote) {
    const twin = byKey.get(key(hunk, remote));
    if (twin === undefined) continue;
    twins.set(twin, hunk);
    twins.set(hunk, twin);
  }
  return twins;
}

/**
 * Whether enough of the base stands between two changes that each keeps its sense beside the other: a
 * line's end, a word with a blank, two characters of an unspaced script, or the edge of a table's cell.
 */
function areParted(lines: BaseLines, earlier: Hunk, later: Hunk): boolean {
  if (later.baseStart < earlier.baseEnd) return false;
  const between = lines.tokens.slice(earlier.baseEnd, later.baseStart);
  const has = (kind: Token['kind']): boolean => between.some((token) => token.kind === kind);
  if (has('newline')) return true;
  if (has('word') && has('space')) return true;
  if (between.some(({ text }) => isPlace(text))) return true;
  if (between.filter(({ kind }) => kind === 'ideograph').length >= 2) return true;
  return between.some(({ text }) => text === '|') && lines.isTableRow(lines.lineAt(earlier.baseEnd));
}

interface ChangedTokens {
  readonly hunk: Hunk;
  readonly removed: readonly Token[];
  readonly added: readonly Token[];
}

/** Blanks, and what ends or parts sentences: beside words, not beside numbers, which they could be part of. */
const SETTING = /^[\s.,;:!?…、。，；：！？"'“”‘’「」（）()]+$/u;

/** Whether one side changed the setting of a text and the other, right beside it, its words. */
function isSettingBeside(earlier: ChangedTokens, later: ChangedTokens): boolean {
  if (later.hunk.baseStart < earlier.hunk.baseEnd) return false;
  const isAtOnePlace = isInsertion(earlier.hunk) && isInsertion(later.hunk);
  if (isAtOnePlace) return false;
  return isSetting(earlier) ? isWording(later) : isSetting(later) && isWording(earlier);
}

function isSetting({ removed, added }: ChangedTokens): boolean {
  return [...removed, ...added].every(({ kind, text }) => kind !== 'newline' && SETTING.test(text));
}

/** Whether one side changed the width of blanks and the other replaced words elsewhere. */
function isSpacingBeside(earlier: ChangedTokens, later: ChangedTokens): boolean {
  if (later.hunk.baseStart < earlier.hunk.baseEnd) return false;
  return isSpacing(earlier) ? isReplacement(later) : isSpacing(later) && isReplacement(earlier);
}

/** Blanks became other blanks: what they part stays parted, numbers as well. */
function isSpacing({ removed, added }: ChangedTokens): boolean {
  return [removed, added].every(
    (tokens) => tokens.length > 0 && tokens.every(({ kind }) => kind === 'space'),
  );
}

/** Words became other words, at their place. */
function isReplacement({ removed, added }: ChangedTokens): boolean {
  return [removed, added].every(
    (tokens) => tokens.some(isContent) && tokens.every(({ kind }) => kind !== 'newline'),
  );
}

function isWording(change: ChangedTokens): boolean {
  return (
    isReplacement(change) && [...change.removed, ...change.added].every(({ text }) => !/\p{N}/u.test(text))
  );
}

/** Cuts the three texts along the groups. */
function layOut(
  sides: Versions<NumberedTokens>,
  groups: readonly ChangeGroup[],
  agreed: ReadonlyMap<Hunk, Hunk>,
): WordRegion[] {
  const regions: WordRegion[] = [];
  const at = { base: 0, local: 0, remote: 0 };
  const take = (side: keyof typeof at, length: number): string => {
    const start = at[side];
    at[side] += length;
    return textOf(sides[side].tokens.slice(start, at[side]));
  };
  const takeUnchanged = (until: number): void => {
    const length = until - at.base;
    if (length === 0) return;
    const texts = {
      base: take('base', length),
      local: take('local', length),
      remote: take('remote', length),
    };
    regions.push({ kind: 'unchanged', inserted: false, ...texts });
  };
  for (const group of groups) {
    takeUnchanged(group.start);
    const inserted = areInsertedLines(sides, group);
    const length = group.end - group.start;
    const texts = {
      base: take('base', length),
      local: take('local', length + growth(group.local)),
      remote: take('remote', length + growth(group.remote)),
    };
    regions.push({ kind: kindOf(group, agreed), inserted, ...texts });
  }
  takeUnchanged(sides.base.tokens.length);
  return regions;
}

function kindOf({ local, remote }: ChangeGroup, agreed: ReadonlyMap<Hunk, Hunk>): WordRegion['kind'] {
  const [here, there] = [local[0], remote[0]];
  if (there === undefined) return 'local';
  if (here === undefined) return 'remote';
  return agreed.get(here) === there ? 'alike' : 'unstable';
}

/** Whether each side put whole lines, and nothing else, at one place. */
function areInsertedLines(sides: Versions<NumberedTokens>, { local, remote }: ChangeGroup): boolean {
  const [here, there] = [local[0], remote[0]];
  if (here === undefined || there === undefined || local.length + remote.length > 2) return false;
  const isWhole = (hunk: Hunk, { tokens }: NumberedTokens): boolean =>
    isInsertion(hunk) && isLineStart(tokens, hunk.sideStart) && isLineStart(tokens, hunk.sideEnd);
  return isWhole(here, sides.local) && isWhole(there, sides.remote);
}
