import type { ContentHash } from '../core/model/ids.ts';
import { isFolder, type VaultPath } from '../core/model/vault-path.ts';
import type { RestoreOptions } from '../engine/api.ts';
import { isVaultError, VaultError, type Sha256 } from '../engine/ports.ts';
import { FolderVault } from './platform/folder-vault.mts';
import { nodeHashing } from './platform/hashing.mts';

type RestoredFile = Parameters<RestoreOptions['write']>[0];

const PIECE_BYTES = 8 * 1024 * 1024;

/** A folder that receives restored files: each whole or not at all, none through a link out of it. */
export class RestoreTarget {
  readonly #vault: FolderVault;
  readonly #replaces: boolean;

  constructor(folder: string, replaces: boolean) {
    // What is cut off by a power cut is restored again.
    this.#vault = new FolderVault(folder, { durability: 'fast' });
    this.#replaces = replaces;
  }

  async write({ path, mtimeMs }: RestoredFile, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    if (isFolder(path)) {
      await this.#vault.setFolder(path, 'present');
      return;
    }
    const whole = nodeHashing.sha256Stream();
    const staged = await this.#vault.stage(hashed(chunks, whole));
    const hash = whole.digest();
    const expected = this.#replaces ? await hashOfFile(this.#vault, path) : 'absent';
    const result = await this.#vault.install(staged, path, { expected, hash, mtimeMs });
    if (result.kind === 'changed')
      throw new VaultError('changed', path, 'something else stands there already');
  }

  close(): Promise<void> {
    return this.#vault.discardStaged(new Set());
  }
}

/** Of the file's bytes as they are, read in pieces. */
export async function hashOfFile(vault: FolderVault, path: VaultPath): Promise<ContentHash | 'absent'> {
  const whole = nodeHashing.sha256Stream();
  try {
    const { file } = await vault.read(path, { offset: 0, length: 0 });
    for (let offset = 0; offset < file.sizeBytes; offset += PIECE_BYTES) {
      whole.update((await vault.read(path, { offset, length: PIECE_BYTES })).bytes);
    }
    return whole.digest();
  } catch (error) {
    if (isVaultError(error, 'not-found')) return 'absent';
    throw error;
  }
}

async function* hashed(chunks: AsyncIterable<Uint8Array>, whole: Sha256): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    whole.update(chunk);
    yield chunk;
  }
}
