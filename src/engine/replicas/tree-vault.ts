import type { FileEntry, RemoteTree } from '../../core/model/entry.ts';
import { joined } from '../../core/bytes.ts';
import { isLive } from '../../core/model/tree.ts';
import { isFolder, type VaultPath } from '../../core/model/vault-path.ts';
import { wantedOf, type ContentReader } from '../cloud/content.ts';
import {
  VaultError,
  type Hashing,
  type InstallOptions,
  type ListOptions,
  type ReadResult,
  type StagedId,
  type Vault,
  type VaultFile,
  type VaultListing,
  type WriteResult,
} from '../ports.ts';

interface Written {
  readonly bytes: Uint8Array;
  readonly file: VaultFile;
  readonly hash: InstallOptions['hash'];
}

/**
 * A tree of a cloud as a vault: what a device that had exactly this would have on its disk. Nothing is written
 * there: what a sync writes stays in memory, which is little, for it only receives what a conflict needs.
 */
export class TreeVault implements Vault {
  readonly #entries = new Map<VaultPath, FileEntry>();
  readonly #written = new Map<VaultPath, Written>();
  readonly #staged = new Map<StagedId, Uint8Array>();
  readonly #reader: ContentReader;
  readonly #hashing: Hashing;
  #lastStaged = 0;

  constructor(tree: RemoteTree, reader: ContentReader, hashing: Hashing) {
    for (const entry of tree.values()) if (isLive(entry)) this.#entries.set(entry.path, entry);
    this.#reader = reader;
    this.#hashing = hashing;
  }

  list({ include }: ListOptions): Promise<VaultListing> {
    const files: VaultFile[] = [];
    const emptyFolders: VaultPath[] = [];
    for (const entry of this.#entries.values()) {
      if (!include(entry.path)) continue;
      if (isFolder(entry.path)) emptyFolders.push(entry.path);
      else if (!this.#written.has(entry.path)) files.push(fileOf(entry));
    }
    for (const { file } of this.#written.values()) if (include(file.path)) files.push(file);
    return Promise.resolve({ files, emptyFolders, problems: [] });
  }

  async read(
    path: VaultPath,
    range?: { readonly offset: number; readonly length: number },
  ): Promise<ReadResult> {
    const written = this.#written.get(path);
    const file = written?.file ?? this.#stat(path);
    if (range?.length === 0) return { bytes: new Uint8Array(0), file };
    const bytes = written?.bytes ?? (await this.#fetch(path));
    return {
      bytes: range === undefined ? bytes : bytes.slice(range.offset, range.offset + range.length),
      file,
    };
  }

  async stage(chunks: AsyncIterable<Uint8Array>): Promise<StagedId> {
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    const id = `staged-${String((this.#lastStaged += 1))}` as StagedId;
    this.#staged.set(id, joined(parts));
    return id;
  }

  async install(staged: StagedId, path: VaultPath, options: InstallOptions): Promise<WriteResult> {
    const bytes = this.#staged.get(staged);
    if (bytes === undefined)
      throw new VaultError('not-found', path, 'there is nothing staged under this name');
    const { hash, mtimeMs, expected } = options;
    if ((await this.#hashing.sha256(bytes)) !== hash)
      throw new VaultError('corrupt', path, 'the staged contents are not what was staged');
    if (this.#hashOf(path) !== expected) return { kind: 'changed' };
    const file = { path, sizeBytes: bytes.length, mtimeMs };
    this.#written.set(path, { bytes, file, hash });
    this.#staged.delete(staged);
    return { kind: 'done', file };
  }

  /** Nothing that goes into a cloud moves, removes or makes anything here. */
  move(): Promise<WriteResult> {
    return Promise.resolve({ kind: 'changed' });
  }

  moveToTrash(): Promise<{ readonly kind: 'changed' }> {
    return Promise.resolve({ kind: 'changed' });
  }

  setFolder(): Promise<void> {
    return Promise.resolve();
  }

  discardStaged(): Promise<void> {
    return Promise.resolve();
  }

  #hashOf(path: VaultPath): InstallOptions['expected'] {
    return this.#written.get(path)?.hash ?? this.#entries.get(path)?.hash ?? 'absent';
  }

  #stat(path: VaultPath): VaultFile {
    const entry = this.#entries.get(path);
    if (entry === undefined || isFolder(path))
      throw new VaultError('not-found', path, 'there is no such file');
    return fileOf(entry);
  }

  async #fetch(path: VaultPath): Promise<Uint8Array> {
    const entry = this.#entries.get(path);
    if (entry === undefined) throw new VaultError('not-found', path, 'there is no such file');
    const fetched = await this.#reader.one(wantedOf(entry));
    if (fetched.kind === 'damaged') throw new VaultError('unreadable', path, fetched.detail);
    return fetched.bytes;
  }
}

function fileOf({ path, sizeBytes, mtimeMs }: FileEntry): VaultFile {
  return { path, sizeBytes, mtimeMs };
}
