import { conflictCopyName, isConflictCopyOf } from '../../core/conflict/copy-name.ts';
import { mergeBytes } from '../../core/merge/merge-bytes.ts';
import { mergeKindOf } from '../../core/merge/mergeable.ts';
import { shortHash, type ContentHash } from '../../core/model/ids.ts';
import { isLive } from '../../core/model/tree.ts';
import { folderOf, type VaultPath } from '../../core/model/vault-path.ts';
import type { Action } from '../../core/plan/plan.ts';
import { foldPath } from '../../core/model/vault-path.ts';
import { wantedOf, type ContentReader } from '../cloud/content.ts';
import { isVaultError } from '../ports.ts';
import { readPieces, statFile } from '../scan/read-file.ts';
import { hashInto } from '../scan/scan.ts';
import { conflictRow, keptByStrategy, settled } from '../conflicts/meeting.ts';
import { rememberConflict } from '../conflicts/remember.ts';
import type { CommitAction } from './commit-steps.ts';
import { guarded, lookAgain, type Download } from './local-steps.ts';
import type { Run } from './run.ts';

export type Resolve = Extract<Action, { kind: 'resolve' }>;

/** What looking at the contents turned a `resolve` into. */
export interface Resolution {
  readonly commit: readonly CommitAction[];
  readonly downloads: readonly Download[];
}

const NOTHING: Resolution = { commit: [], downloads: [] };
/** Larger texts are not merged (`core/merge`, rule 1), so they need not be fetched for it. */
const MERGE_BYTES = 4 * 1024 * 1024;
const TEXT = new TextEncoder();

/** Rows 5 and 8: both sides have contents of their own. */
export async function resolve(run: Run, reader: ContentReader, action: Resolve): Promise<Resolution> {
  const { path, local, remote } = action;
  const size = run.local.files.get(path)?.sizeBytes ?? 0;
  const strategy = run.deps.settings.conflicts;
  if (strategy === 'newest' && action.base !== undefined) {
    // The commit made last is the newest; what it replaces stays in history.
    const resolution = settled(run, action, { how: 'newest', result: local });
    const reason = 'both edited it; the newest wins, the other is in the history';
    return { commit: [{ ...uploadOver(action, reason), resolution }], downloads: [] };
  }
  if (size > MERGE_BYTES || remote.sizeBytes > MERGE_BYTES) return keepBoth(run, action);
  const theirs = await reader.one(wantedOf(remote));
  if (theirs.kind === 'damaged') {
    run.damaged(remote, theirs.detail);
    return NOTHING;
  }
  const mine = await readLocal(run, action);
  if (mine === undefined) return NOTHING;
  if (action.base === undefined) {
    // Created on both sides: there is no base, and no guess.
    if (isBlank(mine)) return { commit: [], downloads: [download(action, 'the note here was blank')] };
    if (isBlank(theirs.bytes))
      return { commit: [uploadOver(action, 'the note in the cloud was blank')], downloads: [] };
    return keepBoth(run, action);
  }
  const kind = mergeKindOf(path);
  if (strategy !== 'merge' || kind === undefined) return keepBoth(run, action);
  const row = run.base.get(path);
  if (row === undefined) return keepBoth(run, action);
  const base = await reader.one({ ...row, sizeBytes: MERGE_BYTES });
  if (base.kind === 'damaged') return keepBoth(run, action);
  const merge = mergeBytes({ base: base.bytes, local: mine, remote: theirs.bytes, kind }, CODEC);
  if (merge.kind === 'conflict') return keepBoth(run, action);
  const merged = { hash: await run.deps.hashing.sha256(merge.bytes), bytes: merge.bytes };
  const reason = 'edited here and elsewhere; the edits were merged';
  const resolution = settled(run, action, { how: 'merged', result: merged.hash });
  return {
    commit: [
      { kind: 'merged', path, local: { hash: local, bytes: mine }, merged, remote, reason, resolution },
    ],
    downloads: [],
  };
}

const CODEC = {
  /** Throws on what is not UTF-8. */
  decode: (bytes: Uint8Array): string =>
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes),
  encode: (text: string): Uint8Array => TEXT.encode(text),
};

