import { currentRows } from '../core/conflict/open-conflicts.ts';
import type { RemoteTree } from '../core/model/entry.ts';
import type { VaultPath } from '../core/model/vault-path.ts';
import type { Action } from '../core/plan/plan.ts';
import { EngineError, type EngineDeps, type SyncOptions, type SyncReport } from './api.ts';
import { ContentWriter } from './cloud/content-writer.ts';
import { refresh, type Refreshed, type RemoteView } from './cloud/remote-view.ts';
import { isDue, skipsInForce } from './damage.ts';
import { deviceOf } from './conflicts/meeting.ts';
import { backOff, type CommitOutcome } from './execute/commit-phase.ts';
import { observe } from './execute/observe.ts';
import type { Run } from './execute/run.ts';
import type { Task } from './execute/task.ts';
import { workPass } from './execute/work-pass.ts';
import { enter, lookAround, type FirstLook, type LookRequest } from './look.ts';
import { needsPreview, planPass, planPolicy, type PassPlan } from './planning.ts';
import { adopt, surveyBucket, treeToBe } from './readable/adopt.ts';
import { auditIfDue } from './readable/audit.ts';
import { writeReadableCopy } from './readable/project.ts';
import { backupStatus, protect, type Protecting } from './replicas/protect.ts';
import { finished, noticesOf, report, stillSealed, unchanged } from './report.ts';
import { dayOf } from './scan/scan.ts';
import { StateChanges, type DeviceState } from './state.ts';
import { collectIfDue, recordDevice } from './upkeep.ts';

/** A run plans again after each round of work; more rounds than this mean that something fights it. */
const MAX_PASSES = 24;

/**
 *   head ─┐
 *         ├─► observe ─► plan ─► guard ─► commit ─► apply here ─┐ until nothing is left to do
 *   scan ─┘              ▲───────────────────────────────────────┘ then: readable copy, audit, upkeep
 */
export async function runSync(request: LookRequest, task?: Task): Promise<SyncReport> {
  const { options } = request;
  const look = await lookAround(request);
  if (task === undefined && (await sealHolds(look))) return protectedReport(look, await stillSealed(look));
  const { run, first, listing } = await enter(look);
  if (task === undefined && first.kind === 'unchanged' && (await nothingToDo(run)))
    return protectedReport(look, await unchanged(run, listing));
  const waiting = await takeFirst(run, first);
  if (waiting !== undefined) return { ...report(run, waiting), outcome: 'first-preview', plan: waiting };
  const loop = await workThrough(run, request.only, task);
  if (loop.kind === 'first-preview')
    return { ...report(run, loop.pass), outcome: 'first-preview', plan: loop.pass };
  if (request.only !== undefined) {
    request.onLeftUndone?.(loop.pass.actions.filter((action) => !isWanted(action, request.only)).length);
    return report(run, loop.pass);
  }
  await settle(run, loop.pass);
  options.onSaved?.();
  await protect(protecting(look));
  await afterwards(run);
  // One that failed just now is not waited for again.
  const once = { ...look, options: { ...look.options, backups: 'when-due' as const } };
  return protectedReport(once, await finished(run, loop.pass));
}

function protecting({ deps, state, options, onAbsorbed }: FirstLook): Protecting {
  return { deps, state, options, sync: runSync, ...(onAbsorbed === undefined ? {} : { onAbsorbed }) };
}

/** With what the backups have, which are brought up where something was committed since. */
async function protectedReport(look: FirstLook, done: SyncReport): Promise<SyncReport> {
  const { deps, state } = look;
  if ((deps.backups ?? []).length === 0) return done;
  await protect(protecting(look));
  return { ...done, backups: await backupStatus(deps, state, () => state.remote()) };
}

/** What the last run found still holds: one request, and no row is loaded. */
async function sealHolds({ deps, state, options, first, vault }: FirstLook): Promise<boolean> {
  if (first.kind !== 'unchanged' || vault.local !== undefined) return false;
  const head = await state.meta('head');
  if (head === undefined || (await state.meta('seal'))?.etag !== head.etag) return false;
  return (await state.intents()).size === 0 && !auditDue(deps, options, await lastLook(state));
}

