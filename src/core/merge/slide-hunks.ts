import type { Gap as Hunk } from './pairing.ts';

/**
 * Moves each pure insertion and pure deletion as far down as it goes: of the places that mean the
 * same, the last. So both sides put the same change at the same place whatever led the diff there.
 * A hunk that reaches the next one becomes one with it.
 */
export function slideHunks(base: Int32Array, side: Int32Array, hunks: readonly Hunk[]): Hunk[] {
  /** From last to first, so that a hunk slides towards one that lies still. */
  const slid: Hunk[] = [];
  for (const hunk of [...hunks].reverse()) {
    let moved = slideDown(base, side, hunk, slid.at(-1)?.baseStart ?? base.length);
    // Ends: each turn takes one hunk off `slid`.
    for (let next = slid.at(-1); moved.baseEnd === next?.baseStart; next = slid.at(-1)) {
      slid.pop();
      const joined = { ...moved, baseEnd: next.baseEnd, sideEnd: next.sideEnd };
      moved = slideDown(base, side, joined, slid.at(-1)?.baseStart ?? base.length);
    }
    slid.push(moved);
  }
  return slid.reverse();
}

/** `limit`: the base line at which the next hunk begins. */
function slideDown(base: Int32Array, side: Int32Array, hunk: Hunk, limit: number): Hunk {
  const isInsertion = hunk.baseStart === hunk.baseEnd;
  const isDeletion = hunk.sideStart === hunk.sideEnd;
  if (!isInsertion && !isDeletion) return hunk;
  const [lines, start, end] = isInsertion
    ? [side, hunk.sideStart, hunk.sideEnd]
    : [base, hunk.baseStart, hunk.baseEnd];
  const room = limit - hunk.baseEnd;
  let by = 0;
  while (by < room && lines[start + by] === lines[end + by]) by++;
  return {
    baseStart: hunk.baseStart + by,
    baseEnd: hunk.baseEnd + by,
    sideStart: hunk.sideStart + by,
    sideEnd: hunk.sideEnd + by,
  };
}
