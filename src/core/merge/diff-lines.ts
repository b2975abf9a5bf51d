import { longestCommonPairs } from './myers.ts';
import { pair, startPairing, trim } from './pairing.ts';
import type { Gap, Pairing, StepBudget } from './pairing.ts';
import { findCommonLines } from './patience.ts';
import type { CommonLines } from './patience.ts';
import { slideHunks } from './slide-hunks.ts';

/** Base lines `[baseStart, baseEnd)` became side lines `[sideStart, sideEnd)`; one range may be empty. */
export type Hunk = Gap;

export interface DiffLimits {
  /** Numbers of lines are below this. */
  readonly idCount: number;
  /** Comparing steps before the remaining gaps are taken as changed from end to end. */
  readonly maxSteps: number;
}

/**
 * What a side changed, ascending, with an unchanged line between each two hunks.
 * Depends on nothing but its arguments.
 */
export function diffLines(base: Int32Array, side: Int32Array, limits: DiffLimits): Hunk[] {
  return slideHunks(base, side, diffSequences(base, side, limits));
}

/** The same, each hunk at the one of its equivalent places that the search came upon. */
export function diffSequences(base: Int32Array, side: Int32Array, limits: DiffLimits): Hunk[] {
  const pairing = startPairing(base, side, limits.idCount);
  const budget = { left: limits.maxSteps };
  const gaps: Gap[] = [{ baseStart: 0, baseEnd: base.length, sideStart: 0, sideEnd: side.length }];
  // Ends: a gap is replaced by gaps that are smaller than it.
  for (let gap = gaps.pop(); gap !== undefined; gap = gaps.pop()) {
    const rest = trim(pairing, gap);
    if (rest.baseStart === rest.baseEnd || rest.sideStart === rest.sideEnd || budget.left <= 0) continue;
    budget.left -= rest.baseEnd - rest.baseStart + (rest.sideEnd - rest.sideStart);
    const common = findCommonLines(pairing, rest);
    if (common.anchors.length > 0) pushGaps(gaps, pairing, rest, common);
    else pairRepeatedLines(pairing, common, budget);
  }
  return readHunks(pairing);
}

/** Pairs the anchors and adds what lies between them. */
function pushGaps(gaps: Gap[], pairing: Pairing, gap: Gap, { anchors }: CommonLines): void {
  let { baseStart, sideStart } = gap;
  for (const { basePosition, sidePosition } of anchors) {
    pair(pairing, basePosition, sidePosition);
    gaps.push({ baseStart, baseEnd: basePosition, sideStart, sideEnd: sidePosition });
    baseStart = basePosition + 1;
    sideStart = sidePosition + 1;
  }
  gaps.push({ ...gap, baseStart, sideStart });
}

/** Lines that stand on one side only can be no pair: leaving them out keeps rewrites cheap. */
function pairRepeatedLines(pairing: Pairing, common: CommonLines, budget: StepBudget): void {
  const { basePositions, sidePositions } = common;
  const baseIds = basePositions.map((position) => pairing.base[position] ?? 0);
  const sideIds = sidePositions.map((position) => pairing.side[position] ?? 0);
  for (const [a, b] of longestCommonPairs(baseIds, sideIds, budget) ?? []) {
    pair(pairing, basePositions[a] ?? 0, sidePositions[b] ?? 0);
  }
}

function readHunks({ base, side, baseKept, sideKept }: Pairing): Hunk[] {
  const hunks: Hunk[] = [];
  let basePosition = 0;
  let sidePosition = 0;
  while (basePosition < base.length || sidePosition < side.length) {
    const baseStart = basePosition;
    const sideStart = sidePosition;
    while (basePosition < base.length && baseKept[basePosition] === 0) basePosition++;
    while (sidePosition < side.length && sideKept[sidePosition] === 0) sidePosition++;
    if (basePosition > baseStart || sidePosition > sideStart) {
      hunks.push({ baseStart, baseEnd: basePosition, sideStart, sideEnd: sidePosition });
    }
    basePosition++;
    sidePosition++;
  }
  return hunks;
}
