import type { Gap, Pairing } from './pairing.ts';

/** A line that occurs once in each of the gap's two ranges. */
export interface Anchor {
  readonly basePosition: number;
  readonly sidePosition: number;
}

/** What a gap's two ranges have in common. */
export interface CommonLines {
  /** The longest run of lines unique to both that keeps their order. */
  readonly anchors: readonly Anchor[];
  /** Positions of lines that occur in both ranges at all, ascending. */
  readonly basePositions: Int32Array;
  readonly sidePositions: Int32Array;
}

/**
 * The first step of a patience diff (Bram Cohen's): unique lines say what corresponds, repeated
 * ones (blank lines, rules, list marks) do not.
 */
export function findCommonLines(pairing: Pairing, gap: Gap): CommonLines {
  const { base, side, baseCounts, sideCounts } = pairing;
  const sidePositionById = new Map<number, number>();
  addCounts(base, baseCounts, gap.baseStart, gap.baseEnd);
  addCounts(side, sideCounts, gap.sideStart, gap.sideEnd);
  const basePositions = positionsWhere(base, sideCounts, gap.baseStart, gap.baseEnd);
  const sidePositions = positionsWhere(side, baseCounts, gap.sideStart, gap.sideEnd);
  const isUnique = (id: number): boolean => baseCounts[id] === 1 && sideCounts[id] === 1;
  for (const position of sidePositions) {
    const id = side[position] ?? 0;
    if (isUnique(id)) sidePositionById.set(id, position);
  }
  const unique: Anchor[] = [];
  for (const basePosition of basePositions) {
    const id = base[basePosition] ?? 0;
    const sidePosition = isUnique(id) ? sidePositionById.get(id) : undefined;
    if (sidePosition !== undefined) unique.push({ basePosition, sidePosition });
  }
  clearCounts(base, baseCounts, gap.baseStart, gap.baseEnd);
  clearCounts(side, sideCounts, gap.sideStart, gap.sideEnd);
  return { anchors: longestAscending(unique), basePositions, sidePositions };
}

function addCounts(ids: Int32Array, counts: Int32Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const id = ids[i] ?? 0;
    counts[id] = (counts[id] ?? 0) + 1;
  }
}

function clearCounts(ids: Int32Array, counts: Int32Array, start: number, end: number): void {
  for (let i = start; i < end; i++) counts[ids[i] ?? 0] = 0;
}

function positionsWhere(ids: Int32Array, counts: Int32Array, start: number, end: number): Int32Array {
  const positions = new Int32Array(end - start);
  let length = 0;
  for (let i = start; i < end; i++) {
    if ((counts[ids[i] ?? 0] ?? 0) > 0) positions[length++] = i;
  }
  return positions.subarray(0, length);
}

/** Longest subsequence with ascending side positions, by patience sorting: n log n. */
function longestAscending(anchors: readonly Anchor[]): readonly Anchor[] {
  /** For each length, the anchor that ends such a run soonest, and for each anchor the one before it. */
  const lastByLength: number[] = [];
  const before = new Int32Array(anchors.length).fill(-1);
  anchors.forEach((anchor, index) => {
    const length = lowerBound(lastByLength, anchors, anchor.sidePosition);
    before[index] = lastByLength[length - 1] ?? -1;
    lastByLength[length] = index;
  });
  const run: Anchor[] = [];
  for (let index = lastByLength.at(-1) ?? -1; index >= 0; index = before[index] ?? -1) {
    const anchor = anchors[index];
    if (anchor !== undefined) run.push(anchor);
  }
  return run.reverse();
}

/** How many of the runs end before `sidePosition`. */
function lowerBound(runs: readonly number[], anchors: readonly Anchor[], sidePosition: number): number {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const ends = anchors[runs[middle] ?? 0]?.sidePosition ?? 0;
    if (ends < sidePosition) low = middle + 1;
    else high = middle;
  }
  return low;
}