/** Cloud unchanged since a plan of nothing, and the vault as the base: one request and no planning. */
async function nothingToDo(run: Run): Promise<boolean> {
  const { local, base, state } = run;
  const head = await state.meta('head');
  if (head === undefined || (await state.meta('settled')) !== head.etag) return false;
  if (local.unknown.size > 0 || local.files.size !== base.size || (await state.intents()).size > 0)
    return false;
  if ((await state.meta('heldAnswer')) !== undefined) return false;
  for (const { damage } of (await state.skipped()).values())
    if (damage !== undefined && isDue(damage, run.deps.clock.now())) return false;
  const agrees = (path: VaultPath): boolean => base.get(path)?.hash === local.files.get(path)?.hash;
  // What was edited is mostly among what the scan looked into.
  if (!(local.touched.since(0)?.every(agrees) ?? true)) return false;
  for (const [path, file] of local.files) if (base.get(path)?.hash !== file.hash) return false;
  if (run.deps.settings.readableCopy)
    for (const row of run.projected.values()) if (row.pending === true) return false;
  return !auditDue(run.deps, run.options, await lastLook(run.state));
}

async function lastLook(state: DeviceState): Promise<number | undefined> {
  return (await state.meta('lastAuditMs')) ?? (await state.meta('auditFromMs'));
}

function auditDue(deps: EngineDeps, options: SyncOptions, lastAuditMs: number | undefined): boolean {
  const mode = options.audit ?? 'when-due';
  if (mode !== 'when-due') return mode === 'always';
  return lastAuditMs !== undefined && Math.abs(deps.clock.now() - lastAuditMs) > 86_400_000;
}

/**
 * Makes the first look at the cloud the run's view; a bucket without a head is begun or adopted.
 * Returns a plan when a person must see it before anything is adopted.
 */
export async function takeFirst(run: Run, first: Refreshed): Promise<PassPlan | undefined> {
  const known = await run.state.meta('head');
  if (first.kind === 'changed') {
    await observe(run, first.view);
    return undefined;
  }
  if (first.kind === 'unchanged' && known !== undefined) {
    run.view = { ...known, tree: new Map(await run.state.remote()) };
    return undefined;
  }
  if (known !== undefined) {
    throw new EngineError(
      'head-vanished',
      'The bucket no longer has its head (.twincloud/head), though this device has synced with it. Nothing was changed. If the bucket was emptied on purpose, run `twincloud init --forget` and sync again to fill it from this vault; else restore the object.',
    );
  }
  return beginVault(run);
}

/** A bucket without a head: empty, or with plain files that become the first commits. */
async function beginVault(run: Run): Promise<PassPlan | undefined> {
  const survey = await surveyBucket(run);
  if (survey === 'begun') {
    await lookAgainAtCloud(run);
    return undefined;
  }
  const tree = treeToBe(survey);
  const pass = await planFor(run, tree);
  if (run.options.acceptFirst !== true && needsPreview(pass, run.local, tree)) return pass;
  await run.state.write(new StateChanges().meta('joined', true));
  await adopt(run, survey);
  return undefined;
}

interface Loop {
  readonly kind: 'done' | 'first-preview';
  readonly pass: PassPlan;
}

const OUTGOING: ReadonlySet<Action['kind']> = new Set([
  'adopt-base',
  'drop-base',
  'upload',
  'tombstone',
  'move-remote',
  'resolve',
]);
const INCOMING: ReadonlySet<Action['kind']> = new Set([
  'adopt-base',
  'drop-base',
  'download',
  'trash',
  'move-local',
]);

function isWanted({ kind }: Action, only: LookRequest['only']): boolean {
  return only === undefined || (only === 'outgoing' ? OUTGOING : INCOMING).has(kind);
}

async function workThrough(run: Run, only: LookRequest['only'], task: Task | undefined): Promise<Loop> {
  let writer = new ContentWriter(run.deps, run.cloud);
  const joined = (await run.state.meta('joined')) === true;
  let losses = 0;
  let todo = task;
  for (let count = 0; count < MAX_PASSES; count += 1) {
    run.options.signal?.throwIfAborted();
    const pass = await planFor(run, run.view?.tree ?? new Map());
    if (count === 0 && !joined) {
      const remote = run.view?.tree ?? new Map();
      if (run.options.acceptFirst !== true && needsPreview(pass, run.local, remote))
        return { kind: 'first-preview', pass };
      await run.state.write(new StateChanges().meta('joined', true));
    }
    const actions = pass.actions.filter(
      (action) => isWanted(action, only) && !touches(action).some((path) => run.isBlocked(path)),
    );
    if (actions.length === 0 && todo === undefined) return { kind: 'done', pass };
    let outcome: CommitOutcome;
    if (actions.length > 0) outcome = await workPass(run, writer, actions);
    else {
      outcome = (await todo?.(run, writer)) ?? 'done';
      if (outcome === 'done') todo = undefined;
    }
    await rememberDamage(run);
    if (outcome === 'lost') {
      await backOff(run, losses);
      losses += 1;
      const rejoins = run.rejoins;
      const moved = await lookAgainAtCloud(run);
      // A race lost to nobody, or to another line of history: the bucket was put back meanwhile, and
      // what was put for the commit may have gone with it.
      if (!moved || run.rejoins !== rejoins) writer = new ContentWriter(run.deps, run.cloud);
    } else if (run.staleView) await lookAgainAtCloud(run);
  }
  throw new EngineError(
    'contended',
    'The vault or the cloud kept changing during the sync. Nothing is lost; sync again.',
  );
}

