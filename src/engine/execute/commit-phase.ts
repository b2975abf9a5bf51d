import type { Entry } from '../../core/model/entry.ts';
import { isFolder, type VaultPath } from '../../core/model/vault-path.ts';
import { EngineError } from '../api.ts';
import { SHORT_HASH_DIGITS, type ContentHash } from '../../core/model/ids.ts';
import type { ContentWriter, Outgoing, Stored } from '../cloud/content-writer.ts';
import { tagged } from '../cloud/head.ts';
import { knownContent, type RemoteView } from '../cloud/remote-view.ts';
import type { VaultError } from '../ports.ts';
import { rememberResolutions } from '../conflicts/remember.ts';
import { expiredPaths } from '../upkeep/expired-paths.ts';
import { commitIntentKey, StateChanges, type BaseChange, type Identity } from '../state.ts';
import {
  commitStep,
  type BuiltStep,
  type CommitAction,
  type CommitStep,
  type StepContext,
} from './commit-steps.ts';
import { prepareCommit, putObjects, writeHead, type Draft, type PreparedCommit } from './committer.ts';
import { observe } from './observe.ts';
import type { Run } from './run.ts';

const BATCH_BYTES = 64 * 1024 * 1024;
const SECOND_MS = 1_000;

/** `lost`: another device committed; the view must be read again and the rest planned again. */
export type CommitOutcome = 'done' | 'lost';

/**
 * Carries out what goes into the cloud, in as few commits as the batch limits allow. The contents of a
 * batch are stored while the one before it is committed: they do not depend on the head.
 */
export async function commitActions(
  run: Run,
  writer: ContentWriter,
  actions: readonly CommitAction[],
): Promise<CommitOutcome> {
  const batches = inBatches(run, actions);
  for (const action of actions) run.expect('upload', 1, run.local.files.get(pathOf(action))?.sizeBytes ?? 0);
  let storing = storeBatch(run, writer, batches[0] ?? []);
  for (const [index, batch] of batches.entries()) {
    const stored = await storing;
    const next = batches[index + 1];
    if (next === undefined) return commitBatch(run, batch, stored, false);
    storing = storeBatch(run, writer, next);
    const outcome = await afterBoth(commitBatch(run, batch, stored, true), storing);
    if (outcome === 'lost') return 'lost';
  }
  return 'done';
}

/** What `first` gives; where there is no going on, only once `second` has ended too. */
async function afterBoth(first: Promise<CommitOutcome>, second: Promise<unknown>): Promise<CommitOutcome> {
  // Its failure shows when it is awaited for its own sake.
  const ended = second.catch(() => undefined);
  try {
    const outcome = await first;
    if (outcome === 'lost') await ended;
    return outcome;
  } catch (error) {
    await ended;
    throw error;
  }
}

function pathOf(action: CommitAction): Parameters<typeof isFolder>[0] {
  return action.kind === 'move-remote' ? action.to : action.path;
}

function inBatches(run: Run, actions: readonly CommitAction[]): CommitAction[][] {
  const batches: CommitAction[][] = [];
  let bytes = 0;
  for (const action of actions) {
    const size = run.local.files.get(pathOf(action))?.sizeBytes ?? 0;
    const last = batches.at(-1);
    if (last === undefined || last.length >= run.deps.settings.commitFiles || bytes + size > BATCH_BYTES) {
      batches.push([action]);
      bytes = size;
    } else {
      last.push(action);
      bytes += size;
    }
  }
  return batches;
}

interface StoredBatch {
  readonly steps: readonly CommitStep[];
  readonly stored: ReadonlyMap<ContentHash, Stored>;
}

async function storeBatch(
  run: Run,
  writer: ContentWriter,
  actions: readonly CommitAction[],
): Promise<StoredBatch> {
  const context = stepContext(run);
  const steps = actions.map((action) => commitStep(action, context));
  const failed = (outgoing: Outgoing, error: VaultError): void => {
    run.local.setUnknown(outgoing.path, {
      path: outgoing.path,
      kind: error.kind === 'unreadable' ? 'unreadable' : 'changed-while-read',
      message: `${error.message}. The next sync takes it.`,
    });
  };
  const outgoing = steps.flatMap((step) => step.outgoing);
  return { steps, stored: await writer.store(outgoing, knownContent(run.view, outgoing), failed) };
}

async function commitBatch(
  run: Run,
  actions: readonly CommitAction[],
  { steps, stored }: StoredBatch,
  moreFollow: boolean,
): Promise<CommitOutcome> {
  const built = steps
    .map((step) => step.build(stored))
    .filter((step): step is BuiltStep => step !== undefined);
  for (const action of actions)
    run.progress('upload', 1, run.local.files.get(pathOf(action))?.sizeBytes ?? 0);
  if (built.length === 0) return 'done';
  const outcome = await commit(run, {
    entries: built.flatMap((step) => step.entries),
    base: built.flatMap((step) => step.base),
    moreFollow,
  });
  if (outcome === 'done') {
    await rememberResolutions(
      run,
      built.flatMap(({ resolution }) => resolution ?? []),
    );
    for (const { event } of built) if (event !== undefined) run.event(event);
  }
  return outcome;
}

