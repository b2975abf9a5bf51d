import type { Versions } from '../obstacle.ts';

/** Above this, what both sides put into other orders is not compared pair by pair. */
const MAX_PAIRED = 2000;

/**
 * The order of the names that stand in the result. What neither side moved stays, what one side moved is
 * where that side has it; what one side added follows what precedes it there. Of additions at one place
 * those with the smaller first name come first, so exchanging the sides changes nothing. `undefined` where
 * the moves of both cannot hold together.
 *
 * @param kept the names of the result; each is in `local` or `remote`.
 */
export function mergeOrder(
  { base, local, remote }: Versions<readonly string[]>,
  kept: ReadonlySet<string>,
): string[] | undefined {
  const [inLocal, inRemote] = [new Set(local), new Set(remote)];
  const isShared = (name: string): boolean => kept.has(name) && inLocal.has(name) && inRemote.has(name);
  const [here, there] = [local.filter(isShared), remote.filter(isShared)];
  const shared = mergeShared(base, here, there);
  if (shared === undefined) return undefined;
  const sides = [
    { names: local, has: inRemote },
    { names: remote, has: inLocal },
  ];
  const runs = sides.map(({ names, has }) =>
    runsOf(names, (name) => kept.has(name) && !has.has(name), isShared),
  );
  return [undefined, ...shared].flatMap((anchor) => {
    const added = runs.flatMap((byAnchor) => byAnchor.get(anchor) ?? []).sort(byFirst);
    return [...(anchor === undefined ? [] : [anchor]), ...added.flat()];
  });
}

/** What a side added, by what it follows there; nothing is before the first. */
function runsOf(
  names: readonly string[],
  isAdded: (name: string) => boolean,
  isShared: (name: string) => boolean,
): Map<string | undefined, [string[]]> {
  const runs = new Map<string | undefined, [string[]]>();
  let anchor: string | undefined;
  for (const name of names) {
    if (isShared(name)) anchor = name;
    else if (isAdded(name)) {
      const [run] = runs.get(anchor) ?? [];
      if (run === undefined) runs.set(anchor, [[name]]);
      else run.push(name);
    }
  }
  return runs;
}

function byFirst([a = '']: readonly string[], [b = '']: readonly string[]): number {
  return a < b ? -1 : 1;
}

function mergeShared(
  base: readonly string[],
  local: readonly string[],
  remote: readonly string[],
): readonly string[] | undefined {
  const isAlike = (some: readonly string[], others: readonly string[]): boolean =>
    some.every((name, index) => name === others[index]);
  if (isAlike(local, remote)) return local;
  const inBase = new Set(base);
  // Both added it, at different places: there is nothing that says who moved it.
  if (local.some((name) => !inBase.has(name))) return undefined;
  const shared = new Set(local);
  const before = base.filter((name) => shared.has(name));
  if (isAlike(local, before)) return remote;
  if (isAlike(remote, before)) return local;
  return before.length > MAX_PAIRED ? undefined : mergeMoves(before, local, remote);
}

/**
 * Of each two names, the order that a side gave them anew; both cannot have changed it differently. That is
 * an order of all where no two have as many others before them.
 */
function mergeMoves(
  before: readonly string[],
  local: readonly string[],
  remote: readonly string[],
): string[] | undefined {
  const [here, there] = [positions(local), positions(remote)];
  const ranks = new Int32Array(before.length);
  before.forEach((first, i) => {
    const isMovedBehind = (second: string, side: ReadonlyMap<string, number>): boolean =>
      (side.get(first) ?? 0) > (side.get(second) ?? 0);
    for (let j = i + 1; j < before.length; j++) {
      const second = before[j] ?? '';
      const later = isMovedBehind(second, here) || isMovedBehind(second, there) ? i : j;
      ranks[later] = (ranks[later] ?? 0) + 1;
    }
  });
  const order: string[] = [];
  before.forEach((name, i) => {
    order[ranks[i] ?? 0] = name;
  });
  return new Set(ranks).size === before.length ? order : undefined;
}

function positions(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name, index) => [name, index]));
}
