import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, constants, fsync, mkdirSync, open, write } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { VaultPath } from '../../core/model/vault-path.ts';
import type { InstallOptions, StagedId } from '../../engine/ports.ts';
import { STAGING_FOLDER } from '../../engine/vault-layout.ts';
import { setTime } from './copy-file.mts';
import { codeOf, newVaultError, toVaultError } from './folder-errors.mts';
import type { FolderSync } from './folder-sync.mts';
import { hashFile, look, withFile, type Sighting } from './plain-file.mts';

const openFile = promisify(open);
const writeFile = promisify(write);
const syncFile = promisify(fsync);

const STAGED_ID = /^[0-9a-f]{32}$/u;
const PERMISSIONS = 0o7777;

/** Bytes that wait in the vault's own file system until they may take their place. */
export class FolderStaging {
  readonly #root: string;
  readonly #folder: string;
  readonly #sync: FolderSync | undefined;

  /** Without `sync`, what is staged is durable over the end of the process only. */
  constructor(root: string, sync: FolderSync | undefined) {
    this.#root = root;
    this.#folder = `${root}/${STAGING_FOLDER}`;
    this.#sync = sync;
  }

  /** Rejects with a `VaultError`, or with what `chunks` rejects with; then nothing is kept. */
  async write(chunks: AsyncIterable<Uint8Array>): Promise<StagedId> {
    const id = randomBytes(16).toString('hex') as StagedId;
    const disk = `${this.#folder}/${id}`;
    const fd = await this.#create(disk).catch((error: unknown) => {
      throw toVaultError(error, STAGING_FOLDER, 'write');
    });
    try {
      for await (const chunk of chunks) await writeAll(fd, chunk);
      // File systems in use write a new file's name with its first sync.
      if (this.#sync !== undefined) await syncFile(fd).catch(failWrite);
    } catch (error) {
      closeSync(fd);
      await rm(disk, { force: true });
      throw error;
    }
    try {
      closeSync(fd);
    } catch (error) {
      failWrite(error);
    }
    return id;
  }

  /** Where the staged bytes are, read back and found right, with the time they shall have. */
  async ready(
    staged: StagedId,
    path: VaultPath,
    options: InstallOptions,
  ): Promise<{ readonly disk: string; readonly seen: Sighting }> {
    const disk = `${this.#folder}/${staged}`;
    if (!STAGED_ID.test(staged) || look(disk)?.isFile() !== true) throw newVaultError('not-found', path);
    await withFile(disk, 'write', async (fd, seen) => {
      if ((await hashFile(fd, seen.size)) !== options.hash) throw newVaultError('corrupt', path);
      setTime(fd, options.mtimeMs);
    });
    const seen = look(disk);
    if (seen === undefined) throw newVaultError('not-found', path);
    return { disk, seen };
  }

  /** Gives the staged file the permissions of the file that it shall replace. */
  takePermissions(disk: string, own: Sighting, from: Sighting): void {
    if ((own.mode & PERMISSIONS) !== (from.mode & PERMISSIONS)) chmodSync(disk, from.mode & PERMISSIONS);
  }

  async discard(keep: ReadonlySet<StagedId>): Promise<void> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    });
    // A vault that may not be written has none, and need not be written for that.
    if (names === undefined) return;
    const dropped = names.filter((name) => !keep.has(name as StagedId));
    for (const name of dropped) await rm(`${this.#folder}/${name}`, { force: true, recursive: true });
    if (names.length > 0 && dropped.length < names.length) return;
    await rmdir(this.#folder).catch((error: unknown) => {
      if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) throw error;
    });
  }

  async #create(disk: string): Promise<number> {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
    try {
      return await openFile(disk, flags);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
    try {
      // Not recursive: where the vault itself is gone, it must not be made anew.
      mkdirSync(this.#folder);
      await this.#sync?.sync(this.#root);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    return openFile(disk, flags);
  }
}

async function writeAll(fd: number, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await writeFile(fd, bytes, written, bytes.length - written).catch(failWrite);
    written += bytesWritten;
  }
}

function failWrite(error: unknown): never {
  throw toVaultError(error, STAGING_FOLDER, 'write');
}
