import type { Head } from '../../core/model/head.ts';
import { isStoreError } from '../../storage/store-error.ts';
import { EngineError, type Backup, type EngineDeps, type SyncReport } from '../api.ts';
import { Cloud } from '../cloud/cloud.ts';
import { readHead } from '../cloud/head.ts';
import { descends } from '../cloud/remote-view.ts';
import type { LookRequest } from '../look.ts';
import { StateChanges, type DeviceState, type MetaRows } from '../state.ts';
import type { SyncDevice } from './absorb.ts';

/** So often and for so long it must have been away, before it is read elsewhere: which does no harm, if it was too early. */
const LEAST_TIMES = 3;
const LEAST_MS = 20_000;

/** Whether the primary did not answer: refusals, damage and what a person stopped are something else. */
export function isAway(error: unknown): boolean {
  return isStoreError(error, 'unavailable') || isStoreError(error, 'rate-limited');
}

/** Counts a failure; what is returned tells since when. */
export async function noteOutage(deps: EngineDeps, state: DeviceState): Promise<MetaRows['outage']> {
  const before = await state.meta('outage');
  const sinceMs = Math.min(before?.sinceMs ?? Infinity, deps.clock.now());
  const outage = { sinceMs, times: (before?.times ?? 0) + 1 };
  await state.write(new StateChanges().meta('outage', outage));
  return outage;
}

/** The primary has answered. */
export async function endOutage(state: DeviceState): Promise<void> {
  if ((await state.meta('outage')) !== undefined)
    await state.write(new StateChanges().meta('outage', undefined));
}

export function isLong(outage: MetaRows['outage'], nowMs: number): boolean {
  return outage.times >= LEAST_TIMES && nowMs - outage.sinceMs >= LEAST_MS;
}

/** The backup with the newest commit that is the last one seen or descends from it; `undefined` where there is none. */
export async function freshest(
  deps: EngineDeps,
  state: DeviceState,
  signal: AbortSignal | undefined,
): Promise<Backup | undefined> {
  const known = (await state.meta('head'))?.head;
  if (known === undefined) return undefined;
  let best: { readonly backup: Backup; readonly generation: number } | undefined;
  for (const backup of deps.backups ?? []) {
    const head = await headIfLater({ ...deps, store: backup.store }, known, signal);
    if (head !== undefined && head.generation > (best?.generation ?? -1))
      best = { backup, generation: head.generation };
  }
  return best?.backup;
}

async function headIfLater(
  deps: EngineDeps,
  known: Head,
  signal: AbortSignal | undefined,
): Promise<Head | undefined> {
  try {
    const cloud = new Cloud(deps, signal);
    const read = await readHead(cloud, deps.compression);
    if (read.kind !== 'found' || read.head.lineage !== known.lineage) return undefined;
    return (await descends(deps, cloud, read.head, known)) ? read.head : undefined;
  } catch (error) {
    signal?.throwIfAborted();
    if (isStoreError(error) || error instanceof EngineError) return undefined;
    throw error;
  }
}

/** Receives what the backup has, and sends nothing. */
export async function receiveFrom(
  { name, store }: Backup,
  request: LookRequest,
  sync: SyncDevice,
): Promise<SyncReport> {
  const { deps, state } = request;
  let waiting = 0;
  await forgetTag(state);
  const onLeftUndone = (actions: number): void => void (waiting = actions);
  const report = await sync({
    ...request,
    deps: { ...deps, store, backups: [] },
    only: 'incoming',
    onLeftUndone,
  });
  await forgetTag(state);
  const sinceMs = (await state.meta('outage'))?.sinceMs ?? deps.clock.now();
  return { ...report, away: { readFrom: name, sinceMs, waiting } };
}

/** A tag means something to the cloud alone that gave it. */
async function forgetTag(state: DeviceState): Promise<void> {
  const known = await state.meta('head');
  if (known !== undefined)
    await state.write(
      new StateChanges().meta('head', { etag: '', head: known.head }).meta('settled', undefined),
    );
}
