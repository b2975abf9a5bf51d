import { EMPTY_HASH, shortHash, type ContentHash } from '../../../src/core/model/ids.ts';
import { foldPath, isFolder, type VaultPath } from '../../../src/core/model/vault-path.ts';
import { liveEntry, type Action, type Plan } from '../../../src/core/plan/plan.ts';
import { apply, clash, copyOf, inputOf, ModelError, planOf, stateOf, type World } from './model.ts';
import { shown } from './shown.ts';

export interface Settled {
  readonly end: World;
  /** The last plan, which has no actions. */
  readonly plan: Plan;
  readonly passes: number;
  readonly log: readonly string[];
}

/** Above so many actions only some of the orders are tried. */
const ALL_ORDERS = 4;

/** Plans and acts until nothing is left to do, each time in several orders that must end the same. */
export function settle(start: World, maxPasses: number): Settled {
  const log: string[] = [];
  let at = start;
  for (let passes = 0; ; passes += 1) {
    const before = passes === 0 ? stateOf(at) : undefined;
    const plan = planOf(at);
    log.push(shown(plan).join('; '));
    if (before !== undefined && stateOf(at) !== before)
      throw new ModelError('the plan changed what it was given');
    if (plan.actions.length === 0) return { end: at, plan, passes, log };
    if (passes === maxPasses) throw new ModelError(`no end after ${log.join(' | ')}`);
    at = afterAnyOrder(at, plan.actions, hasForeignClash(start), log);
  }
}

function afterAnyOrder(
  from: World,
  actions: readonly Action[],
  isForeign: boolean,
  log: readonly string[],
): World {
  const ends = orders(actions).map((order) => {
    const to = copyOf(from);
    for (const action of order) apply(to, action);
    return to;
  });
  const [first = from] = ends;
  if (ends.length === 1) return first;
  // Two notes of one fold, which only another program can have made, may take each other's copy names.
  if (!isForeign && ends.some((end) => stateOf(end) !== stateOf(first))) {
    throw new ModelError(`the order matters: ${log.join(' | ')}`);
  }
  return first;
}

function orders<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length > ALL_ORDERS) {
    const middle = Math.floor(items.length / 2);
    return [items, [...items].reverse(), [...items.slice(middle), ...items.slice(0, middle)]];
  }
  if (items.length <= 1) return [items];
  return items.flatMap((item, index) =>
    orders(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
  );
}

/** Whether the cloud has two live paths that some systems could not keep both; no device commits such. */
export function hasForeignClash({ remote }: World): boolean {
  const paths = [...remote.keys()].filter((path) => liveEntry(remote, path) !== undefined);
  return paths.some((one) => paths.some((other) => clash(one, other)));
}

/** Paths on which vault and cloud differ, though nothing tells why. */
export function unexplained({ end, plan }: Settled): readonly VaultPath[] {
  const noticed = new Set(plan.notices.map(({ path }) => path));
  const live = [...end.remote.keys()].filter((path) => liveEntry(end.remote, path) !== undefined);
  const differs = (path: VaultPath): boolean => end.local.get(path) !== liveEntry(end.remote, path)?.hash;
  // Folders are implied by what they hold, and have one spelling as good as another.
  const paths = [...end.local.keys(), ...live];
  const hasFolder = (folder: VaultPath): boolean =>
    isFolder(folder) &&
    paths.some((other) => other !== folder && foldPath(other).startsWith(foldPath(folder)));
  return [...new Set(paths)].filter(
    (path) => differs(path) && !noticed.has(path) && !isNearUnknown(path, end) && !hasFolder(path),
  );
}

function isNearUnknown(path: VaultPath, { unknown }: World): boolean {
  const name = (text: VaultPath): string => foldPath(text).replace(/\/$/u, '');
  return [...unknown.keys()].some((other) => `${name(path)}/`.startsWith(`${name(other)}/`));
}

/** Contents of the start that are nowhere at the end, though no person replaced or deleted them. */
export function lost(start: World, { end }: Settled): readonly ContentHash[] {
  const alive = new Set<ContentHash>([EMPTY_HASH, ...end.local.values()]);
  for (const path of end.remote.keys()) {
    const entry = liveEntry(end.remote, path);
    if (entry !== undefined) alive.add(entry.hash);
  }
  const { base, local, remote } = inputOf(start);
  const changedThere = (hash: ContentHash): boolean =>
    [...base].some(([path, former]) => former.hash === hash && liveEntry(remote, path)?.hash !== hash) ||
    // A fresh device has no base: the entry itself tells what it came after.
    (start.fresh &&
      [...remote.keys()].some((path) => liveEntry(remote, path)?.prev.includes(shortHash(hash)) === true));
  const changedHere = (hash: ContentHash): boolean =>
    [...base].some(([path, former]) => former.hash === hash && local.files.get(path)?.hash !== hash);
  const mine = [...start.local.values()].filter((hash) => !alive.has(hash) && !changedThere(hash));
  const theirs = [...remote.values()]
    .filter((entry) => entry.deleted !== true && !alive.has(entry.hash) && !changedHere(entry.hash))
    .map(({ hash }) => hash);
  return [...mine, ...theirs];
}
