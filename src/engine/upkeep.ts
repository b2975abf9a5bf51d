import { isStoreError } from '../storage/store-error.ts';
import { EngineError } from './api.ts';
import type { Run } from './execute/run.ts';
import { StateChanges } from './state.ts';
import { collectSurveyed, DAY_MS, isWaiting, type Collected } from './upkeep/collect.ts';
import { putDeviceRecord } from './upkeep/devices.ts';
import { repackSurveyed } from './upkeep/repack.ts';
import { survey } from './upkeep/survey.ts';

const COLLECT_EVERY_MS = 7 * DAY_MS;
const RECORD_EVERY_MS = DAY_MS;
const RECORD_AFTER_COMMIT_MS = 3_600_000;

/**
 * Collects what nobody can reach any more, at most once in 7 days of this device's clock; sooner only
 * to carry out a list that has waited its day. A failure leaves all for the next time.
 */
export async function collectIfDue(run: Run): Promise<void> {
  const nowMs = run.deps.clock.now();
  const lastMs = await run.state.meta('lastCollectMs');
  if (lastMs === undefined) return looked(run, nowMs);
  if (!isDue(run, Math.abs(nowMs - lastMs))) return;
  const { outcome } = await attempted(run, 'collection', NOTHING, async () => {
    const collected = await collect(run);
    if (collected.outcome === 'done') await repack(run);
    return collected;
  });
  // Another device committed meanwhile: look again in a day, not at once, as lists and roots cost requests.
  await looked(run, outcome === 'lost' ? nowMs - COLLECT_EVERY_MS + DAY_MS : nowMs);
}

const NOTHING: Collected = { condemned: 0, deleted: 0, outcome: 'lost' };

function isDue(run: Run, sinceMs: number): boolean {
  const condemned = run.view?.head.condemned;
  const serverMs = run.cloud.nowMs();
  if (isWaiting(condemned, serverMs)) return false;
  if (condemned !== undefined && condemned.keys.length > 0) return sinceMs >= DAY_MS;
  // An empty list says that some device collected then, and found nothing more.
  const others = condemned === undefined ? Infinity : Math.abs(serverMs - condemned.atMs);
  return sinceMs >= COLLECT_EVERY_MS && others >= COLLECT_EVERY_MS;
}

async function looked(run: Run, atMs: number): Promise<void> {
  await run.state.write(new StateChanges().meta('lastCollectMs', atMs));
}

/** Condemns what is unreachable, and deletes what has been condemned for a day. */
export async function collect(run: Run): Promise<Collected> {
  if (run.view === undefined) return NOTHING;
  const found = await survey(run, run.view);
  return found === undefined ? NOTHING : collectSurveyed(run, found);
}

/** How many packs were less than half alive and are written anew. */
export async function repack(run: Run): Promise<number> {
  if (run.view === undefined) return 0;
  const found = await survey(run, run.view);
  return found === undefined ? 0 : repackSurveyed(run, found);
}

/**
 * Tells the other devices how far this one is: an hour after the last record when this run committed,
 * else daily. Not to be called in a run that had nothing to do.
 */
export async function recordDevice(run: Run): Promise<void> {
  const { view } = run;
  if (view === undefined) return;
  const nowMs = run.deps.clock.now();
  const lastMs = await run.state.meta('lastDeviceRecordMs');
  const hasCommitted = run.events.length > 0 || run.lastHeadWriteMs !== undefined;
  const everyMs = hasCommitted ? RECORD_AFTER_COMMIT_MS : RECORD_EVERY_MS;
  if (lastMs !== undefined && Math.abs(nowMs - lastMs) < everyMs) return;
  const isPut = await attempted(run, 'device-record', false, async () => {
    await putDeviceRecord(run.deps, run.cloud, view.head);
    return true;
  });
  if (isPut) await run.state.write(new StateChanges().meta('lastDeviceRecordMs', nowMs));
}

/** Upkeep that fails must not make a sync fail that has done its work; only an abort passes through. */
async function attempted<T>(run: Run, what: string, otherwise: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isCloud = isStoreError(error) && error.kind !== 'aborted';
    const isFormat = error instanceof EngineError && error.kind === 'format';
    if (!isCloud && !isFormat) throw error;
    run.deps.log.write('warn', 'upkeep-failed', { what, detail: error.message });
    return otherwise;
  }
}
