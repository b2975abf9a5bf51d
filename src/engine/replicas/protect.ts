import type { RemoteTree } from '../../core/model/entry.ts';
import type { Head } from '../../core/model/head.ts';
import { pauseAfter } from '../../core/model/replication.ts';
import { isLive } from '../../core/model/tree.ts';
import { describeStoreError } from '../../storage/messages.ts';
import { isStoreError } from '../../storage/store-error.ts';
import {
  EngineError,
  type Backup,
  type BackupStatus,
  type EngineDeps,
  type Problem,
  type SyncOptions,
} from '../api.ts';
import { Cloud } from '../cloud/cloud.ts';
import { StateChanges, type BackupRow, type DeviceState } from '../state.ts';
import type { SyncDevice } from './absorb.ts';
import { findSeat } from './find-seat.ts';
import { MovedError } from './places.ts';
import { replicate, type Replicated } from './replicate.ts';
import { tidyIfDue } from './tidy.ts';

export interface Protecting {
  readonly deps: EngineDeps;
  readonly state: DeviceState;
  readonly options: SyncOptions;
  /** Of the primary, as just read; absent: the last one that this device remembers. */
  readonly head?: Head;
  /** Look at every backup, also at one that had all when it was last seen. */
  readonly look?: boolean;
  /** Told of a backup to which objects were copied. */
  readonly onCopied?: (name: string, objects: number) => void;
  readonly sync: SyncDevice;
  /** Told where commits of a former primary were brought into the one of today: there is something to receive. */
  readonly onAbsorbed?: () => void;
}

type Refusal = Extract<Replicated, { kind: 'refused' }>['reason'];

const REFUSED: Readonly<Record<Refusal, string>> = {
  'other-vault':
    'It holds another vault. It was left as it is: name another prefix or folder for this backup.',
  'other-lineage':
    'It holds another line of this vault’s history. It was left as it is: restore from it what is missing here, then name another prefix or folder for this backup.',
  ahead:
    'It holds newer commits than the cloud, which was put back to an older state. It was left as it is: the next commits go on from there, and `twincloud restore --from` brings back what is missing.',
  contended: 'Other devices are writing to it. The next sync tries again.',
};

const SUCCEEDED =
  'It holds what another cloud has that took over, and this device cannot reach that one. Name it as a backup: twincloud backup add NAME REMOTE.';

/** A backup that was emptied, or put back by its owner, is noticed after so long. */
const LOOK_AGAIN_MS = 86_400_000;

/**
 * Brings each backup up that does not have the head, or was not looked at for a day; one that failed lately
 * waits for its time. Costs nothing where all were seen to have it.
 */
export async function protect(work: Protecting): Promise<void> {
  const { deps, state, options } = work;
  const head = work.head ?? (await state.meta('head'))?.head;
  const backups = deps.backups ?? [];
  if (head === undefined || backups.length === 0) return;
  const rows = await state.meta('backups');
  const next: BackupRow[] = [];
  const seen: Backup[] = [];
  for (const backup of backups) {
    const row = rows?.find(({ name }) => name === backup.name) ?? { name: backup.name };
    const nowMs = deps.clock.now();
    const known = has(row, head) && row.failed === undefined && !isOld(row, nowMs);
    const due = work.look === true || (!known && (options.backups === 'always' || isDue(row, nowMs)));
    next.push(due ? await bringUp(work, backup, row) : row);
    if (due) seen.push(backup);
  }
  if (seen.length === 0) return;
  await state.write(new StateChanges().meta('backups', next));
  // A scrub only compares.
  if (work.look !== true) await tidy(work, next, seen);
}

/** What nothing needs any more goes from those that have just got all. */
async function tidy(work: Protecting, rows: readonly BackupRow[], seen: readonly Backup[]): Promise<void> {
  let next = rows;
  for (const backup of seen) {
    const row = rows.find(({ name }) => name === backup.name);
    if (row?.holds === undefined || row.failed !== undefined || (await tidyIfDue(work, backup))) continue;
    const failed = { atMs: work.deps.clock.now(), times: 1 };
    next = next.map((one) => (one === row ? { ...row, failed } : one));
  }
  if (next !== rows) await work.state.write(new StateChanges().meta('backups', next));
}

function has({ holds }: BackupRow, head: Head): boolean {
  return holds?.commit === head.commit && holds.lineage === head.lineage;
}

function isOld({ holds }: BackupRow, nowMs: number): boolean {
  return Math.abs(nowMs - (holds?.seenMs ?? 0)) >= LOOK_AGAIN_MS;
}

function isDue({ failed }: BackupRow, nowMs: number): boolean {
  return failed === undefined || Math.abs(nowMs - failed.atMs) >= pauseAfter(failed.times);
}

