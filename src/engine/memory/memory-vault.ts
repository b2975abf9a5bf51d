import { isFolder, parseVaultPath, type VaultPath } from '../../core/model/vault-path.ts';
import type { ContentHash } from '../../core/model/ids.ts';
import {
  VaultError,
  type Clock,
  type Hashing,
  type InstallOptions,
  type ListingProblem,
  type ListOptions,
  type ReadResult,
  type StagedId,
  type Vault,
  type VaultFile,
  type VaultListing,
  type WriteResult,
} from '../ports.ts';
import {
  isOwnPath,
  numberedName,
  requireFilePath,
  requireFolderPath,
  TRASH_FOLDER,
} from '../vault-layout.ts';
import {
  MemoryTree,
  nameOf,
  parentOf,
  type MemoryFile,
  type MemoryFolder,
  type MemoryNode,
} from './memory-tree.ts';

export interface MemoryVaultOptions {
  /** Stamps what a person writes. */
  readonly clock: Pick<Clock, 'now'>;
  readonly hashing: Pick<Hashing, 'sha256Stream'>;
  /** `Note.md` and `note.md` are one file, as on macOS and Windows. */
  readonly ignoresCase?: boolean;
  /** Room for everything, staged bytes and trash included. */
  readonly capacityBytes?: number;
}

/** What a crash leaves. */
interface Disk {
  readonly tree: MemoryTree;
  readonly staged: Map<string, Uint8Array>;
  lastStaged: number;
  unplugged: boolean;
}

/** A vault in memory, with a person at it (`user…`) and a plug to pull (`crash`). */
export class MemoryVault implements Vault {
  readonly #options: MemoryVaultOptions;
  readonly #disk: Disk;
  #ended = false;
  /** What `contents` gave last. */
  #seen: { readonly version: number; readonly files: ReadonlyMap<VaultPath, Uint8Array> } | undefined;

