import type { ContentHash } from '../../core/model/ids.ts';
import type { VaultPath } from '../../core/model/vault-path.ts';
import { VaultError, type Hashing, type Vault, type VaultFile } from '../ports.ts';

/** Files up to this size are read whole; larger ones in pieces of it: a phone can hold one. */
export const WHOLE_FILE_BYTES = 4 * 1024 * 1024;

/** A file's contents piece by piece. Rejects with `changed` if its stat moves in between. */
export async function* readPieces(vault: Vault, file: VaultFile): AsyncIterable<Uint8Array> {
  for (let offset = 0; offset < file.sizeBytes; offset += WHOLE_FILE_BYTES) {
    const length = Math.min(WHOLE_FILE_BYTES, file.sizeBytes - offset);
    const piece = await vault.read(file.path, { offset, length });
    if (!sameStat(piece.file, file) || piece.bytes.length !== length) {
      throw new VaultError('changed', file.path, 'it changed while it was read');
    }
    yield piece.bytes;
  }
}

/** Bytes at hand as something to stage. */
export async function* oneChunk(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  await Promise.resolve();
  if (bytes.length > 0) yield bytes;
}

export interface HashedFile {
  readonly file: VaultFile;
  readonly hash: ContentHash;
  /** The contents, where they were small enough to be read at once. */
  readonly bytes?: Uint8Array;
}

/** Reads and hashes a file as it is now, whatever size `file` says. */
export async function hashFile(vault: Vault, hashing: Hashing, file: VaultFile): Promise<HashedFile> {
  if (file.sizeBytes <= WHOLE_FILE_BYTES) {
    const read = await vault.read(file.path);
    return { file: read.file, hash: await hashing.sha256(read.bytes), bytes: read.bytes };
  }
  const sha = hashing.sha256Stream();
  for await (const piece of readPieces(vault, file)) sha.update(piece);
  return { file, hash: sha.digest() };
}

export async function statFile(vault: Vault, path: VaultPath): Promise<VaultFile> {
  return (await vault.read(path, { offset: 0, length: 0 })).file;
}

export function sameStat(a: VaultFile, b: { readonly sizeBytes: number; readonly mtimeMs: number }): boolean {
  return a.sizeBytes === b.sizeBytes && a.mtimeMs === b.mtimeMs;
}
