import { rmdirSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ContentHash } from '../../core/model/ids.ts';
import { foldPath, folderOf, isFolder, type VaultPath } from '../../core/model/vault-path.ts';
import {
  VaultError,
  type InstallOptions,
  type ListOptions,
  type ReadResult,
  type StagedId,
  type Vault,
  type VaultFile,
  type VaultListing,
  type WriteResult,
} from '../../engine/ports.ts';
import { requireFilePath, requireFolderPath, STAGING_FOLDER } from '../../engine/vault-layout.ts';
import { respell } from './case-rename.mts';
import { copyBeside } from './copy-file.mts';
import { codeOf, newVaultError, toVaultError } from './folder-errors.mts';
import { listFolder } from './folder-listing.mts';
import { ParentFolders } from './folder-parents.mts';
import { FolderStaging } from './folder-staging.mts';
import { FolderSync } from './folder-sync.mts';
import { makeTrashFolder, moveToTrash } from './folder-trash.mts';
import { moveOver, moveToClaimed, moveToFree, removeVersion, type Placed } from './place-file.mts';
import { look, readBytes, sameVersion, sightingOf, withFile, type Sighting } from './plain-file.mts';
import { Spellings } from './spellings.mts';

export interface FolderVaultOptions {
  /**
   * `fsync` (the default): contents and names are on the disk when a call resolves, also over a power
   * cut. `fast`: over the end of the process only; for what can be fetched again, as a restore.
   */
  readonly durability?: 'fsync' | 'fast';
}

/** A version of a file, and where it shall go; `to` may still get a number. */
interface Relocation {
  readonly from: string;
  readonly seen: Sighting;
  readonly to: string;
  readonly hash: ContentHash;
}

/** A vault in a folder of this computer. `docs/spec/device.md` has its rules. */
export class FolderVault implements Vault {
  readonly #root: string;
  readonly #sync: FolderSync | undefined;
  readonly #spellings: Spellings;
  readonly #parents: ParentFolders;
  readonly #staging: FolderStaging;
  #wasOccupied = false;

  constructor(root: string, options: FolderVaultOptions = {}) {
    this.#root = resolve(root);
    this.#sync = options.durability === 'fast' ? undefined : new FolderSync();
    this.#spellings = new Spellings(this.#root);
    this.#parents = new ParentFolders(this.#root, this.#spellings, this.#sync);
    this.#staging = new FolderStaging(this.#root, this.#sync);
  }