/** So that another device, or this one without its memory, finds what both versions come from. */
function originDigits(run: Run, path: VaultPath): string | undefined {
  const base = run.conflictRows.find(({ copy }) => copy === path)?.base;
  return base?.digits.slice(0, SHORT_HASH_DIGITS);
}

function stepContext(run: Run): StepContext {
  return {
    device: run.deps.device.id,
    timeMs: run.cloud.nowMs(),
    localFile: (path) => run.local.files.get(path),
    baseRow: (path) => run.base.get(path),
    copiedFrom: (path) => originDigits(run, path),
    projection: (path) => run.projection(path),
  };
}

export interface CommitRequest extends Pick<
  Draft,
  'entries' | 'moreFollow' | 'condemned' | 'compact' | 'keepGeneration'
> {
  readonly base: readonly BaseChange[];
  /** Another author than this device: edits found in the readable copy. */
  readonly author?: { readonly device: Draft['device']; readonly name: string };
  /** Do not mark what is committed for the readable copy: it came from there. */
  readonly fromReadable?: boolean;
}

/** One compare-and-swap with its intent before and the base after it. */
export async function commit(run: Run, request: CommitRequest): Promise<CommitOutcome> {
  const identity = identityOf(run);
  await keepPace(run);
  const draft: Draft = {
    view: run.view,
    identity,
    device: request.author?.device ?? run.deps.device.id,
    deviceName: request.author?.name ?? run.deps.device.name,
    entries: request.entries,
    moreFollow: request.moreFollow,
    expired: () => expiredPaths(run),
    ...(request.condemned === undefined ? {} : { condemned: request.condemned }),
    ...(request.compact === undefined ? {} : { compact: request.compact }),
    ...(request.keepGeneration === undefined ? {} : { keepGeneration: request.keepGeneration }),
  };
  const prepared = await prepareCommit(run.deps, draft, run.cloud.nowMs());
  await putObjects(run.cloud, prepared);
  const { commit: id, lineage, generation } = prepared.head;
  const intent = { kind: 'commit', commit: id, lineage, generation, base: request.base } as const;
  await run.state.write(new StateChanges().intent(commitIntentKey(id), intent));
  const result = await writeHead(run.deps, run.cloud, prepared, run.view);
  run.lastHeadWriteMs = run.deps.clock.now();
  if (result.kind === 'lost') return 'lost';
  const view: RemoteView = { ...tagged({ ...result, head: prepared.head }), tree: prepared.tree };
  await adopted(run, view, prepared, request);
  return 'done';
}

async function adopted(
  run: Run,
  view: RemoteView,
  prepared: PreparedCommit,
  request: CommitRequest,
): Promise<void> {
  const changes = run.withLocalRows(new StateChanges());
  for (const change of request.base) changes.base(change);
  if (run.deps.settings.readableCopy && request.fromReadable !== true)
    markReadable(run, prepared.record.entries, changes);
  // The first commit of a vault has nothing before it that this device knows.
  await observe(run, view, { changes, ...(run.view === undefined ? {} : { changed: prepared.changed }) });
}

function markReadable(run: Run, entries: readonly Entry[], changes: StateChanges): void {
  for (const { path } of entries) {
    if (isFolder(path)) continue;
    const done = run.projection(path);
    changes.projected(path, done === undefined ? { pending: true } : { done, pending: true });
  }
}

function identityOf(run: Run): Identity {
  if (run.view !== undefined) return { vaultId: run.view.head.vaultId, lineage: run.view.head.lineage };
  // Only a proposal: of two devices that begin at once, the first commit decides.
  run.proposed ??= { vaultId: run.deps.random.hex(32), lineage: run.deps.random.hex(16) };
  return run.proposed;
}

/** Some clouds take few writes a second of one key. */
async function keepPace(run: Run): Promise<void> {
  const perSecond = run.deps.store.capabilities.writesPerSecondPerKey;
  if (run.lastHeadWriteMs === undefined) return;
  const apartMs = SECOND_MS / perSecond;
  const waitMs = run.lastHeadWriteMs + apartMs - run.deps.clock.now();
  if (waitMs > 0) await run.deps.clock.sleep(Math.min(waitMs, apartMs), run.options.signal);
}

/** Each lost race waits longer, with jitter; a run gives up after so many. */
export async function backOff(run: Run, losses: number): Promise<void> {
  if (losses >= 12) {
    throw new EngineError(
      'contended',
      'Other devices kept committing first. Nothing is lost; sync again in a minute.',
    );
  }
  const delayMs = Math.min(8_000, 100 * 2 ** losses) * (0.5 + run.deps.random.fraction());
  await run.deps.clock.sleep(delayMs, run.options.signal);
}
