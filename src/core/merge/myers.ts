import type { StepBudget } from './pairing.ts';

/** Beyond so many differences the stored fronts would take more than some 2 MB. */
const MAX_DIFFERENCES = 1000;

/**
 * The pairs of a longest common subsequence of `a` and `b`, from last to first, or `undefined`
 * when the budget or the cap on differences is passed first.
 * Source: E. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986, the greedy form.
 */
export function longestCommonPairs(
  a: Int32Array,
  b: Int32Array,
  budget: StepBudget,
): (readonly [number, number])[] | undefined {
  const most = Math.min(a.length + b.length, MAX_DIFFERENCES);
  const offset = most + 1;
  /** Per diagonal x − y, how far in `a` it is reached. */
  const front = new Int32Array(2 * most + 3);
  const fronts: Int32Array[] = [];
  for (let differences = 0; differences <= most; differences++) {
    fronts.push(front.slice(offset - differences - 1, offset + differences + 2));
    for (let diagonal = -differences; diagonal <= differences; diagonal += 2) {
      const entered = enter(front, offset, diagonal, differences);
      let x = entered;
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x++;
      front[offset + diagonal] = x;
      budget.left -= 1 + x - entered;
      if (x >= a.length && x - diagonal >= b.length) return walkBack(fronts, a.length, b.length);
    }
    if (budget.left <= 0) return undefined;
  }
  return undefined;
}

/** Where a diagonal is entered: from below by an insertion, or from above by a deletion. */
function enter(front: Int32Array, offset: number, diagonal: number, differences: number): number {
  const below = front[offset + diagonal - 1] ?? 0;
  const above = front[offset + diagonal + 1] ?? 0;
  return comesFromAbove(diagonal, differences, below, above) ? above : below + 1;
}

function comesFromAbove(diagonal: number, differences: number, below: number, above: number): boolean {
  return diagonal === -differences || (diagonal !== differences && below < above);
}

function walkBack(fronts: readonly Int32Array[], aLength: number, bLength: number): [number, number][] {
  const pairs: [number, number][] = [];
  let x = aLength;
  let y = bLength;
  for (let differences = fronts.length - 1; differences >= 0; differences--) {
    const front = fronts[differences] ?? new Int32Array();
    const diagonal = x - y;
    const below = front[diagonal + differences] ?? 0;
    const above = front[diagonal + differences + 2] ?? 0;
    const fromAbove = comesFromAbove(diagonal, differences, below, above);
    // With no differences left the path runs to the corner.
    const startX = differences === 0 ? 0 : fromAbove ? above : below + 1;
    while (x > startX) pairs.push([--x, --y]);
    if (fromAbove) y--;
    else x--;
  }
  return pairs;
}