  async list(options: ListOptions): Promise<VaultListing> {
    this.#requireRoot();
    try {
      const { listing, spellings, occupied } = await listFolder(this.#root, options);
      if (this.#wasOccupied && !occupied) {
        throw this.#unreadable('it is suddenly empty; if it is on another disk, connect that');
      }
      this.#wasOccupied = occupied;
      this.#spellings.replace(spellings);
      this.#parents.forget();
      return listing;
    } catch (error) {
      if (options.signal?.aborted === true) {
        throw new VaultError('unexpected', this.#root, 'the listing was stopped', options.signal.reason);
      }
      throw error instanceof VaultError
        ? error
        : this.#unreadable('it cannot be listed; check its permissions and the disk', error);
    }
  }

  async read(
    path: VaultPath,
    range?: { readonly offset: number; readonly length: number },
  ): Promise<ReadResult> {
    try {
      if (isFolder(path)) throw newVaultError('not-found', path);
      const disk = await this.#spellings.resolve(path);
      return await withFile(disk, 'read', async (fd, before) => {
        if (before.isDirectory()) throw newVaultError('not-found', path);
        if (!before.isFile()) throw newVaultError('unreadable', path);
        const offset = range?.offset ?? 0;
        const end = Math.min(before.size, offset + (range?.length ?? before.size));
        const length = Math.max(0, end - offset);
        const bytes = await readBytes(fd, offset, length);
        const after = look(disk);
        if (after === undefined || !sameVersion(before, after) || bytes.length !== length) {
          throw newVaultError('changed', path);
        }
        return { bytes, file: vaultFile(path, after) };
      });
    } catch (error) {
      throw toVaultError(error, path, 'read');
    }
  }

  async stage(chunks: AsyncIterable<Uint8Array>): Promise<StagedId> {
    this.#requireRoot();
    return this.#staging.write(chunks);
  }

  install(staged: StagedId, path: VaultPath, options: InstallOptions): Promise<WriteResult> {
    return this.#writing(path, async () => {
      requireFilePath(path);
      const { disk, seen } = await this.#staging.ready(staged, path, options);
      const parent = await this.#parents.find(
        parentKey(path),
        options.expected === 'absent' ? 'make' : 'look',
      );
      if (parent === 'absent') return { kind: 'changed' };
      const target = await this.#spellings.resolve(path);
      const there = look(target);
      if (there?.isDirectory() === true) throw newVaultError('blocked', path);
      if (options.expected === 'absent') {
        if (there !== undefined) return { kind: 'changed' };
        const placed = await this.#across({ from: disk, seen, to: target, hash: options.hash }, (from, now) =>
          landed(moveToFree(from, target, now), target),
        );
        return this.#settled(placed, path, target, seen);
      }
      const replaced = await sightingOf(target, options.expected);
      if (replaced === undefined) return { kind: 'changed' };
      this.#staging.takePermissions(disk, seen, replaced);
      const placed = await this.#across({ from: disk, seen, to: target, hash: options.hash }, (from) =>
        landed(moveOver(from, target, replaced), target),
      );
      return this.#settled(placed, path, target, seen);
    });
  }

  move(from: VaultPath, to: VaultPath, expected: ContentHash): Promise<WriteResult> {
    return this.#writing(from, async () => {
      requireFilePath(from);
      requireFilePath(to);
      if ((await this.#parents.find(parentKey(from), 'look')) === 'absent') return { kind: 'changed' };
      const source = await this.#spellings.resolve(from);
      const seen = await sightingOf(source, expected);
      if (seen === undefined) return { kind: 'changed' };
      const target = await this.#makeRoomFor(to);
      const taken = look(target);
      let placed: Placed;
      if (taken === undefined) {
        placed = await this.#across({ from: source, seen, to: target, hash: expected }, (now, version) =>
          landed(moveToClaimed(now, target, version), target),
        );
      } else if (foldPath(from) === foldPath(to)) {
        placed = respell(source, target);
        this.#parents.forget();
      } else placed = 'changed';
      if (placed === 'done') await this.#sync?.sync(folderOn(source));
      return this.#settled(placed, to, target, seen);
    });
  }

  moveToTrash(
    path: VaultPath,
    expected: ContentHash,
  ): Promise<{ readonly kind: 'done' | 'changed' | 'absent' }> {
    return this.#writing(path, async () => {
      requireFilePath(path);
      const source = await this.#spellings.resolve(path);
      if (look(source) === undefined) {
        this.#requireRoot();
        return { kind: 'absent' };
      }
      await this.#parents.find(parentKey(path), 'look');
      const seen = await sightingOf(source, expected);
      if (seen === undefined) return { kind: look(source) === undefined ? 'absent' : 'changed' };
      const folder = makeTrashFolder(this.#root, folderOf(path));
      const name = path.slice(folderOf(path).length);
      const placed = await this.#across(
        { from: source, seen, to: `${folder}/${name}`, hash: expected },
        (from, version) => moveToTrash(from, folder, name, version),
      );
      await this.#sync?.sync(folder);
      await this.#sync?.sync(folderOn(source));
      return { kind: placed };
    });
  }

  setFolder(path: VaultPath, state: 'present' | 'absent'): Promise<void> {
    return this.#writing(path, async () => {
      requireFolderPath(path);
      this.#requireRoot();
      this.#parents.forget();
      if (state === 'present') {
        await this.#parents.find(path, 'make');
        return;
      }
      const parent = await this.#parents.find(parentKey(path), 'look').catch(absentWhereBlocked);
      if (parent === 'absent') return;
      const disk = await this.#spellings.resolve(path);
      try {
        rmdirSync(disk);
      } catch (error) {
        if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EBUSY'].includes(codeOf(error))) throw error;
        return;
      }
      await this.#sync?.sync(folderOn(disk));
    });
  }

  discardStaged(keep: ReadonlySet<StagedId>): Promise<void> {
    return this.#writing(STAGING_FOLDER as VaultPath, () => this.#staging.discard(keep));
  }

  /** Makes the folders above the path and says where it is on disk. */
  async #makeRoomFor(path: VaultPath): Promise<string> {
    await this.#parents.find(parentKey(path), 'make');
    return this.#spellings.resolve(path);
  }

  async #settled(placed: Placed, path: VaultPath, target: string, seen: Sighting): Promise<WriteResult> {
    if (placed === 'changed') return { kind: 'changed' };
    const file = vaultFile(path, look(target) ?? seen);
    await this.#sync?.sync(folderOn(target));
    return { kind: 'done', file };
  }

  /** Places the file; where the vault spans file systems, by way of a copy beside its target. */
  async #across(
    { from, seen, to, hash }: Relocation,
    place: (from: string, seen: Sighting) => string | undefined,
  ): Promise<Placed> {
    try {
      return place(from, seen) === undefined ? 'changed' : 'done';
    } catch (error) {
      if (codeOf(error) !== 'EXDEV') throw error;
    }
    const copy = await copyBeside(from, to, hash);
    if (copy === undefined) return 'changed';
    const landedAt = place(copy.disk, copy.seen);
    if (landedAt === undefined) {
      rmSync(copy.disk, { force: true });
      return 'changed';
    }
    if (removeVersion(from, seen) || look(from) === undefined) return 'done';
    unlinkSync(landedAt);
    return 'changed';
  }

  /** Folders may vanish between two steps: then once more from the start. */
  async #writing<T>(path: VaultPath, act: () => Promise<T>, again = true): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw toVaultError(error, path, 'write');
      this.#requireRoot();
      this.#parents.forget();
      if (!again) throw toVaultError(error, path, 'write');
    }
    return this.#writing(path, act, false);
  }

  #requireRoot(): void {
    const there = statSync(this.#root, { throwIfNoEntry: false });
    if (there === undefined)
      throw this.#unreadable('it is not there; check the path, and that its disk is connected');
    if (!there.isDirectory()) throw this.#unreadable('it is not a folder; check the path');
  }

  #unreadable(detail: string, cause?: unknown): VaultError {
    return new VaultError('unreadable', this.#root, detail, cause);
  }
}

function vaultFile(path: VaultPath, seen: Sighting): VaultFile {
  return { path, sizeBytes: seen.size, mtimeMs: Math.floor(seen.mtimeMs) };
}

function landed(placed: Placed, target: string): string | undefined {
  return placed === 'done' ? target : undefined;
}

function parentKey(path: VaultPath): VaultPath | '' {
  return folderOf(path) as VaultPath | '';
}

function folderOn(disk: string): string {
  return disk.slice(0, disk.lastIndexOf('/'));
}

function absentWhereBlocked(error: unknown): 'absent' {
  if (error instanceof VaultError && error.kind === 'blocked') return 'absent';
  throw error;
}
