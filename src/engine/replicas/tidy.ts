import { isStoreError } from '../../storage/store-error.ts';
import { EngineError, type Backup, type EngineDeps, type SyncOptions } from '../api.ts';
import { Cloud } from '../cloud/cloud.ts';
import { StateChanges, type DeviceState, type SurplusRow } from '../state.ts';
import { collectSurplus, type SurplusFound } from './collect-surplus.ts';

const DAY_MS = 86_400_000;
const LOOK_EVERY_MS = 7 * DAY_MS;

export interface Tidying {
  readonly deps: EngineDeps;
  readonly state: DeviceState;
  readonly options: Pick<SyncOptions, 'signal'>;
}

/**
 * Collects what is surplus in a backup that was just brought up, at most once in 7 days of this device's clock and
 * not when it first sees it; a day after something was noted, once more. `false`: something moved meanwhile, and
 * what the backup has is to be looked at again. A failure leaves all for the next day.
 */
export async function tidyIfDue(work: Tidying, backup: Backup): Promise<boolean> {
  const { deps, state } = work;
  const nowMs = deps.clock.now();
  const rows = (await state.meta('surplus')) ?? [];
  const row = rows.find(({ name }) => name === backup.name);
  const others = rows.filter(({ name }) => name !== backup.name);
  const write = (next: SurplusRow): Promise<void> =>
    state.write(new StateChanges().meta('surplus', [...others, next]));
  if (row === undefined) {
    await write({ name: backup.name, lookedMs: nowMs });
    return true;
  }
  const everyMs = row.list === undefined ? LOOK_EVERY_MS : DAY_MS;
  if (Math.abs(nowMs - row.lookedMs) < everyMs) return true;
  const { list, deleted, outcome } = await attempted(work, backup, row);
  // In a day, not at once: listings cost requests.
  const isSoon = outcome !== 'done' && list === undefined;
  const lookedMs = isSoon ? nowMs - LOOK_EVERY_MS + DAY_MS : nowMs;
  await write({ name: backup.name, lookedMs, ...(list === undefined ? {} : { list }) });
  if (deleted > 0 || list !== undefined)
    deps.log.write('info', 'backup-tidied', { backup: backup.name, deleted, noted: list?.keys.length ?? 0 });
  return outcome !== 'moved';
}

async function attempted(work: Tidying, { name, store }: Backup, row: SurplusRow): Promise<SurplusFound> {
  const { deps, options } = work;
  const from = new Cloud(deps, options.signal);
  const to = new Cloud({ ...deps, store }, options.signal);
  try {
    return await collectSurplus({ deps, from, to }, row.list);
  } catch (error) {
    options.signal?.throwIfAborted();
    const isFormat = error instanceof EngineError && error.kind === 'format';
    if (!isStoreError(error) && !isFormat) throw error;
    deps.log.write('warn', 'upkeep-failed', { what: `collection in ${name}`, detail: error.message });
    // It may have deleted, and a cloud may have gone on.
    const kept = row.list === undefined ? {} : { list: row.list };
    return { ...kept, deleted: 0, outcome: row.list === undefined ? 'unknown' : 'moved' };
  }
}
