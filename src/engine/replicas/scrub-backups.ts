import { EngineError, type BackupScrub, type Engine, type EngineDeps } from '../api.ts';
import { Cloud } from '../cloud/cloud.ts';
import { refresh, type RemoteView } from '../cloud/remote-view.ts';
import type { DeviceState } from '../state.ts';
import type { SyncDevice } from './absorb.ts';
import { backupStatus, protect } from './protect.ts';
import { scrub } from './scrub.ts';

type Options = NonNullable<Parameters<Engine['scrubBackups']>[0]>;

/** A scrub of each backup, or of the one that is named, which has been brought up before. */
export async function scrubBackups(
  deps: EngineDeps,
  state: DeviceState,
  options: Options & { readonly sync: SyncDevice },
): Promise<readonly BackupScrub[]> {
  const from = new Cloud(deps, options.signal);
  const { head, tree } = await primaryNow(deps, from, state);
  const before = await backupStatus(deps, state, () => state.remote());
  const copied = new Map<string, number>();
  const { sync } = options;
  await protect({
    deps,
    state,
    options,
    sync,
    head,
    look: true,
    onCopied: (name, count) => copied.set(name, count),
  });
  const statuses = await backupStatus(deps, state, () => state.remote());
  const found: BackupScrub[] = [];
  for (const { name, store } of deps.backups ?? []) {
    if (name !== (options.name ?? name)) continue;
    const status = statuses.find((one) => one.name === name);
    // Nothing is put where another vault lies, or where nobody answers.
    if (status?.holds === undefined || status.state === 'stopped') {
      throw new EngineError(
        'cloud',
        `The backup ${name} cannot be compared. ${status?.message ?? ''}`.trim(),
      );
    }
    const route = { deps, from, to: new Cloud({ ...deps, store }, options.signal) };
    const scrubbed = await scrub({ route, head, tree, full: options.full ?? false });
    // What one lacked that was called protected was lost there; what one behind lacked was only not there yet.
    const wasWhole = before.some((one) => one.name === name && one.state === 'protected');
    const restored = wasWhole ? (copied.get(name) ?? 0) : 0;
    found.push({ name, ...scrubbed, repaired: scrubbed.repaired + restored });
  }
  return found;
}

async function primaryNow(
  deps: EngineDeps,
  from: Cloud,
  state: DeviceState,
): Promise<Pick<RemoteView, 'head' | 'tree'>> {
  const known = await state.meta('head');
  const read = await refresh(deps, from, known, () => state.remote());
  if (read.kind === 'changed') return read.view;
  if (read.kind === 'absent' || known === undefined)
    throw new EngineError('not-found', 'There is nothing to compare: this bucket holds no vault yet.');
  return { head: known.head, tree: await state.remote() };
}
