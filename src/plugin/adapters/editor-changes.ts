import type { EditorChange, EditorPosition } from 'obsidian';
import { diffLines } from '../../core/merge/diff-lines.ts';
import { numberLines } from '../../core/merge/line-ids.ts';

/** Beyond this the middle of a note is taken as rewritten: typing must not wait for a diff. */
const MAX_STEPS = 1_000_000;

interface Replacement {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * Small changes that make `after` of `before`, ascending, in positions of `before`: what stays the same is not
 * touched, so that cursor, folds and undo history keep their places. Both texts part lines by `\n` alone.
 */
export function editorChanges(before: string, after: string): EditorChange[] {
  const starts = lineStarts(before);
  return replacements(before, after, starts)
    .flatMap((each) => trimmed(before, each) ?? [])
    .map(({ from, to, text }) => ({ from: position(starts, from), to: position(starts, to), text }));
}

function replacements(before: string, after: string, starts: readonly number[]): Replacement[] {
  // A line here ends with its line feed, so that the last one needs no case of its own.
  const base = linesOf(before, starts);
  const side = linesOf(after, lineStarts(after));
  const ids = numberLines({ base, local: side, remote: [] });
  const hunks = diffLines(ids.base, ids.local, { idCount: ids.idCount, maxSteps: MAX_STEPS });
  return hunks.flatMap(({ baseStart, baseEnd, sideStart, sideEnd }) => {
    const at = (line: number): number => starts[line] ?? before.length;
    if (baseEnd - baseStart !== sideEnd - sideStart)
      return [{ from: at(baseStart), to: at(baseEnd), text: side.slice(sideStart, sideEnd).join('') }];
    // As many lines as before: each became the one in its place.
    return side.slice(sideStart, sideEnd).map((text, index) => {
      const line = baseStart + index;
      return { from: at(line), to: at(line + 1), text };
    });
  });
}

function trimmed(before: string, { from, to, text }: Replacement): Replacement | undefined {
  const old = before.slice(from, to);
  const most = Math.min(old.length, text.length);
  let head = 0;
  while (head < most && old[head] === text[head]) head += 1;
  if (isHighSurrogate(old, head - 1)) head -= 1;
  let tail = 0;
  while (tail < most - head && old.at(-1 - tail) === text.at(-1 - tail)) tail += 1;
  if (tail > 0 && isLowSurrogate(old, old.length - tail)) tail -= 1;
  if (head === old.length && head === text.length) return undefined;
  return { from: from + head, to: to - tail, text: text.slice(head, text.length - tail) };
}

function isHighSurrogate(text: string, index: number): boolean {
  const unit = index < 0 ? 0 : text.charCodeAt(index);
  return unit >= 0xd800 && unit < 0xdc00;
}

function isLowSurrogate(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc00 && unit < 0xe000;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function linesOf(text: string, starts: readonly number[]): string[] {
  return starts.map((start, index) => text.slice(start, starts[index + 1]));
}

function position(starts: readonly number[], offset: number): EditorPosition {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low, ch: offset - (starts[low] ?? 0) };
}
