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

/** Puts changes that meet, directly or through others, into one group. Ascending. */
export function groupChanges(changes: Changes, meet: Meeting): ChangeGroup[] {
  const ordered = inOrder(changes);
  const firstMet = findFirstMet(ordered, meet);
  const groups: ChangeGroup[] = [];
  // From the last on: a group begins where no later change meets one before it.
  let reach = Infinity;
  let end = ordered.length;
  for (let at = ordered.length - 1; at >= 0; at--) {
    reach = Math.min(reach, firstMet[at] ?? at);
    if (reach < at) continue;
    groups.push(groupOf(ordered.slice(at, end)));
    end = at;
    reach = Infinity;
  }
  return groups.reverse();
}

interface Placed {
  readonly side: keyof Changes;
  readonly hunk: Hunk;
}

function inOrder({ local, remote }: Changes): Placed[] {
  const all = [
    ...local.map((hunk) => ({ side: 'local' as const, hunk })),
    ...remote.map((hunk) => ({ side: 'remote' as const, hunk })),
  ];
  return all.sort((a, b) => a.hunk.baseStart - b.hunk.baseStart || a.hunk.baseEnd - b.hunk.baseEnd);
}

/** For each change the first one that it meets, or itself; one that it does not meet hides those before. */
function findFirstMet(ordered: readonly Placed[], meet: Meeting): number[] {
  const placesBySide: Record<keyof Changes, number[]> = { local: [], remote: [] };
  return ordered.map(({ side, hunk }, at) => {
    const facing = placesBySide[side === 'local' ? 'remote' : 'local'];
    let first = at;
    for (let i = facing.length - 1; i >= 0; i--) {
      const place = facing[i] ?? 0;
      const earlier = ordered[place];
      if (earlier === undefined || !meet(earlier.hunk, hunk)) break;
      first = place;
    }
    placesBySide[side].push(at);
    return first;
  });
}

function groupOf(placed: readonly Placed[]): ChangeGroup {
  const of = (side: keyof Changes): Hunk[] =>
    placed.filter((each) => each.side === side).map(({ hunk }) => hunk);
  return {
    local: of('local'),
    remote: of('remote'),
    start: Math.min(...placed.map(({ hunk }) => hunk.baseStart)),
    end: Math.max(...placed.map(({ hunk }) => hunk.baseEnd)),
  };
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
