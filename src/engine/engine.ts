import { isStoreError } from '../storage/store-error.ts';
import { describeStoreError } from '../storage/messages.ts';
import {
  EngineError,
  type Engine,
  type EngineDeps,
  type HeldDecision,
  type HeldItem,
  type StatusReport,
  type VerifyReport,
} from './api.ts';
import { openConflicts } from '../core/conflict/open-conflicts.ts';
import { decide } from './conflicts/decide.ts';
import { readConflict } from './conflicts/read.ts';
import { undo } from './conflicts/undo.ts';
import { observe } from './execute/observe.ts';
import { history } from './history/history.ts';
import { restore } from './history/restore.ts';
import { VaultError, StateError } from './ports.ts';
import { preview } from './preview.ts';
import { audit } from './readable/audit.ts';
import { DeviceState, StateChanges } from './state.ts';
import { enter, lookAround } from './look.ts';
import { placed } from './replicas/places.ts';
import { promote } from './replicas/promote.ts';
import { backupStatus } from './replicas/protect.ts';
import { scrubBackups } from './replicas/scrub-backups.ts';
import { syncWherever } from './replicas/sync-wherever.ts';
import { runSync, takeFirst } from './sync.ts';
import { isFolder } from '../core/model/vault-path.ts';

/** The engine of one vault, one cloud and one device. Everything that it touches is in `deps`. */
export function createEngine(deps: EngineDeps): Engine {
  const state = new DeviceState(deps.state);
  let busy = false;

  /** One call at a time; failures of the ports become errors with a sentence for people. */
  async function exclusive<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    if (busy) throw new EngineError('busy', 'A sync of this vault is running already.');
    busy = true;
    try {
      return await work();
    } catch (error) {
      throw explained(error, signal);
    } finally {
      busy = false;
    }
  }

  /** With the cloud that has authority as the store. */
  const here = (): Promise<EngineDeps> => placed(deps, state);

  if (deps.state.damaged !== undefined) deps.log.write('warn', 'state-lost', { detail: deps.state.damaged });
  return {
    sync: (options = {}) => exclusive(options.signal, () => syncWherever({ deps, state, options }, runSync)),
    preview: (signal) => exclusive(signal, async () => preview(await here(), state, signal)),
    status: () => exclusive(undefined, async () => status(await here(), state)),
    decideHeld: (decision) => exclusive(undefined, () => decideHeld(state, decision)),
    verify: (options = {}) => exclusive(options.signal, async () => verify(await here(), state, options)),
    scrubBackups: (options = {}) =>
      exclusive(options.signal, async () => scrubBackups(await here(), state, { ...options, sync: runSync })),
    promote: (name, signal) => exclusive(signal, () => promote({ deps, state, name, signal, sync: runSync })),
    history: (path, signal) => exclusive(signal, async () => history(await here(), path, signal)),
    restore: (options) => exclusive(options.signal, async () => restore(await here(), options)),
    conflicts: () => exclusive(undefined, async () => openConflicts((await state.meta('conflicts')) ?? [])),
    readConflict: (copy, signal) =>
      exclusive(signal, async () => readConflict(await here(), state, { copy, signal })),
    resolveConflict: (decision, options = {}) =>
      exclusive(options.signal, () => syncWherever({ deps, state, options }, runSync, decide(decision))),
    undoResolution: (id, options = {}) =>
      exclusive(options.signal, () => syncWherever({ deps, state, options }, runSync, undo(id))),
    close: async () => {
      state.forget();
      await deps.state.close();
      await deps.store.close();
      for (const { store } of deps.backups ?? []) await store.close();
    },
  };
}

async function verify(
  deps: EngineDeps,
  state: DeviceState,
  options: Parameters<Engine['verify']>[0] = {},
): Promise<VerifyReport> {
  const { run, first } = await enter(await lookAround({ deps, state, options }));
  if (first.kind === 'absent') {
    throw new EngineError(
      'not-found',
      'There is nothing to verify: this bucket holds no vault yet. Run `twincloud sync` first.',
    );
  }
  if (first.kind === 'changed') await observe(run, first.view);
  else await takeFirst(run, first);
  return audit(run, { full: options.full ?? false });
}

async function decideHeld(state: DeviceState, decision: HeldDecision): Promise<readonly HeldItem[]> {
  const held = (await state.meta('held')) ?? [];
  const answer = decision === 'keep' || held.length === 0 ? undefined : { decision, items: held };
  await state.write(new StateChanges().meta('heldAnswer', answer));
  return held;
}

async function status(deps: EngineDeps, state: DeviceState): Promise<StatusReport> {
  const head = await state.meta('head');
  const base = await state.base();
  let pending = 0;
  for (const row of (await state.projected()).values()) if (row.pending === true) pending += 1;
  return {
    vaultId: (await state.meta('identity'))?.vaultId,
    device: deps.device,
    observed: head === undefined ? undefined : { commit: head.head.commit, generation: head.head.generation },
    files: [...base.keys()].filter((path) => !isFolder(path)).length,
    held: (await state.meta('held')) ?? [],
    problems: (await state.meta('problems')) ?? [],
    lastSyncMs: await state.meta('lastSyncMs'),
    lastAuditMs: await state.meta('lastAuditMs'),
    pendingReadable: deps.settings.readableCopy ? pending : 0,
    ...(deps.primary === undefined ? {} : { primary: deps.primary }),
    backups: await backupStatus(deps, state, () => state.remote()),
  };
}

function explained(error: unknown, signal: AbortSignal | undefined): unknown {
  if (error instanceof EngineError) return error;
  if (signal?.aborted === true || isStoreError(error, 'aborted')) {
    return new EngineError(
      'aborted',
      'Stopped. What was done is safe; the next sync goes on from here.',
      error,
    );
  }
  if (isStoreError(error)) {
    const { message, remedy } = describeStoreError(error);
    return new EngineError('cloud', `${message} ${remedy}`.trim(), error);
  }
  if (error instanceof VaultError) return new EngineError('vault', vaultMessage(error), error);
  if (error instanceof StateError) {
    if (error.kind === 'damaged') return new EngineError('state', `${error.message}.`, error);
    const remedy = error.kind === 'disk-full' ? ' Free some space and sync again.' : '';
    return new EngineError(
      'state',
      `What this device remembers could not be written: ${error.message}.${remedy}`,
      error,
    );
  }
  return error;
}

function vaultMessage(error: VaultError): string {
  const remedy =
    error.kind === 'disk-full'
      ? 'The disk is full: free some space and sync again. What was received so far is kept.'
      : error.kind === 'read-only'
        ? 'The vault cannot be written: allow this user to write there, and sync again.'
        : 'Nothing was lost; mend this and sync again.';
  return `${error.message}. ${remedy}`;
}
