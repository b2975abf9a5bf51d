import { CLOUD_FOLDER, rootKey } from '../../core/format/keys.ts';
import { keptRoots, RETENTION, type RootTime } from '../../core/model/collection.ts';
import type { CommitId, ObjectKey } from '../../core/model/ids.ts';
import { formatError } from '../cloud/cloud.ts';
import type { RemoteView } from '../cloud/remote-view.ts';
import type { ListedObject } from '../../storage/object-store.ts';
import type { Run } from '../execute/run.ts';
import { readRoot } from '../history/chain.ts';
import { listTimed, rootTimes } from '../history/listing.ts';
import { Reach } from './reach.ts';

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
  const times = rootTimes(listed);
  const keep = keptRoots(times, serverMs, RETENTION);
  const kept = times.filter(({ commit }) => keep.has(commit)).sort((a, b) => b.timeMs - a.timeMs);
  return { view, nowMs: serverMs, listed, kept, reach: new Reach(run.deps, run.cloud) };
}

/** Adds the root and all that it needs. Rejects with kind `format` when that cannot be told: a root that is missing keeps all. */
export async function addRoot(run: Run, reach: Reach, keys: Set<ObjectKey>, commit: CommitId): Promise<void> {
  const root = await readRoot(run.deps, run.cloud, commit);
  if (root === undefined) throw formatError(rootKey(commit), 'it was listed, but is missing.');
  keys.add(rootKey(commit));
  await reach.addTo(keys, root);
}
