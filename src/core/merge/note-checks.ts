import type { LineIds } from './line-ids.ts';
import { hasOpenFence } from './markup.ts';
import type { Versions } from './obstacle.ts';

/** Shorter lines, as items and headings, may well be written twice. */
const TELLING_LINE = 25;

/**
 * Lines that stand in the note more often than either side has them and that nobody meant to add: new
 * ones that both wrote, each at a place of its own, and old ones that both moved. A line that the note had
 * and that both added once more is a pattern of the note, as the head of a table.
 */
export function findDoubled(merged: readonly string[], ids: LineIds): Set<string> {
  const counts = {
    base: countIds(ids.base, ids),
    local: countIds(ids.local, ids),
    remote: countIds(ids.remote, ids),
  };
  const left = new Map<string, number>();
  ids.texts.forEach((text, id) => {
    const [was, here, there] = [counts.base[id] ?? 0, counts.local[id] ?? 0, counts.remote[id] ?? 0];
    const isWrittenTwice = was === 0 && here > 0 && there > 0;
    const isMoved = here > 0 && there > 0 && here <= was && there <= was;
    if ((isWrittenTwice || isMoved) && text.trim().length >= TELLING_LINE)
      left.set(text, Math.max(was, here, there));
  });
  const doubled = new Set<string>();
  for (const line of merged) {
    const rest = left.get(line);
    if (rest === 0) doubled.add(line);
    else if (rest !== undefined) left.set(line, rest - 1);
  }
  return doubled;
}

function countIds(side: Int32Array, { idCount }: LineIds): Int32Array {
  const counts = new Int32Array(idCount);
  for (const id of side) counts[id] = (counts[id] ?? 0) + 1;
  return counts;
}

/** Whether merging left a block of code without its end though a side had it. */
export function opensFence(
  merged: readonly string[],
  { local, remote }: Versions<{ readonly lines: readonly string[] }>,
): boolean {
  return hasOpenFence(merged) && !(hasOpenFence(local.lines) && hasOpenFence(remote.lines));
}
