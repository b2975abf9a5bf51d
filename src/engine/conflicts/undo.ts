import { conflictCopyName } from '../../core/conflict/copy-name.ts';
import type { ConflictRow } from '../../core/conflict/open-conflicts.ts';
import { SHORT_HASH_DIGITS, shortHash, type ContentHash } from '../../core/model/ids.ts';
import { foldPath, type VaultPath } from '../../core/model/vault-path.ts';
import { EngineError } from '../api.ts';
import { knownContent } from '../cloud/remote-view.ts';
import { commitActions, type CommitOutcome } from '../execute/commit-phase.ts';
import type { Decided, DecidedWrite } from '../execute/commit-steps.ts';
import type { Run } from '../execute/run.ts';
import type { Task } from '../execute/task.ts';
import { asSeen } from './decide.ts';
import { formerContents } from './former-contents.ts';
import { forgetResolution, rememberConflict } from './remember.ts';
import type { Resolution } from './resolution.ts';

/**
 * Opens a settled conflict again: the note gets the contents that it had in the cloud, and a conflict copy those
 * that gave way. One commit, made only if nobody has worked on the note since.
 */
export function undo(id: string): Task {
  return async (run, writer) => {
    const resolution = ((await run.state.meta('resolutions')) ?? []).find((one) => one.id === id);
    if (resolution === undefined) {
      throw new EngineError(
        'not-found',
        'This device does not remember it any more. The former versions are in the history of the note.',
      );
    }
    const outcome = await reopen(run, resolution, (action) => commitActions(run, writer, [action]));
    if (outcome === 'done') await forgetResolution(run, id);
    return outcome;
  };
}

async function reopen(
  run: Run,
  resolution: Resolution,
  commit: (action: Decided) => Promise<CommitOutcome>,
): Promise<CommitOutcome> {
  const { path, how, keptAs } = resolution;
  const note = asSeen(run, path, resolution.result);
  if (how === 'kept-both' && resolution.copy !== undefined) {
    asSeen(run, resolution.copy, resolution.other);
    await rememberConflict(run, rowOf(resolution, resolution.copy));
    run.event({ kind: 'reopened', path, other: resolution.copy, reason: REASON });
    return 'done';
  }
  const copy = freeName(run, resolution);
  const writes: DecidedWrite[] = [];
  if (resolution.result !== resolution.note) {
    const prev = [shortHash(note.hash), ...note.prev];
    writes.push(await former(run, resolution, { path, hash: resolution.note, prev }));
  }
  const origin = resolution.base?.digits.slice(0, SHORT_HASH_DIGITS);
  const prev = origin === undefined ? [] : [origin];
  const other = await former(run, resolution, { path: copy, hash: resolution.other, prev });
  const kept = keptAs === undefined ? undefined : asSeen(run, keptAs, resolution.other);
  writes.push(kept === undefined ? other : { ...other, from: kept.path });
  // Before the commit: the copy that comes by it must be known for what it is.
  await rememberConflict(run, rowOf(resolution, copy));
  const removes = kept === undefined ? [] : [{ entry: kept, to: copy }];
  const event = { kind: 'reopened', path, other: copy, reason: REASON } as const;
  return commit({ kind: 'decided', path, writes, removes, event });
}

const REASON = 'undone: both versions are there again';

function rowOf(resolution: Resolution, copy: VaultPath): ConflictRow {
  const { path, base, noteDevice, otherDevice, timeMs } = resolution;
  return {
    path,
    copy,
    copyDevice: otherDevice,
    timeMs,
    ...(base === undefined ? {} : { base }),
    ...(noteDevice === undefined ? {} : { noteDevice }),
  };
}

/** The contents as they can be committed: by reference where the cloud still counts on them, else by their bytes. */
async function former(
  run: Run,
  { path, copy, timeMs }: Resolution,
  wanted: { readonly path: VaultPath; readonly hash: ContentHash; readonly prev: readonly string[] },
): Promise<DecidedWrite> {
  const { hash } = wanted;
  const at = knownContent(run.view, [{ hash }]).get(hash);
  const base = at === undefined ? { digits: hash } : { digits: hash, at };
  const found =
    (await formerContents(run.deps, run.cloud, { path, base })) ??
    (copy === undefined ? undefined : await formerContents(run.deps, run.cloud, { path: copy, base }));
  if (found === undefined) {
    throw new EngineError(
      'not-found',
      `${path}: a version that the undo needs is no longer kept. Nothing was changed.`,
    );
  }
  return { ...wanted, sizeBytes: found.bytes.length, bytes: found.bytes, mtimeMs: timeMs };
}

function freeName(run: Run, { path, otherDevice, other, timeMs }: Resolution): VaultPath {
  const taken = new Set([...run.local.files.keys(), ...(run.view?.tree.keys() ?? [])].map(foldPath));
  return conflictCopyName(
    path,
    { deviceName: otherDevice, timeMs, hash: other },
    (name) => taken.has(foldPath(name)) || run.local.unknown.has(name),
  );
}
