import type { OpenConflict } from '../../core/conflict/open-conflicts.ts';
import type { ContentHash } from '../../core/model/ids.ts';
import type { VaultPath } from '../../core/model/vault-path.ts';
import { isStoreError } from '../../storage/store-error.ts';
import { EngineError, type ConflictContents, type ConflictSide, type EngineDeps } from '../api.ts';
import { Cloud } from '../cloud/cloud.ts';
import { isVaultError } from '../ports.ts';
import { readPieces, statFile } from '../scan/read-file.ts';
import type { DeviceState } from '../state.ts';
import { formerContents } from './former-contents.ts';

/** Larger sides are told by size and time alone. */
const MOST_SHOWN_BYTES = 16 * 1024 * 1024;

/** Both sides of an open conflict as they are in the vault now, and what they come from. */
export async function readConflict(
  deps: EngineDeps,
  state: DeviceState,
  { copy, signal }: { readonly copy: VaultPath; readonly signal: AbortSignal | undefined },
): Promise<ConflictContents> {
  const conflict = ((await state.meta('conflicts')) ?? []).find((row) => row.copy === copy);
  if (conflict === undefined) throw conflictIsOver(copy);
  const [note, other] = [await readSide(deps, conflict.path), await readSide(deps, copy)];
  if (note === undefined || other === undefined) throw conflictIsOver(copy);
  const isText = note.bytes !== undefined && other.bytes !== undefined;
  const base = isText ? await baseBytes(deps, new Cloud(deps, signal), conflict) : undefined;
  const remote = await state.remote();
  const generation = (path: VaultPath): number => remote.get(path)?.generation ?? Infinity;
  return {
    conflict,
    note,
    copy: other,
    ...(base === undefined ? {} : { base }),
    newest: generation(conflict.path) > generation(copy) ? 'note' : 'copy',
  };
}

export function conflictIsOver(copy: VaultPath): EngineError {
  return new EngineError('not-found', `${copy}: this conflict is over. Its versions are in the history.`);
}

async function baseBytes(
  deps: EngineDeps,
  cloud: Cloud,
  { path, base }: OpenConflict,
): Promise<Uint8Array | undefined> {
  if (base === undefined) return undefined;
  try {
    return (await formerContents(deps, cloud, { path, base }))?.bytes;
  } catch (error) {
    // Without the cloud the two can still be looked at beside each other.
    if (isStoreError(error, 'unavailable') || isStoreError(error, 'denied')) return undefined;
    throw error;
  }
}

async function readSide(deps: EngineDeps, path: VaultPath): Promise<ConflictSide | undefined> {
  const { vault, hashing } = deps;
  try {
    const stat = await statFile(vault, path);
    if (stat.sizeBytes > MOST_SHOWN_BYTES) {
      const hash = await largeHash(deps, path);
      return { hash, sizeBytes: stat.sizeBytes, mtimeMs: stat.mtimeMs };
    }
    const { bytes, file } = await vault.read(path);
    const hash = await hashing.sha256(bytes);
    return { hash, sizeBytes: bytes.length, mtimeMs: file.mtimeMs, bytes };
  } catch (error) {
    if (isVaultError(error, 'not-found')) return undefined;
    throw error;
  }
}

async function largeHash({ vault, hashing }: EngineDeps, path: VaultPath): Promise<ContentHash> {
  const sha = hashing.sha256Stream();
  for await (const piece of readPieces(vault, await statFile(vault, path))) sha.update(piece);
  return sha.digest();
}
