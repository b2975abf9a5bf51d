import type { Head } from '../../core/model/head.ts';
import { isFolder, type VaultPath } from '../../core/model/vault-path.ts';
import type { EngineDeps } from '../api.ts';
import { isVaultError } from '../ports.ts';
import { ContentReader } from '../cloud/content.ts';
import type { Cloud } from '../cloud/cloud.ts';
import { hashFile, oneChunk, statFile, WHOLE_FILE_BYTES } from '../scan/read-file.ts';
import {
  StateChanges,
  type DeviceState,
  type InstallIntent,
  type Intent,
  type MoveIntent,
} from '../state.ts';
import type { ContentHash } from '../../core/model/ids.ts';

/**
 * What a run that was cut off had begun in the vault: done or not done is read off the files, and the
 * base follows. Nothing is done here that was not done then; the planner repeats what is missing.
 */
export async function recoverLocal(deps: EngineDeps, state: DeviceState, cloud: Cloud): Promise<void> {
  const changes = new StateChanges();
  const begun = [...(await state.intents())].flatMap(([key, intent]) =>
    intent.kind === 'commit' ? [] : [{ key, intent }],
  );
  if (begun.length === 0) return;
  const found = await lookAt(deps, new Set(begun.flatMap(({ intent }) => pathsOf(intent))));
  for (const { key, intent } of begun) {
    const seen = await recoverOne({ deps, state, cloud, changes, found }, intent);
    // What could not be looked at is looked at by the next run.
    if (seen) changes.intent(key, undefined);
  }
  if (changes.writes.length === 0) return;
  deps.log.write('info', 'recovered', { steps: changes.writes.length });
  await state.write(changes);
}

function pathsOf(intent: Exclude<Intent, { kind: 'commit' }>): readonly VaultPath[] {
  return intent.kind === 'move' ? [intent.from, intent.to] : [intent.path];
}

type Found = ContentHash | 'absent' | 'unknown';

/**
 * What stands at each path. Absent is only what a listing of the vault lacks too: one read may fail while a
 * program replaces the file, and on a drive that is not there every file is absent. Rejects then.
 */
async function lookAt(deps: EngineDeps, paths: ReadonlySet<VaultPath>): Promise<(path: VaultPath) => Found> {
  const found = new Map<VaultPath, Found>();
  for (const path of paths) if (!isFolder(path)) found.set(path, await hashNow(deps, path));
  const missing = [...found].flatMap(([path, seen]) => (seen === 'absent' ? [path] : []));
  // Also with nothing missing: what else is done relies on the drive.
  const { files, problems } = await deps.vault.list({
    include: (path) => missing.some((one) => one === path || (isFolder(path) && one.startsWith(path))),
  });
  const there = new Set(files.map(({ path }) => path));
  for (const { path: unread } of problems) {
    if (unread === undefined) continue;
    const folder = isFolder(unread) ? unread : `${unread}/`;
    for (const path of missing) if (path === unread || path.startsWith(folder)) there.add(path);
  }
  return (path) => {
    const seen = found.get(path) ?? 'unknown';
    return seen === 'absent' && there.has(path) ? 'unknown' : seen;
  };
}

/** Where `recoverLocal` could not tell how far the run before had come: what stands there may be half of a file. */
export async function unsettledPaths(state: DeviceState): Promise<readonly VaultPath[]> {
  return [...(await state.intents()).values()].flatMap((intent) => {
    return intent.kind === 'commit' ? [] : pathsOf(intent);
  });
}

/** Whether it is known now how far it had come. */
async function recoverOne(recovery: Recovery, intent: Exclude<Intent, { kind: 'commit' }>): Promise<boolean> {
  const { changes, found } = recovery;
  switch (intent.kind) {
    case 'install': {
      const hash = found(intent.path);
      if (hash === 'unknown') return false;
      const whole = hash === intent.row.hash || (await healTorn(recovery, intent, hash));
      if (whole === 'unknown') return false;
      if (whole && intent.isOfFormer === true) return true;
      if (whole) changes.base({ path: intent.path, row: intent.row });
      else if (hash !== intent.expected && hash !== 'absent') return keepUnclear(recovery, intent);
      return true;
    }
    case 'trash': {
      if (isFolder(intent.path)) return true;
      const hash = found(intent.path);
      if (hash === 'absent') changes.base({ path: intent.path });
      return hash !== 'unknown';
    }
    case 'move':
      return recoverMove(recovery, intent);
  }
}

interface Recovery {
  readonly deps: EngineDeps;
  readonly state: DeviceState;
  readonly cloud: Cloud;
  readonly changes: StateChanges;
  readonly found: (path: VaultPath) => Found;
}

