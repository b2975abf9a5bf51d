import { diffSequences } from './diff-lines.ts';
import type { Hunk } from './diff-lines.ts';
import { slideHunks } from './slide-hunks.ts';
import { isContent, isPlace } from './tokens.ts';
import type { Token } from './tokens.ts';

/** Tokens with numbers: two tokens have the same number when, and only when, they are the same text. */
export interface NumberedTokens {
  readonly tokens: readonly Token[];
  readonly ids: Int32Array;
}

export interface WordLimits {
  readonly idCount: number;
  readonly maxSteps: number;
}

/**
 * What a side changed, in tokens, ascending. Incidental agreement (a blank, a "the" in the middle of a
 * sentence that was written anew) does not part a change in two, and a line that was added is that whole
 * line, not its middle and the beginning of the next.
 */
export function diffWords(base: NumberedTokens, side: NumberedTokens, limits: WordLimits): Hunk[] {
  const joined = joinWeak(base.tokens, side.tokens, diffSequences(base.ids, side.ids, limits));
  const slid = slideHunks(base.ids, side.ids, joined);
  return partLines(base, side, alignToLines(base, side, closeLines(base, side, slid)));
}

function joinWeak(base: readonly Token[], side: readonly Token[], hunks: readonly Hunk[]): Hunk[] {
  const joined: Hunk[] = [];
  for (const hunk of hunks) {
    let current = hunk;
    // Ends: each turn takes one hunk off `joined`.
    for (let before = joined.at(-1); before !== undefined; before = joined.at(-1)) {
      const size = Math.min(weight(base, side, before), weight(base, side, current));
      if (!isWeak(base.slice(before.baseEnd, current.baseStart), size)) break;
      joined.pop();
      current = { ...current, baseStart: before.baseStart, sideStart: before.sideStart };
    }
    joined.push(current);
  }
  return joined;
}

/** How much is said in the longer one of a hunk's two texts, in UTF-16 units. */
function weight(base: readonly Token[], side: readonly Token[], hunk: Hunk): number {
  const { baseStart, baseEnd, sideStart, sideEnd } = hunk;
  return Math.max(saying(base.slice(baseStart, baseEnd)), saying(side.slice(sideStart, sideEnd)));
}

function saying(tokens: readonly Token[]): number {
  return tokens.reduce((sum, token) => sum + (isContent(token) ? token.text.length : 0), 0);
}

/** Whether what two hunks have between them is less than what either changed. */
function isWeak(between: readonly Token[], size: number): boolean {
  if (between.some(({ kind, text }) => kind === 'newline' || text === '|' || isPlace(text))) return false;
  return saying(between) <= size;
}

/**
 * Where a side went on with a line and put whole lines after it, the line's end is the old one: it parts the
 * change of that line from the lines that are new. Of a line's words that were taken away altogether nobody
 * knows whether the new lines have them in other words.
 */
function closeLines(base: NumberedTokens, side: NumberedTokens, hunks: readonly Hunk[]): Hunk[] {
  return hunks.flatMap((hunk, index) => {
    const { baseStart, baseEnd, sideStart, sideEnd } = hunk;
    const isEnd = base.tokens[baseEnd]?.kind === 'newline' && side.ids[sideEnd] === base.ids[baseEnd];
    const next = hunks[index + 1]?.baseStart ?? Infinity;
    const removed = base.tokens.slice(baseStart, baseEnd);
    if (!isEnd || next <= baseEnd + 1 || removed.some(({ kind }) => kind === 'newline')) return [hunk];
    const end = side.ids.subarray(0, sideEnd).indexOf(base.ids[baseEnd] ?? -1, sideStart);
    if (end < 0 || (baseStart === baseEnd && end === sideStart)) return [hunk];
    if (removed.some(isContent) && !side.tokens.slice(sideStart, end).some(isContent)) return [hunk];
    return [
      { baseStart, baseEnd, sideStart, sideEnd: end },
      { baseStart: baseEnd + 1, baseEnd: baseEnd + 1, sideStart: end + 1, sideEnd: sideEnd + 1 },
    ];
  });
}

/** Moves insertions and deletions up to where they are whole lines, if they can be. */
function alignToLines(base: NumberedTokens, side: NumberedTokens, hunks: readonly Hunk[]): Hunk[] {
  return hunks.map((hunk, index) => {
    const isInsertion = hunk.baseStart === hunk.baseEnd;
    if (!isInsertion && hunk.sideStart !== hunk.sideEnd) return hunk;
    const { ids, tokens } = isInsertion ? side : base;
    const [start, end] = isInsertion ? [hunk.sideStart, hunk.sideEnd] : [hunk.baseStart, hunk.baseEnd];
    // An unchanged token stays between two hunks.
    const room = hunk.baseStart - (hunks[index - 1]?.baseEnd ?? -1) - 1;
    for (let by = 0; ; by++) {
      if (isLineStart(tokens, start - by)) return moveUp(hunk, by);
      if (by >= room || ids[start - by - 1] !== ids[end - by - 1]) return hunk;
    }
  });
}

function moveUp({ baseStart, baseEnd, sideStart, sideEnd }: Hunk, by: number): Hunk {
  return {
    baseStart: baseStart - by,
    baseEnd: baseEnd - by,
    sideStart: sideStart - by,
    sideEnd: sideEnd - by,
  };
}

export function isLineStart(tokens: readonly Token[], position: number): boolean {
  return position === 0 || tokens[position - 1]?.kind === 'newline';
}

/**
 * Where a line's beginning stands in a change once more, with whole lines before it, those lines were added
 * and the rest of the change is an edit: "- a" that became "- new" and "- b" is not one "a" that became
 * "new, line's end, - b".
 */
function partLines(base: NumberedTokens, side: NumberedTokens, hunks: readonly Hunk[]): Hunk[] {
  return hunks.flatMap((hunk, index) => {
    const { baseStart, baseEnd, sideStart, sideEnd } = hunk;
    if (baseStart === baseEnd || sideStart === sideEnd) return [hunk];
    let length = 0;
    while (!isLineStart(base.tokens, baseStart - length)) length++;
    // The line's beginning is unchanged, and parts this hunk from the one before.
    if (length === 0 || baseStart - length <= (hunks[index - 1]?.baseEnd ?? -1)) return [hunk];
    let rest = sideEnd;
    while (rest > sideStart && side.tokens[rest - 1]?.kind !== 'newline') rest--;
    if (rest === sideStart || rest + length >= sideEnd) return [hunk];
    for (let at = 0; at < length; at++)
      if (side.ids[rest + at] !== base.ids[baseStart - length + at]) return [hunk];
    const start = baseStart - length;
    return [
      { baseStart: start, baseEnd: start, sideStart: sideStart - length, sideEnd: rest },
      { baseStart, baseEnd, sideStart: rest + length, sideEnd },
    ];
  });
}
