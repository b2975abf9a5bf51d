import { inLanes } from '../lanes.ts';
import {
  condemn,
  CONDEMN_AFTER_DAYS,
  datedCondemned,
  deletable,
  DELETE_AFTER_HOURS,
  type ListedKey,
} from '../../core/model/collection.ts';
import { rootKey } from '../../core/format/keys.ts';
import type { Head } from '../../core/model/head.ts';
import type { ObjectKey } from '../../core/model/ids.ts';
import { readHead } from '../cloud/head.ts';
import { commit } from '../execute/commit-phase.ts';
import type { Run } from '../execute/run.ts';
import { addRoot, type Survey } from './survey.ts';

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

export interface Collected {
  readonly condemned: number;
  readonly deleted: number;
  /** `lost`: the head moved on meanwhile; nothing was condemned, and nothing more deleted. */
  readonly outcome: 'done' | 'waits' | 'lost';
}

/**
 *   listing ─► unreachable from the head and old? ─► from every kept root too?
 *                ├─ condemned a day ago ─► head still the same? ─► deleted
 *                └─ not yet condemned   ─► the next commit condemns them
 */
export async function collectSurveyed(run: Run, survey: Survey): Promise<Collected> {
  const { view, nowMs } = survey;
  const condemned = datedCondemned(view.head, view.timeMs ?? nowMs);
  if (isWaiting(condemned, nowMs)) return { condemned: 0, deleted: 0, outcome: 'waits' };
  const reachable = await reachableFor(run, survey);
  const present = new Set(survey.listed.map(({ key }) => key));
  const doomed = deletable(condemned, reachable, nowMs).filter((key) => present.has(key));
  if (doomed.length > 0 && !(await isNewest(run, survey))) return LOST;
  await inLanes(doomed, Math.max(1, run.deps.settings.concurrency), (key) =>
    run.cloud.store.delete(key, run.cloud.options),
  );
  const gone = new Set(doomed);
  const left = survey.listed.filter(({ key }) => !gone.has(key));
  return nameCondemned(run, survey, { left, reachable, deleted: doomed.length });
}

const LOST: Collected = { condemned: 0, deleted: 0, outcome: 'lost' };

export function isWaiting(condemned: Head['condemned'], nowMs: number): boolean {
  return (
    condemned !== undefined &&
    condemned.keys.length > 0 &&
    nowMs - condemned.atMs < DELETE_AFTER_HOURS * HOUR_MS
  );
}

/** Commits the next list of condemned keys, or none after the last was carried out. */
async function nameCondemned(
  run: Run,
  { view, nowMs }: Survey,
  found: {
    readonly left: readonly ListedKey[];
    readonly reachable: ReadonlySet<ObjectKey>;
    readonly deleted: number;
  },
): Promise<Collected> {
  const { left, reachable, deleted } = found;
  const next = condemn({ listed: left, reachable, condemned: undefined, nowMs });
  const keys = next?.keys ?? [];
  const wasListed = (view.head.condemned?.keys.length ?? 0) > 0;
  if (keys.length === 0 && !wasListed) return { condemned: 0, deleted, outcome: 'done' };
  // The day counts from when the list can be seen, not from when the listing began.
  const atMs = Math.round(Math.max(nowMs, run.cloud.nowMs()));
  const condemned = { atMs, keys };
  const outcome = await commit(run, { entries: [], base: [], moreFollow: false, condemned });
  return outcome === 'lost' ? { ...LOST, deleted } : { condemned: keys.length, deleted, outcome: 'done' };
}

/**
 * What the head and the kept roots need; roots are read only while there is something that only
 * they could keep alive.
 */
async function reachableFor(run: Run, survey: Survey): Promise<ReadonlySet<ObjectKey>> {
  const { view, kept } = survey;
  const reachable = new Set<ObjectKey>(kept.map((root) => rootKey(root.commit)));
  await survey.reach.addTo(reachable, view.head);
  const suspects = suspectsOf(survey);
  for (const { commit: root } of kept) {
    if (suspects.every((key) => reachable.has(key))) break;
    await addRoot(run, survey.reach, reachable, root);
  }
  return reachable;
}

/** Keys that this collection might condemn or delete, as far as their age tells. */
function suspectsOf({ view, listed, nowMs }: Survey): readonly ObjectKey[] {
  const old = listed.filter(({ lastModifiedMs }) => nowMs - lastModifiedMs > CONDEMN_AFTER_DAYS * DAY_MS);
  const doomed = condemn({ listed: old, reachable: new Set(), condemned: undefined, nowMs, limit: Infinity });
  return [...(doomed?.keys ?? []), ...(view.head.condemned?.keys ?? [])];
}

async function isNewest(run: Run, { view }: Survey): Promise<boolean> {
  return (await readHead(run.cloud, run.deps.compression, view.etag)).kind === 'unchanged';
}
