import { DiskError, type Disk, type DiskErrorCode, type DiskStat, type DiskTimes } from './disk.ts';

export interface MemoryDiskOptions {
  readonly now: () => number;
  /** As macOS, Windows, iOS and Android: `Note.md` and `note.md` are one file. */
  readonly ignoresCase?: boolean;
  readonly capacityBytes?: number;
  readonly hasSystemTrash?: boolean;
  /** Names that the system refuses, as Windows and Android refuse `a:b`. */
  readonly refusedNames?: RegExp;
}

interface FileNode {
  readonly type: 'file';
  name: string;
  /** In the order that they were written: appending copies nothing. */
  chunks: Uint8Array[];
  sizeBytes: number;
  ctimeMs: number;
  mtimeMs: number;
}

interface FolderNode {
  readonly type: 'folder';
  name: string;
  readonly children: Map<string, DiskNode>;
  ctimeMs: number;
  mtimeMs: number;
}

type DiskNode = FileNode | FolderNode;

/** What goes wrong on purpose. Changed while it runs. */
export interface DiskFaults {
  /** Android: so many next writes of contents report success and leave an empty file. */
  emptyWrites: number;
  /** All writes fail with this. */
  refuseWrites: DiskErrorCode | undefined;
  /** Reads of these paths fail. */
  readonly unreadable: Set<string>;
  /** The vault's folder is gone. */
  unplugged: boolean;
}

/** A file system in memory. What a call did is seen by the next one, whoever makes it. */
export class MemoryDisk implements Disk {
  readonly faults: DiskFaults = {
    emptyWrites: 0,
    refuseWrites: undefined,
    unreadable: new Set(),
    unplugged: false,
  };
  readonly #options: MemoryDiskOptions;
  readonly #root: FolderNode;
  readonly #listeners = new Set<(path: string) => void>();
  readonly #trashed = new Map<string, Uint8Array>();
  #usedBytes = 0;

  constructor(options: MemoryDiskOptions) {
    this.#options = options;
    this.#root = this.#newFolder('');
  }

  /** Files that went to the system's trash, by the path that they had. */
  get systemTrash(): ReadonlyMap<string, Uint8Array> {
    return this.#trashed;
  }

  async stat(path: string): Promise<DiskStat | undefined> {
    if (this.faults.unplugged) return undefined;
    const found = this.#find(path);
    return found === undefined ? undefined : statOf(found.node, found.path);
  }

  async list(path: string): Promise<readonly DiskStat[]> {
    const { node, path: real } = this.#need(path, 'scandir');
    if (node.type === 'file') throw new DiskError('ENOTDIR', 'scandir', path);
    return [...node.children.values()].map((child) => statOf(child, joined(real, child.name)));
  }

