import type { Hunk } from './diff-lines.ts';

/** What each side changed of one base, ascending; the hunks of one side never touch. */
export interface Changes {
  readonly local: readonly Hunk[];
  readonly remote: readonly Hunk[];
}

/** Changes that have to be looked at together, and the base range that they cover. */
export interface ChangeGroup extends Changes {
  readonly start: number;
  readonly end: number;
}

/** Whether two changes of different sides meet; `earlier` does not begin after `later`. */
export type Meeting = (earlier: Hunk, later: Hunk) => boolean;

interface OpenGroup {
  readonly local: Hunk[];
  readonly remote: Hunk[];
}

/** Puts changes that meet, directly or through others, into one group. Ascending. */
export function groupChanges(changes: Changes, meet: Meeting): ChangeGroup[] {
  const groups: OpenGroup[] = [];
  for (const { side, hunk } of inOrder(changes)) {
    const group = groups.at(-1);
    // The hunks of a side ascend, so its last one reaches furthest.
    const facing = group?.[side === 'local' ? 'remote' : 'local'].at(-1);
    if (group !== undefined && facing !== undefined && meet(facing, hunk)) group[side].push(hunk);
    else groups.push({ local: [], remote: [], [side]: [hunk] });
  }
  return groups.map((group) => {
    const hunks = [...group.local, ...group.remote];
    const start = Math.min(...hunks.map(({ baseStart }) => baseStart));
    return { ...group, start, end: Math.max(...hunks.map(({ baseEnd }) => baseEnd)) };
  });
}

function inOrder({ local, remote }: Changes): { side: keyof Changes; hunk: Hunk }[] {
  const all = [
    ...local.map((hunk) => ({ side: 'local' as const, hunk })),
    ...remote.map((hunk) => ({ side: 'remote' as const, hunk })),
  ];
  return all.sort((a, b) => a.hunk.baseStart - b.hunk.baseStart || a.hunk.baseEnd - b.hunk.baseEnd);
}

/** How many lines or tokens longer the side is for these hunks. */
export function growth(hunks: readonly Hunk[]): number {
  return hunks.reduce((sum, hunk) => sum + lengthDifference(hunk), 0);
}

function lengthDifference({ baseStart, baseEnd, sideStart, sideEnd }: Hunk): number {
  return sideEnd - sideStart - (baseEnd - baseStart);
}

export function isInsertion({ baseStart, baseEnd }: Hunk): boolean {
  return baseStart === baseEnd;
}

export function isDeletion({ sideStart, sideEnd }: Hunk): boolean {
  return sideStart === sideEnd;
}

/**
 * Both change the same base, or both insert at one place, or one inserts within, or at the edge of,
 * what the other takes away: there nobody can say whether the insertion belonged to it.
 */
export function overlap(earlier: Hunk, later: Hunk): boolean {
  // At one place, the insertion is the earlier one.
  if (later.baseStart < earlier.baseEnd) return true;
  if (later.baseStart > earlier.baseEnd) return false;
  if (isInsertion(earlier) && isInsertion(later)) return true;
  return (isInsertion(earlier) && isDeletion(later)) || (isInsertion(later) && isDeletion(earlier));
}