/**
 * Some hosts do not put a file in place at one stroke: a crash leaves its beginning. That is no edit:
 * what was being written is fetched again and written whole. Whether it was done; `unknown` where the
 * file went away or changed meanwhile, or where the whole cannot be fetched now.
 */
async function healTorn(
  { deps, state, cloud }: Recovery,
  intent: InstallIntent,
  hash: ContentHash | 'absent',
): Promise<boolean | 'unknown'> {
  const { path, row, sizeBytes, expected } = intent;
  if (hash === expected || hash === 'absent' || sizeBytes > WHOLE_FILE_BYTES) return false;
  const bytes = await readNow(deps, path);
  if (bytes === undefined) return 'unknown';
  if (bytes.length >= sizeBytes) return false;
  const fetched = await new ContentReader(deps, cloud).one({ ...row, sizeBytes });
  // While the cloud promises the whole, one answer that broke off makes no edit of the half.
  if (fetched.kind === 'damaged')
    return (await state.remote()).get(path)?.hash === row.hash ? 'unknown' : false;
  if (bytes.some((byte, index) => byte !== fetched.bytes[index])) return false;
  const staged = await deps.vault.stage(oneChunk(fetched.bytes));
  const options = { expected: hash, hash: row.hash, mtimeMs: deps.clock.now() };
  return (await deps.vault.install(staged, path, options)).kind === 'done';
}

/**
 * Neither what was to stand there nor what stood before: a person's edit, perhaps of half a note. Lines
 * of the base that it lacks may be ones that nobody took away, so that it loses its base: the planner
 * then keeps both. Whether it could be looked at.
 */
async function keepUnclear(
  { deps, state, cloud, changes }: Recovery,
  { path, sizeBytes }: InstallIntent,
): Promise<boolean> {
  const row = (await state.base()).get(path);
  if (row === undefined) return true;
  if (sizeBytes > WHOLE_FILE_BYTES) {
    changes.base({ path });
    return true;
  }
  const bytes = await readNow(deps, path);
  if (bytes === undefined) return false;
  const base = await new ContentReader(deps, cloud).one({ ...row, sizeBytes: WHOLE_FILE_BYTES });
  if (base.kind === 'damaged' || !holdsLines(bytes, base.bytes)) changes.base({ path });
  return true;
}

/** Whether each line of `of` is in `bytes`, as often. */
function holdsLines(bytes: Uint8Array, of: Uint8Array): boolean {
  const left = new Map<string, number>();
  for (const line of linesOf(bytes)) left.set(line, (left.get(line) ?? 0) + 1);
  return linesOf(of).every((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count > 0;
  });
}

function linesOf(bytes: Uint8Array): readonly string[] {
  // One character a byte: what is no UTF-8 stays as it is.
  return new TextDecoder('latin1').decode(bytes).split('\n');
}

async function readNow(deps: EngineDeps, path: VaultPath): Promise<Uint8Array | undefined> {
  try {
    return (await deps.vault.read(path)).bytes;
  } catch (error) {
    if (isVaultError(error)) return undefined;
    throw error;
  }
}

function recoverMove({ found, changes }: Recovery, intent: MoveIntent): boolean {
  const { from, to, expected, base } = intent;
  const [there, here] = [found(to), found(from)];
  const moved = there === expected && here === 'absent';
  if (moved) changes.base({ path: from }).base(base === undefined ? { path: to } : { path: to, row: base });
  return there !== 'unknown' && here !== 'unknown';
}

async function hashNow(deps: EngineDeps, path: VaultPath): Promise<Found> {
  try {
    return (await hashFile(deps.vault, deps.hashing, await statFile(deps.vault, path))).hash;
  } catch (error) {
    if (isVaultError(error, 'not-found')) return 'absent';
    if (isVaultError(error)) return 'unknown';
    throw error;
  }
}

/**
 * Commits whose fate was not known when they were tried: one in the log of a head that this device
 * may believe succeeded, and its base applies; one that the head has passed by without it failed.
 * One that a slow request may still bring about is kept.
 */
export async function settleCommits(state: DeviceState, head: Head, changes: StateChanges): Promise<void> {
  for (const [key, intent] of await state.intents()) {
    if (intent.kind !== 'commit') continue;
    const inLog = head.log.includes(intent.commit);
    if (inLog) {
      const projected = await state.projected();
      for (const change of intent.base) {
        changes.base(change);
        if (!isFolder(change.path)) {
          changes.projected(change.path, { ...projected.get(change.path), pending: true });
        }
      }
    }
    if (inLog || intent.lineage !== head.lineage || head.generation >= intent.generation) {
      changes.intent(key, undefined);
    }
  }
}
