import { CLOUD_FOLDER, rootKey } from '../../core/format/keys.ts';
import { datedRoots, keptByEither, keptRoots, type RootTime } from '../../core/model/collection.ts';
import type { Head } from '../../core/model/head.ts';
import type { CommitId, ObjectKey } from '../../core/model/ids.ts';
import { formatError } from '../cloud/cloud.ts';
import type { RemoteView } from '../cloud/remote-view.ts';
import type { ListedObject } from '../../storage/object-store.ts';
import type { Run } from '../execute/run.ts';
import { readableRoot, readRoot } from '../history/chain.ts';
import { listTimed, rootTimes } from '../history/listing.ts';
import { inLanes } from '../lanes.ts';
import { Reach } from './reach.ts';

const ROOTS_AT_ONCE = 8;

/** The cloud's own folder, listed, and what keeps its objects alive. */
export interface Survey {
  readonly view: RemoteView;
  /** By the server's clock, when the listing began. */
  readonly nowMs: number;
  readonly listed: readonly ListedObject[];
  /** Roots that retention keeps, the newest first. */
  readonly kept: readonly RootTime[];
  readonly reach: Reach;
}

/** `undefined` where the store does not tell its time: then nothing is old enough for anything. */
export async function survey(run: Run, view: RemoteView): Promise<Survey | undefined> {
  const { objects, serverMs } = await listTimed(run.cloud, CLOUD_FOLDER);
  if (serverMs === undefined) return undefined;
  // A time that is none makes an object young.
  const listed = objects.map((object) =>
    object.lastModifiedMs > 0 ? object : { ...object, lastModifiedMs: serverMs },
  );
  const kept = await keptOf(run, view, rootTimes(listed), serverMs);
  return { view, nowMs: serverMs, listed, kept, reach: new Reach(run.deps, run.cloud) };
}

/** The newest first. All roots are read where some might go: one that was copied is older than its object. */
async function keptOf(
  { deps, cloud }: Run,
  { head }: RemoteView,
  times: readonly RootTime[],
  nowMs: number,
): Promise<readonly RootTime[]> {
  if (keptRoots(times, nowMs).size === times.length) return newestFirst(times);
  const found = await inLanes(times, ROOTS_AT_ONCE, async ({ commit }) => {
    const root = await readableRoot(deps, cloud, commit);
    return root === undefined ? [] : [pick(root)];
  });
  const snapshots = [head, ...found.flat()];
  const kept = keptByEither(times, snapshots, nowMs);
  return newestFirst(datedRoots(times, snapshots).filter(({ commit }) => kept.has(commit)));
}

/** Hundreds of whole roots would fill a phone's memory. */
function pick({ root, shardsAt }: Head): Pick<Head, 'root' | 'shardsAt'> {
  return { ...(root === undefined ? {} : { root }), ...(shardsAt === undefined ? {} : { shardsAt }) };
}

function newestFirst(roots: readonly RootTime[]): readonly RootTime[] {
  return [...roots].sort((a, b) => b.timeMs - a.timeMs);
}

/** Adds the root and all that it needs. Rejects with kind `format` when that cannot be told: a root that is missing keeps all. */
export async function addRoot(run: Run, reach: Reach, keys: Set<ObjectKey>, commit: CommitId): Promise<void> {
  const root = await readRoot(run.deps, run.cloud, commit);
  if (root === undefined) throw formatError(rootKey(commit), 'it was listed, but is missing.');
  keys.add(rootKey(commit));
  await reach.addTo(keys, root);
}