function uploadOver(action: Resolve, reason: string): Extract<Action, { kind: 'upload' }> {
  const prev = [shortHash(action.remote.hash), ...action.remote.prev];
  return { kind: 'upload', path: action.path, hash: action.local, prev, reason };
}

function download(action: Resolve, reason: string): Download {
  return { kind: 'download', path: action.path, entry: action.remote, expected: action.local, reason };
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
}

async function readLocal(run: Run, action: Resolve): Promise<Uint8Array | undefined> {
  let found: Uint8Array | undefined;
  await guarded(run, action.path, async () => {
    const { bytes } = await run.deps.vault.read(action.path);
    if ((await run.deps.hashing.sha256(bytes)) === action.local) found = bytes;
    else await lookAgain(run, action.path);
  });
  return found;
}

/**
 * The local text becomes a file of its own, durable before the main path is replaced. A copy that a
 * run before this one made, and did not come to use, is found by its contents.
 */
async function keepBoth(run: Run, action: Resolve): Promise<Resolution> {
  const { path, local, reason } = action;
  const existing = existingCopy(run, action);
  if (existing !== undefined) {
    if (!run.conflictRows.some(({ copy }) => copy === existing))
      await rememberConflict(run, conflictRow(run, action, existing));
    return { commit: [], downloads: [download(action, reason)] };
  }
  const taken = new Set([...run.local.files.keys(), ...(run.view?.tree.keys() ?? [])].map(foldPath));
  const name = conflictCopyName(
    path,
    { deviceName: run.deps.device.name, timeMs: run.cloud.nowMs(), hash: local },
    (candidate) => taken.has(foldPath(candidate)) || run.local.unknown.has(candidate),
  );
  const downloads: Download[] = [];
  await guarded(run, path, async () => {
    // Before the copy stands: who finds it must know what it comes from.
    await rememberConflict(run, conflictRow(run, action, name));
    if (!(await copyTo(run, action, name))) return;
    const undo = await keptByStrategy(run, action, name);
    run.event({ kind: 'conflict-copy', path, other: name, reason, ...(undo === undefined ? {} : { undo }) });
    downloads.push(download(action, reason));
  });
  return { commit: [], downloads };
}

async function copyTo(run: Run, action: Resolve, name: VaultPath): Promise<boolean> {
  const { deps, local } = run;
  const file = await statFile(deps.vault, action.path);
  const staged = await deps.vault.stage(readPieces(deps.vault, file));
  const hashedAt = deps.clock.now();
  try {
    const result = await deps.vault.install(staged, name, {
      expected: 'absent',
      hash: action.local,
      mtimeMs: file.mtimeMs,
    });
    if (result.kind === 'done') local.setFile(result.file, action.local, hashedAt);
    return result.kind === 'done';
  } catch (error) {
    if (!isVaultError(error, 'corrupt')) throw error;
    // What was staged is not what the plan saw: the note was edited meanwhile.
    await hashInto(deps, local, file);
    return false;
  }
}

/** In the vault, or live in the cloud, where another device made it of the same text. */
function existingCopy(run: Run, action: Resolve): VaultPath | undefined {
  const folder = folderOf(action.path);
  const isCopy = (path: VaultPath): boolean =>
    path !== action.path && folderOf(path) === folder && isConflictCopyOf(path, action.path);
  const holds = (path: VaultPath, hash: ContentHash): boolean =>
    hash === action.local && isCopy(path) && stays(run, path, hash);
  for (const [path, { hash }] of run.local.files) if (holds(path, hash)) return path;
  for (const entry of run.view?.tree.values() ?? [])
    if (isLive(entry) && holds(entry.path, entry.hash)) return entry.path;
  return undefined;
}

/** Whether these contents will still stand there once both sides agree: not where one side is to take them away. */
function stays(run: Run, path: VaultPath, hash: ContentHash): boolean {
  const here = run.local.files.get(path)?.hash;
  const entry = run.view?.tree.get(path);
  const there = entry !== undefined && isLive(entry) ? entry.hash : undefined;
  if (here === there) return true;
  // On one side alone, and new there.
  return (here ?? there) === hash && (here === undefined || there === undefined) && !isKnown(run, path);
}

/** What was on both sides once, or cannot be looked at. */
function isKnown(run: Run, path: VaultPath): boolean {
  return run.base.has(path) || run.local.unknown.has(path);
}