async function rememberDamage(run: Run): Promise<void> {
  const changes = new StateChanges();
  for (const [path, row] of run.damage) changes.skipped(path, row);
  await run.state.write(changes);
}

async function planFor(run: Run, remote: RemoteTree): Promise<PassPlan> {
  const { state, local, base } = run;
  const sides = { local, base, remote };
  const planning = {
    ...sides,
    // Of the bucket as it will be once it is adopted nothing is remembered.
    ...(remote === run.view?.tree ? { open: run.openPaths.find(sides) } : {}),
    skipped: skipsInForce(await state.skipped(), remote, run.deps.clock.now()),
    fresh: (await state.meta('fresh')) ?? true,
    recentDeletes: (await state.meta('recentDeletes')) ?? { 'in-cloud': [], here: [] },
    answer: await state.meta('heldAnswer'),
    heldBefore: (await state.meta('held')) ?? [],
  };
  return planPass(planning, planPolicy(run.deps, run.cloud.nowMs()), run.deps.clock.now());
}

function touches(action: Action): readonly VaultPath[] {
  return 'from' in action ? [action.from, action.to] : [action.path];
}

/** Whether the head is another than the one known. */
async function lookAgainAtCloud(run: Run): Promise<boolean> {
  run.staleView = false;
  const view = run.view;
  const read = await refresh(run.deps, run.cloud, view, () => Promise.resolve(view?.tree ?? new Map()));
  if (read.kind === 'changed') await observe(run, read.view);
  if (read.kind === 'absent' && view !== undefined) {
    throw new EngineError(
      'head-vanished',
      'The head disappeared from the bucket during the sync. Nothing was changed; sync again, and look at what else writes to the bucket.',
    );
  }
  return read.kind === 'changed';
}

/** The plan has nothing left: remember that, so that the next run can tell at once. */
async function settle(run: Run, pass: PassPlan): Promise<void> {
  const changes = run.withLocalRows(new StateChanges());
  // What could not be looked at this time must be looked at the next.
  const open = pass.held.length + run.blockedProblems.length + run.local.unknown.size;
  const settled = open === 0 && run.view !== undefined;
  changes.meta('settled', settled ? run.view?.etag : undefined);
  if (run.blockedProblems.length === 0) changes.meta('fresh', false);
  changes.meta('heldAnswer', undefined);
  changes.meta('notices', noticesOf(run, pass));
  run.conflictRows = currentRows(run.conflictRows, {
    files: run.local.files,
    isUnknown: (path) => run.local.unknown.has(path) || run.isBlocked(path),
    remote: run.view?.tree ?? new Map(),
    deviceName: (entry) => deviceOf(run, entry),
    keepsUnknown: run.deps.settings.conflicts === 'keep-both',
  });
  changes.meta('conflicts', run.conflictRows.length === 0 ? undefined : run.conflictRows);
  changes.meta('rehashDay', dayOf(run.deps.clock.now()));
  const skipped = await run.state.skipped();
  const inForce = skipsInForce(skipped, run.view?.tree ?? new Map(), run.deps.clock.now());
  for (const path of skipped.keys()) if (!inForce.has(path)) changes.skipped(path, undefined);
  await run.state.write(changes);
  await run.deps.vault.discardStaged(new Set());
}

async function afterwards(run: Run): Promise<void> {
  if (run.view === undefined) return;
  const before: RemoteView = run.view;
  if (run.deps.settings.readableCopy) await writeReadableCopy(run);
  await auditIfDue(run, auditDue(run.deps, run.options, await lastLook(run.state)));
  await collectIfDue(run);
  await recordDevice(run);
  const moved = run.view.etag !== before.etag;
  if (moved && (await run.state.meta('settled')) === before.etag) {
    await run.state.write(new StateChanges().meta('settled', undefined));
  }
}