  constructor(options: MemoryVaultOptions, disk?: Disk) {
    this.#options = options;
    this.#disk = disk ?? {
      tree: new MemoryTree(options.ignoresCase ?? false),
      staged: new Map(),
      lastStaged: 0,
      unplugged: false,
    };
  }

  async list(options: ListOptions): Promise<VaultListing> {
    await this.#turn('');
    if (options.signal?.aborted === true) {
      throw new VaultError('unexpected', '', 'the listing was stopped', options.signal.reason);
    }
    const found = {
      files: [] as VaultFile[],
      emptyFolders: [] as VaultPath[],
      problems: [] as ListingProblem[],
    };
    this.#walk(this.#disk.tree.root, '', options.include, found);
    return found;
  }

  async read(
    path: VaultPath,
    range?: { readonly offset: number; readonly length: number },
  ): Promise<ReadResult> {
    await this.#turn(path);
    const node = this.#disk.tree.find(path);
    if (node?.kind === 'special') throw new VaultError('unreadable', path, 'this is not a plain file');
    if (node?.kind !== 'file' || isFolder(path))
      throw new VaultError('not-found', path, 'there is no such file');
    const { offset, length } = range ?? { offset: 0, length: node.bytes.length };
    return { bytes: node.bytes.slice(offset, offset + length), file: vaultFile(path, node) };
  }

  async stage(chunks: AsyncIterable<Uint8Array>): Promise<StagedId> {
    await this.#turn('');
    const id = `staged-${String(++this.#disk.lastStaged)}` as StagedId;
    this.#disk.staged.set(id, new Uint8Array());
    try {
      for await (const chunk of chunks) this.#append(id, chunk);
    } catch (error) {
      if (!this.#ended) this.#disk.staged.delete(id);
      throw error;
    }
    await this.#turn('');
    return id;
  }

  async install(staged: StagedId, path: VaultPath, options: InstallOptions): Promise<WriteResult> {
    await this.#turn(path);
    requireFilePath(path);
    const bytes = this.#disk.staged.get(staged);
    if (bytes === undefined)
      throw new VaultError('not-found', path, 'there is nothing staged under this name');
    if (this.#hash(bytes) !== options.hash) {
      throw new VaultError('corrupt', path, 'the staged contents are not what was staged');
    }
    const target = this.#disk.tree.find(path);
    if (target?.kind === 'folder') throw blocked(path);
    if (!this.#isExpected(target, options.expected)) return { kind: 'changed' };
    const folder = this.#folderFor(path);
    const file: MemoryFile = {
      kind: 'file',
      name: target?.name ?? nameOf(path),
      bytes,
      mtimeMs: options.mtimeMs,
      hash: options.hash,
    };
    this.#disk.tree.put(folder, file);
    this.#disk.staged.delete(staged);
    return { kind: 'done', file: vaultFile(path, file) };
  }

  async move(from: VaultPath, to: VaultPath, expected: ContentHash): Promise<WriteResult> {
    await this.#turn(from);
    requireFilePath(from);
    requireFilePath(to);
    const tree = this.#disk.tree;
    const source = tree.find(from);
    if (source?.kind !== 'file' || !this.#isExpected(source, expected)) return { kind: 'changed' };
    const taken = tree.find(to);
    if (taken !== undefined && taken !== source) return { kind: 'changed' };
    const folder = this.#folderFor(to);
    tree.remove(from);
    const file: MemoryFile = { ...source, name: nameOf(to) };
    tree.put(folder, file);
    if (taken !== undefined) tree.respell(parentOf(to));
    return { kind: 'done', file: vaultFile(to, file) };
  }

  async moveToTrash(
    path: VaultPath,
    expected: ContentHash,
  ): Promise<{ readonly kind: 'done' | 'changed' | 'absent' }> {
    await this.#turn(path);
    requireFilePath(path);
    const tree = this.#disk.tree;
    const node = tree.find(path);
    if (node === undefined) return { kind: 'absent' };
    if (node.kind !== 'file' || !this.#isExpected(node, expected)) return { kind: 'changed' };
    const folder = this.#trashFolder(parentOf(path));
    let number = 1;
    while (tree.child(folder, numberedName(node.name, number)) !== undefined) number++;
    tree.put(folder, { ...node, name: numberedName(node.name, number) });
    tree.remove(path);
    return { kind: 'done' };
  }

  async setFolder(path: VaultPath, state: 'present' | 'absent'): Promise<void> {
    await this.#turn(path);
    requireFolderPath(path);
    const node = this.#disk.tree.find(path);
    if (state === 'present') {
      if (this.#disk.tree.makeFolder(path) === undefined) throw blocked(path);
    } else if (node?.kind === 'folder' && node.children.size === 0) {
      this.#disk.tree.remove(path);
    }
  }

  async discardStaged(keep: ReadonlySet<StagedId>): Promise<void> {
    await this.#turn('');
    for (const id of this.#disk.staged.keys()) {
      if (!keep.has(id as StagedId)) this.#disk.staged.delete(id);
    }
  }

  /** Ends this vault's program at once: what it has not begun has no effect. The new one finds the same disk. */
  crash(): MemoryVault {
    this.#ended = true;
    return new MemoryVault(this.#options, this.#disk);
  }

  /** A person saves a file with some program. */
  userWrite(path: string, contents: Uint8Array | string, mtimeMs = this.#options.clock.now()): void {
    const folder = this.#folderFor(key(path));
    const taken = this.#disk.tree.child(folder, nameOf(path));
    if (taken?.kind === 'folder') throw blocked(path);
    const bytes = typeof contents === 'string' ? new TextEncoder().encode(contents) : contents.slice();
    this.#disk.tree.put(folder, { kind: 'file', name: taken?.name ?? nameOf(path), bytes, mtimeMs });
  }

  /** Renames a file or a whole folder; what was a file at `to` is replaced, as `mv` does. */
  userRename(from: string, to: string): void {
    const tree = this.#disk.tree;
    const node = tree.find(key(from));
    if (node === undefined) throw new VaultError('not-found', from, 'there is no such file');
    const taken = tree.find(key(to));
    if (taken?.kind === 'folder' && taken !== node) throw blocked(to);
    const folder = this.#folderFor(key(to));
    tree.remove(from);
    tree.put(folder, { ...node, name: nameOf(to) });
  }

  /** Deletes a file or a folder with all in it, past the trash. */
  userDelete(path: string): void {
    this.#disk.tree.remove(key(path));
  }

  userMkdir(path: string): void {
    if (this.#disk.tree.makeFolder(key(path)) === undefined) throw blocked(path);
  }

  /** Makes something that is neither file nor folder, as a link to a file or a folder. */
  userLink(path: string, toFolder: boolean): void {
    this.#disk.tree.put(this.#folderFor(key(path)), { kind: 'special', name: nameOf(path), toFolder });
  }

  /** What a person finds there. */
  userRead(path: string): Uint8Array | undefined {
    const node = this.#disk.tree.find(key(path));
    return node?.kind === 'file' ? node.bytes.slice() : undefined;
  }

  /** Takes the disk away, or puts it back. */
  userUnplug(unplugged: boolean): void {
    this.#disk.unplugged = unplugged;
  }

  /** Every file of the vault, own folders left out: path to contents. */
  contents(): ReadonlyMap<VaultPath, Uint8Array> {
    const { tree } = this.#disk;
    if (this.#seen?.version !== tree.version) {
      const files = this.#filesBelow(tree.root, '', (path) => !isOwnPath(path as VaultPath));
      this.#seen = { version: tree.version, files };
    }
    return this.#seen.files;
  }

  /** Files in the trash by their path there. */
  trashed(): Map<VaultPath, Uint8Array> {
    const folder = this.#disk.tree.find(TRASH_FOLDER);
    return folder?.kind === 'folder'
      ? this.#filesBelow(folder, '', () => true)
      : new Map<VaultPath, Uint8Array>();
  }

  stagedIds(): StagedId[] {
    return [...this.#disk.staged.keys()] as StagedId[];
  }

  /** Spoils staged bytes as a bad disk would. */
  damageStaged(staged: StagedId): void {
    this.#disk.staged.set(staged, new TextEncoder().encode('damaged'));
  }

  #append(id: StagedId, chunk: Uint8Array): void {
    this.#requireRunning('');
    if (chunk.length > this.#freeBytes())
      throw new VaultError('disk-full', '', 'no room for the new contents');
    const before = this.#disk.staged.get(id) ?? new Uint8Array();
    const after = new Uint8Array(before.length + chunk.length);
    after.set(before);
    after.set(chunk, before.length);
    this.#disk.staged.set(id, after);
  }

  /** Lets others run first, so that a call is never part of the caller's own turn. */
  async #turn(path: string): Promise<void> {
    await Promise.resolve();
    this.#requireRunning(path);
  }

  #requireRunning(path: string): void {
    if (this.#ended) throw new VaultError('unexpected', path, 'the program has ended');
    if (this.#disk.unplugged)
      throw new VaultError('unreadable', path, 'the vault is not there: connect its disk');
  }

  #walk(
    folder: MemoryFolder,
    prefix: string,
    include: ListOptions['include'],
    found: { files: VaultFile[]; emptyFolders: VaultPath[]; problems: ListingProblem[] },
  ): void {
    for (const node of folder.children.values()) {
      const path = key(`${prefix}${node.name}${coversFolder(node) ? '/' : ''}`);
      if (isOwnPath(path) || !include(path)) continue;
      if (node.kind === 'file') found.files.push(vaultFile(path, node));
      else if (node.kind === 'special') {
        found.problems.push({
          name: path,
          path,
          reason: 'special-file',
          message: `${path} is a link and is left alone.`,
        });
      } else if (node.children.size === 0) found.emptyFolders.push(path);
      else this.#walk(node, path, include, found);
    }
  }

  #filesBelow(
    folder: MemoryFolder,
    prefix: string,
    wanted: (path: string) => boolean,
  ): Map<VaultPath, Uint8Array> {
    const files = new Map<VaultPath, Uint8Array>();
    for (const node of folder.children.values()) {
      const path = `${prefix}${node.name}`;
      if (!wanted(path)) continue;
      if (node.kind === 'file') files.set(key(path), node.bytes);
      if (node.kind === 'folder') {
        for (const [below, bytes] of this.#filesBelow(node, `${path}/`, wanted)) files.set(below, bytes);
      }
    }
    return files;
  }

  #folderFor(path: VaultPath): MemoryFolder {
    const folder = this.#disk.tree.makeFolder(parentOf(path));
    if (folder === undefined) throw blocked(path);
    return folder;
  }

  /** The trash's folder for what stood in `parent`; a folder whose name a file has gets the next number. */
  #trashFolder(parent: string): MemoryFolder {
    const tree = this.#disk.tree;
    let path = TRASH_FOLDER;
    for (const name of parent === '' ? [] : parent.split('/')) {
      let number = 1;
      const at = (): string => `${path}/${numberedName(name, number)}`;
      while ((tree.find(at())?.kind ?? 'folder') !== 'folder') number++;
      path = at();
    }
    const folder = tree.makeFolder(path);
    if (folder === undefined) throw blocked(path);
    return folder;
  }

  #isExpected(node: MemoryNode | undefined, expected: ContentHash | 'absent'): boolean {
    if (expected === 'absent' || node === undefined) return node === undefined && expected === 'absent';
    return node.kind === 'file' && (node.hash ??= this.#hash(node.bytes)) === expected;
  }

  #hash(bytes: Uint8Array): ContentHash {
    const hash = this.#options.hashing.sha256Stream();
    hash.update(bytes);
    return hash.digest();
  }

  #freeBytes(): number {
    if (this.#options.capacityBytes === undefined) return Number.POSITIVE_INFINITY;
    const files = this.#filesBelow(this.#disk.tree.root, '', () => true);
    const used = [...files.values(), ...this.#disk.staged.values()].reduce(
      (sum, bytes) => sum + bytes.length,
      0,
    );
    return this.#options.capacityBytes - used;
  }
}

function coversFolder(node: MemoryNode): boolean {
  return node.kind === 'folder' || (node.kind === 'special' && node.toFolder);
}

function vaultFile(path: VaultPath, file: MemoryFile): VaultFile {
  return { path, sizeBytes: file.bytes.length, mtimeMs: Math.floor(file.mtimeMs) };
}

function key(path: string): VaultPath {
  const parsed = parseVaultPath(path);
  if (parsed === undefined) throw new VaultError('illegal-name', path, 'this can be no path in a vault');
  return parsed;
}

function blocked(path: string): VaultError {
  return new VaultError('blocked', path, 'a file stands where a folder must be, or the reverse');
}
