import { rootKey, shardKey } from '../../core/format/keys.ts';
import { keptByEither, keptRoots, type RootTime } from '../../core/model/collection.ts';
import type { Head } from '../../core/model/head.ts';
import type { CommitId, ObjectKey } from '../../core/model/ids.ts';
import type { ListedObject } from '../../storage/object-store.ts';
import type { CloudDeps } from '../api.ts';
import { formatError, orAbsent, type Cloud } from '../cloud/cloud.ts';
import { chainOf, readRoot } from '../history/chain.ts';
import { rootTimes } from '../history/listing.ts';
import { inLanes } from '../lanes.ts';
import { Reach } from '../upkeep/reach.ts';
import type { Route } from './copy-objects.ts';

const ROOTS_AT_ONCE = 4;

export interface Snapshots {
  /** Of the backup. */
  readonly head: Head;
  /** The backup's own folder. */
  readonly listed: readonly ListedObject[];
  /** Roots that the primary keeps. */
  readonly keptThere: ReadonlySet<CommitId>;
  readonly nowMs: number;
}

/**
 * What the head of the backup and the roots kept there need. A root is let go only when the primary let it go,
 * retention does here too, by the time of its object and by that of what came after it, and the head descends from it:
 * where the primary was put back, what it went back from is in the backup alone. Rejects with kind `format` where
 * a root, a shard or a delta cannot be understood.
 */
export async function neededIn(
  { deps, to }: Pick<Route, 'deps' | 'to'>,
  { head, listed, keptThere, nowMs }: Snapshots,
): Promise<ReadonlySet<ObjectKey>> {
  const reach = new Reach(deps, to);
  const needed = new Set<ObjectKey>();
  await reach.addTo(needed, head);
  const keys = new Set(listed.map(({ key }) => key));
  const add = async (root: Head): Promise<void> => reach.addTo(needed, await asFarAsThere(to, root, keys));
  const times = rootTimes(listed);
  const byDate = keptRoots(times, nowMs);
  const isKept = (commit: CommitId): boolean => byDate.has(commit) || keptThere.has(commit);
  const snapshots = await inLanes(times, ROOTS_AT_ONCE, async ({ commit }) => {
    const root = await rootOf(deps, to, commit);
    if (isKept(commit)) await add(root);
    return slim(root);
  });
  const others = times.filter(({ commit }) => !isKept(commit));
  const doubted = stillKept(others, { head: slim(head), snapshots, times, nowMs });
  for (const commit of doubted) await add(await rootOf(deps, to, commit));
  for (const { commit } of times) if (isKept(commit) || doubted.has(commit)) needed.add(rootKey(commit));
  return needed;
}

/** Of the roots that their objects' times do not keep those that something else does. */
function stillKept(
  others: readonly RootTime[],
  known: {
    readonly head: Head;
    readonly snapshots: readonly Head[];
    readonly times: readonly RootTime[];
    readonly nowMs: number;
  },
): ReadonlySet<CommitId> {
  const { head, snapshots, times, nowMs } = known;
  const ofHead = new Set(chainOf(head, snapshots).map(({ commit }) => commit));
  const dated = keptByEither(times, [head, ...snapshots], nowMs);
  return new Set(others.flatMap(({ commit }) => (dated.has(commit) || !ofHead.has(commit) ? [commit] : [])));
}

/** Without what fills memory where there are hundreds. */
function slim(head: Head): Head {
  return { ...head, delta: [], shards: [], deltas: [] };
}

async function rootOf(deps: CloudDeps, cloud: Cloud, commit: CommitId): Promise<Head> {
  const root = await readRoot(deps, cloud, commit);
  if (root?.commit !== commit) throw formatError(rootKey(commit), 'it is missing, or is another’s.');
  return root;
}

/**
 * Without what is not there: a snapshot that the primary was letting go when it was copied lacks shards, and what
 * those named nobody can tell any more. A listing alone is not believed.
 */
async function asFarAsThere(cloud: Cloud, root: Head, listed: ReadonlySet<ObjectKey>): Promise<Head> {
  const isThere = async (key: ObjectKey): Promise<boolean> =>
    listed.has(key) || (await orAbsent(cloud.store.head(key, cloud.options))) !== undefined;
  const shards: string[] = [];
  const deltas: ObjectKey[] = [];
  for (const hash of root.shards) if (await isThere(shardKey(hash))) shards.push(hash);
  for (const key of root.deltas) if (await isThere(key)) deltas.push(key);
  return { ...root, shards, deltas };
}