async function bringUp(work: Protecting, backup: Backup, row: BackupRow): Promise<BackupRow> {
  const { deps, options } = work;
  const { name } = backup;
  const nowMs = deps.clock.now();
  const failed = { atMs: nowMs, times: (row.failed?.times ?? 0) + 1 };
  const held = row.holds === undefined ? {} : { holds: row.holds };
  try {
    const to = new Cloud({ ...deps, store: backup.store }, options.signal);
    const route = { deps, from: new Cloud(deps, options.signal), to };
    const result = await replicate(route, {
      thorough: row.failed !== undefined || work.look === true,
      confirmed: row.doubtful === true,
      sync: work.sync,
      ...(work.onAbsorbed === undefined ? {} : { onAbsorbed: work.onAbsorbed }),
    });
    if (result.kind === 'succeeded') {
      const found = await findSeat(deps, result.head, options.signal);
      if (found !== undefined) throw new MovedError(result.head, { to: found, isDone: true });
      return { name, ...held, stopped: true, failed, message: SUCCEEDED };
    }
    if (result.kind === 'unread')
      return { name, ...held, failed, doubtful: true, message: unreadMessage(result.problems) };
    if (result.kind === 'doubtful')
      return { name, ...held, failed, doubtful: true, ...damageMessage(result.damaged) };
    if (result.kind === 'refused') {
      const stopped = result.reason === 'contended' ? {} : { stopped: true as const };
      return { name, ...held, ...stopped, failed, message: REFUSED[result.reason] };
    }
    const { lineage, commit, generation } = result.head;
    deps.log.write('info', 'protected', { backup: name, commit, objects: result.objects });
    work.onCopied?.(name, result.objects);
    const holds = { lineage, commit, generation, seenMs: nowMs };
    if (result.damaged.length === 0) return { name, holds };
    // It may be mended meanwhile, by a device that has the note: asked again with a back-off.
    return { name, holds, failed, doubtful: true, ...damageMessage(result.damaged) };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof MovedError) throw error;
    const message = messageOf(error);
    deps.log.write('warn', 'backup-failed', { backup: name, detail: message });
    return { name, ...held, failed, message };
  }
}

function unreadMessage(problems: readonly Problem[]): string {
  const [first] = problems;
  const more = problems.length > 1 ? ` and ${String(problems.length - 1)} more` : '';
  return `It had authority before, and ${first?.path ?? 'a note'}${more} that was committed there since cannot be read. The next sync looks again, and then goes on without.`;
}

function damageMessage(damaged: readonly string[]): { readonly message: string } {
  const first = damaged[0] ?? '';
  const more = damaged.length === 1 ? '' : ` and ${String(damaged.length - 1)} more`;
  return {
    message: `The cloud lacks or spoilt ${first}${more}, which could not be copied. Run \`twincloud verify\` on a device that has the notes.`,
  };
}

/** Whatever a backup does, the sync has done its work; what nobody foresaw passes through. */
function messageOf(error: unknown): string {
  if (isStoreError(error)) {
    const { message, remedy } = describeStoreError(error);
    return `${message} ${remedy}`.trim();
  }
  if (error instanceof EngineError) return error.message;
  throw error;
}

/** As remembered; `tree` tells the bytes that are not protected yet. */
export async function backupStatus(
  deps: EngineDeps,
  state: DeviceState,
  tree: () => Promise<RemoteTree>,
): Promise<readonly BackupStatus[]> {
  const head = (await state.meta('head'))?.head;
  const rows = await state.meta('backups');
  const statuses: BackupStatus[] = [];
  for (const { name } of deps.backups ?? []) {
    const row = rows?.find((one) => one.name === name) ?? { name };
    const lag = head === undefined || has(row, head) ? NO_LAG : lagOf(row, head, await tree());
    const isUpToDate = row.holds !== undefined && lag.behindCommits === 0;
    statuses.push({
      name,
      state: row.stopped === true ? 'stopped' : isUpToDate ? 'protected' : 'behind',
      ...(row.holds === undefined ? {} : { holds: shown(row.holds) }),
      ...lag,
      ...(row.message === undefined ? {} : { message: row.message }),
    });
  }
  return statuses;
}

function shown({
  commit,
  generation,
  seenMs,
}: NonNullable<BackupRow['holds']>): BackupStatus['holds'] & object {
  return { commit, generation, seenMs };
}

const NO_LAG = { behindCommits: 0, behindBytes: 0 };

function lagOf({ holds }: BackupRow, head: Head, tree: RemoteTree): typeof NO_LAG {
  const from = holds?.lineage === head.lineage ? holds.generation : 0;
  let behindBytes = 0;
  for (const entry of tree.values())
    if (isLive(entry) && entry.generation > from) behindBytes += entry.sizeBytes;
  return { behindCommits: Math.max(0, head.generation - from), behindBytes };
}