  async tree(): Promise<readonly DiskStat[]> {
    this.#need('', 'scandir');
    const found: DiskStat[] = [];
    const visit = (folder: FolderNode, at: string): void => {
      for (const child of folder.children.values()) {
        const path = joined(at, child.name);
        found.push(statOf(child, path));
        if (child.type === 'folder') visit(child, path);
      }
    };
    visit(this.#root, '');
    return found;
  }

  async read(
    path: string,
    range?: { readonly offset: number; readonly length: number },
  ): Promise<Uint8Array> {
    const { node } = this.#need(path, 'open');
    if (node.type === 'folder') throw new DiskError('EISDIR', 'read', path);
    if (this.faults.unreadable.has(path)) throw new DiskError('EACCES', 'open', path);
    const whole = wholeOf(node);
    return range === undefined ? whole.slice() : whole.slice(range.offset, range.offset + range.length);
  }

  async write(path: string, bytes: Uint8Array, times: DiskTimes = {}): Promise<void> {
    this.#put(path, bytes, { ...times, append: false });
  }

  async append(path: string, bytes: Uint8Array, times: DiskTimes = {}): Promise<void> {
    this.#put(path, bytes, { ...times, append: true });
  }

  async rename(from: string, to: string): Promise<void> {
    this.#mayWrite('rename', from);
    const source = this.#need(from, 'rename');
    const { parent, name } = this.#place(to, 'rename');
    const target = parent.children.get(this.#key(name));
    if (target !== undefined && target !== source.node) this.#makeWay(source.node, target, to);
    if (source.node.type === 'folder' && contains(source.node, parent))
      throw new DiskError('EINVAL', 'rename', from);
    source.parent.children.delete(this.#key(source.node.name));
    parent.children.delete(this.#key(name));
    source.node.name = name;
    parent.children.set(this.#key(name), source.node);
    this.#tell(source.path, to);
  }

  async remove(path: string): Promise<void> {
    this.#mayWrite('unlink', path);
    const found = this.#need(path, 'unlink');
    if (found.node.type === 'folder') throw new DiskError('EISDIR', 'unlink', path);
    found.parent.children.delete(this.#key(found.node.name));
    this.#usedBytes -= found.node.sizeBytes;
    this.#tell(found.path);
  }

  async rmdir(path: string, recursive: boolean): Promise<void> {
    this.#mayWrite('rmdir', path);
    const found = this.#need(path, 'rmdir');
    if (found.node.type === 'file') throw new DiskError('ENOTDIR', 'rmdir', path);
    if (!recursive && found.node.children.size > 0) throw new DiskError('ENOTEMPTY', 'rmdir', path);
    if (found.node === this.#root) throw new DiskError('EINVAL', 'rmdir', path);
    found.parent.children.delete(this.#key(found.node.name));
    this.#usedBytes -= bytesOf(found.node);
    this.#tell(found.path);
  }

  async mkdir(path: string): Promise<void> {
    this.#mayWrite('mkdir', path);
    let at = this.#root;
    let real = '';
    for (const name of segments(path)) {
      const child = at.children.get(this.#key(name));
      if (child?.type === 'file')
        throw new DiskError(real === parentOf(path) ? 'EEXIST' : 'ENOTDIR', 'mkdir', path);
      if (child === undefined) this.#mayName(name, 'mkdir', path);
      const folder = child ?? this.#newFolder(name);
      real = joined(real, folder.name);
      if (child === undefined) {
        at.children.set(this.#key(name), folder);
        this.#tell(real);
      }
      at = folder;
    }
  }

  async trash(path: string): Promise<boolean> {
    if (this.#options.hasSystemTrash === false) return false;
    this.#mayWrite('rename', path);
    const found = this.#need(path, 'rename');
    const keep = (node: DiskNode, at: string): void => {
      if (node.type === 'file') this.#trashed.set(at, wholeOf(node));
      else for (const child of node.children.values()) keep(child, joined(at, child.name));
    };
    keep(found.node, found.path);
    found.parent.children.delete(this.#key(found.node.name));
    this.#usedBytes -= bytesOf(found.node);
    this.#tell(found.path);
    return true;
  }

  watch(listener: (path: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #put(path: string, bytes: Uint8Array, how: DiskTimes & { readonly append: boolean }): void {
    this.#mayWrite('open', path);
    const { parent, name, real } = this.#place(path, 'open');
    const found = parent.children.get(this.#key(name));
    if (found?.type === 'folder') throw new DiskError('EISDIR', 'open', path);
    if (found === undefined) this.#mayName(name, 'open', path);
    const node = found ?? this.#newFile(name);
    const freed = how.append ? 0 : node.sizeBytes;
    const room = (this.#options.capacityBytes ?? Infinity) - this.#usedBytes + freed;
    if (bytes.length > room) throw new DiskError('ENOSPC', 'write', path);
    const lost = this.faults.emptyWrites > 0 && bytes.length > 0;
    if (lost) this.faults.emptyWrites -= 1;
    const kept = lost ? [] : [bytes.slice()];
    node.chunks = how.append ? [...node.chunks, ...kept] : kept;
    const sizeBytes = node.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    this.#usedBytes += sizeBytes - node.sizeBytes;
    node.sizeBytes = sizeBytes;
    node.mtimeMs = Math.floor(how.mtimeMs ?? this.#options.now());
    if (how.ctimeMs !== undefined) node.ctimeMs = Math.floor(how.ctimeMs);
    parent.children.set(this.#key(name), node);
    this.#tell(joined(real, node.name));
  }

  /** What stands at the target of a rename gives way as `rename(2)` says. */
  #makeWay(source: DiskNode, target: DiskNode, to: string): void {
    if (target.type === 'folder') {
      if (source.type === 'file') throw new DiskError('EISDIR', 'rename', to);
      if (target.children.size > 0) throw new DiskError('ENOTEMPTY', 'rename', to);
    } else if (source.type === 'folder') {
      throw new DiskError('ENOTDIR', 'rename', to);
    }
    this.#usedBytes -= bytesOf(target);
  }

  #find(path: string): { node: DiskNode; parent: FolderNode; path: string } | undefined {
    let node: DiskNode = this.#root;
    let parent = this.#root;
    let real = '';
    for (const name of segments(path)) {
      if (node.type === 'file') return undefined;
      const child = node.children.get(this.#key(name));
      if (child === undefined) return undefined;
      parent = node;
      node = child;
      real = joined(real, child.name);
    }
    return { node, parent, path: real };
  }

  #need(path: string, operation: string): { node: DiskNode; parent: FolderNode; path: string } {
    const found = this.faults.unplugged ? undefined : this.#find(path);
    if (found === undefined) throw new DiskError('ENOENT', operation, path);
    return found;
  }

  #place(path: string, operation: string): { parent: FolderNode; name: string; real: string } {
    const name = segments(path).at(-1);
    if (name === undefined) throw new DiskError('EISDIR', operation, path);
    const above = this.#need(parentOf(path), operation);
    if (above.node.type === 'file') throw new DiskError('ENOTDIR', operation, path);
    return { parent: above.node, name, real: above.path };
  }

  #mayWrite(operation: string, path: string): void {
    if (this.faults.refuseWrites !== undefined)
      throw new DiskError(this.faults.refuseWrites, operation, path);
  }

  #mayName(name: string, operation: string, path: string): void {
    if (this.#options.refusedNames?.test(name) === true) throw new DiskError('EINVAL', operation, path);
  }

  #key(name: string): string {
    return this.#options.ignoresCase === true ? name.normalize('NFC').toLowerCase() : name;
  }

  #newFile(name: string): FileNode {
    const nowMs = Math.floor(this.#options.now());
    return { type: 'file', name, chunks: [], sizeBytes: 0, ctimeMs: nowMs, mtimeMs: nowMs };
  }

  #newFolder(name: string): FolderNode {
    const nowMs = Math.floor(this.#options.now());
    return { type: 'folder', name, children: new Map(), ctimeMs: nowMs, mtimeMs: nowMs };
  }

  #tell(...paths: readonly string[]): void {
    for (const listener of [...this.#listeners]) for (const path of paths) listener(path);
  }
}

function statOf(node: DiskNode, path: string): DiskStat {
  const { type, ctimeMs, mtimeMs } = node;
  return { type, path, sizeBytes: node.type === 'file' ? node.sizeBytes : 0, ctimeMs, mtimeMs };
}

/** The chunks as one, kept so for the next reader. */
function wholeOf(node: FileNode): Uint8Array {
  const [first] = node.chunks;
  if (node.chunks.length === 1 && first !== undefined) return first;
  const whole = new Uint8Array(node.sizeBytes);
  let offset = 0;
  for (const chunk of node.chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  node.chunks = [whole];
  return whole;
}

function bytesOf(node: DiskNode): number {
  if (node.type === 'file') return node.sizeBytes;
  return [...node.children.values()].reduce((sum, child) => sum + bytesOf(child), 0);
}

function contains(folder: FolderNode, other: FolderNode): boolean {
  if (folder === other) return true;
  return [...folder.children.values()].some((child) => child.type === 'folder' && contains(child, other));
}

function segments(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '');
}

export function joined(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

export function parentOf(path: string): string {
  return segments(path).slice(0, -1).join('/');
}
