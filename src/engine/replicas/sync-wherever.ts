import { isStoreError } from '../../storage/store-error.ts';
import type { EngineDeps, SyncReport } from '../api.ts';
import type { Task } from '../execute/task.ts';
import type { LookRequest } from '../look.ts';
import { findSeat } from './find-seat.ts';
import { endOutage, freshest, isAway, isLong, noteOutage, receiveFrom } from './outage.ts';
import { currentPlace, MovedError, moveTo, placed } from './places.ts';
import { promote } from './promote.ts';

/** More promotions than this in one sync are not followed. */
const MOST_MOVES = 4;

type Sync = (request: LookRequest, task?: Task) => Promise<SyncReport>;

/**
 * Syncs with the cloud that has authority, and follows it where another was promoted. What was committed to a
 * former one is brought over before it is over. While none can be reached, it receives from a backup.
 */
export async function syncWherever(request: LookRequest, sync: Sync, task?: Task): Promise<SyncReport> {
  const { state } = request;
  let todo = task;
  let again = false;
  for (let moves = 0; ; moves += 1) {
    const deps = await placed(request.deps, state);
    const done = { absorbed: false };
    const onAbsorbed = (): void => void (done.absorbed = true);
    try {
      const report = await sync({ ...request, deps, onAbsorbed }, todo);
      await endOutage(state);
      if (!done.absorbed || again) return report;
      // Once more, to receive it: what is imported is not waited for again.
      again = true;
      todo = undefined;
    } catch (error) {
      const to = moves < MOST_MOVES ? await whereTo(request, deps, error) : undefined;
      if (to !== undefined) {
        if (error instanceof MovedError && error.found?.isDone === true) todo = undefined;
        await moveTo(request.deps, state, to);
        continue;
      }
      const received = isAway(error) ? await outlast({ ...request, deps }, sync, request.deps) : undefined;
      if (received === 'promoted') continue;
      if (received === undefined || todo !== undefined) throw error;
      return received;
    }
  }
}

/** The name of the cloud that took over from the one that failed or was left; `undefined` where none is seen. */
async function whereTo(
  { state, options }: LookRequest,
  deps: EngineDeps,
  error: unknown,
): Promise<string | undefined> {
  if (error instanceof MovedError) return error.found?.to ?? findSeat(deps, error.head, options.signal);
  if (!isStoreError(error) || isStoreError(error, 'aborted')) return undefined;
  const known = (await state.meta('head'))?.head;
  if (known === undefined || (deps.backups ?? []).length === 0) return undefined;
  const found = await findSeat(deps, known, options.signal);
  return found === (await currentPlace(state)) ? undefined : found;
}

/** What can be done without the primary; `undefined`: nothing but to try again. */
async function outlast(
  request: LookRequest,
  sync: Sync,
  settingsDeps: EngineDeps,
): Promise<SyncReport | 'promoted' | undefined> {
  const { deps, state, options } = request;
  const outage = await noteOutage(deps, state);
  const nowMs = deps.clock.now();
  if (!isLong(outage, nowMs)) return undefined;
  const backup = await freshest(deps, state, options.signal);
  if (backup === undefined) return undefined;
  const { takeOverAfterMs } = deps.settings;
  if (takeOverAfterMs !== undefined && nowMs - outage.sinceMs >= takeOverAfterMs) {
    const { signal } = options;
    await promote({ deps: settingsDeps, state, name: backup.name, signal, sync });
    return 'promoted';
  }
  return receiveFrom(backup, request, sync);
}
