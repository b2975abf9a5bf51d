import type { DataWriteOptions, EventRef } from 'obsidian';
import { Adapter } from './adapter.ts';
import type { Disk, DiskStat } from './disk.ts';
import { Events, type Callback } from './events.ts';
import { FileIndex, descendants, fileStatsOf } from './file-index.ts';
import { TFile, TFolder, type TAbstractFile } from './files.ts';
import { isHidden } from './normalize-path.ts';
import { Serial } from './serial.ts';
import { defaultTraps, type VaultTraps } from './traps.ts';

export interface VaultOptions {
  readonly disk: Disk;
  readonly name: string;
  readonly configDir?: string;
  readonly traps?: Partial<VaultTraps>;
  readonly resourceUrl?: (path: string) => string;
}

/**
 * Obsidian's vault over a disk. It knows the disk by looking at a path whenever somebody, itself
 * or another program, touched it:
 *
 *   plugin ─► adapter ─► disk ◄── other programs
 *                │         │
 *                └─► look ◄┘ watch        look: compare the stat with the known one, tell the difference
 */
export class Vault extends Events {
  readonly adapter: Adapter;
  readonly configDir: string;
  readonly traps: VaultTraps;
  readonly #options: VaultOptions;
  readonly #index = new FileIndex(this);
  readonly #serial = new Serial();
  readonly #cachedText = new WeakMap<TFile, { readonly mtime: number; readonly text: string }>();
  #stopWatching: (() => void) | undefined;
  #own = false;

  constructor(options: VaultOptions) {
    super();
    this.#options = options;
    this.configDir = options.configDir ?? '.obsidian';
    this.traps = { ...defaultTraps(), ...options.traps };
    this.adapter = new Adapter({
      disk: options.disk,
      serial: this.#serial,
      resourceUrl: options.resourceUrl ?? ((path) => `app://host/${path}`),
      observer: {
        changed: (path, now) => this.#asOwn(() => this.#look(path, now)),
        renamed: (from, to) => this.#asOwn(() => this.#wasRenamed(from, to)),
      },
    });
  }

  /** Reads what is on the disk and follows it from then on. Listeners that are there already get the storm. */
  async load(): Promise<void> {
    const { disk } = this.#options;
    this.#stopWatching ??= disk.watch((path) => {
      void this.#serial.run(() => this.#look(path)).catch(() => undefined);
    });
    await this.#serial.run(async () => {
      for (const stat of await disk.tree()) {
        if (isHidden(stat.path) || this.#index.get(stat.path) !== undefined) continue;
        const file = this.#index.add(stat);
        if (this.traps.createStorm) this.trigger('create', file);
      }
    });
  }

  close(): void {
    this.#stopWatching?.();
    this.#stopWatching = undefined;
  }

  /** When all that happened on the disk so far has been told. */
  settled(): Promise<void> {
    return this.#serial.settled();
  }

  override on(
    name: 'create' | 'modify' | 'delete',
    callback: (file: TAbstractFile) => unknown,
    context?: unknown,
  ): EventRef;
  override on(
    name: 'rename',
    callback: (file: TAbstractFile, oldPath: string) => unknown,
    context?: unknown,
  ): EventRef;
  override on(name: string, callback: Callback, context?: unknown): EventRef;
  override on(name: string, callback: (...data: never[]) => unknown, context?: unknown): EventRef {
    return super.on(name, callback as Callback, context);
  }

  getName(): string {
    return this.#options.name;
  }

  getRoot(): TFolder {
    return this.#index.root;
  }

  getAbstractFileByPath(path: string): TAbstractFile | null {
    return this.#index.get(path) ?? null;
  }

  getFileByPath(path: string): TFile | null {
    const file = this.#index.get(path);
    return file instanceof TFile ? file : null;
  }

  getFolderByPath(path: string): TFolder | null {
    const file = this.#index.get(path);
    return file instanceof TFolder ? file : null;
  }

  getAllLoadedFiles(): TAbstractFile[] {
    return this.#index.all();
  }

  getFiles(): TFile[] {
    return this.#index.all().filter((file) => file instanceof TFile);
  }

  getMarkdownFiles(): TFile[] {
    return this.getFiles().filter(({ extension }) => extension === 'md');
  }

  getAllFolders(includeRoot = false): TFolder[] {
    const folders = this.#index.all().filter((file) => file instanceof TFolder);
    return folders.filter((folder) => includeRoot || !folder.isRoot());
  }

  getResourcePath(file: TFile): string {
    return `${this.adapter.getResourcePath(file.path)}?${file.stat.mtime}`;
  }

  static recurseChildren(root: TFolder, callback: (file: TAbstractFile) => unknown): void {
    for (const file of descendants(root)) callback(file);
  }

  async create(path: string, data: string, options?: DataWriteOptions): Promise<TFile> {
    await this.#mustBeFree(path, 'File');
    await this.adapter.write(path, data, options);
    return this.#madeFile(path);
  }

  async createBinary(path: string, data: ArrayBuffer, options?: DataWriteOptions): Promise<TFile> {
    await this.#mustBeFree(path, 'File');
    await this.adapter.writeBinary(path, data, options);
    return this.#madeFile(path);
  }

  async createFolder(path: string): Promise<TFolder> {
    await this.#mustBeFree(path, 'Folder');
    await this.adapter.mkdir(path);
    // As with a file: what is hidden has no object, whatever the typings say.
    return this.getFolderByPath(path)!;
  }

  read(file: TFile): Promise<string> {
    return this.adapter.read(file.path);
  }

  async cachedRead(file: TFile): Promise<string> {
    const { mtime } = file.stat;
    const cached = this.#cachedText.get(file);
    if (cached?.mtime === mtime) return cached.text;
    const text = await this.read(file);
    this.#cachedText.set(file, { mtime, text });
    return text;
  }

  readBinary(file: TFile): Promise<ArrayBuffer> {
    return this.adapter.readBinary(file.path);
  }

  modify(file: TFile, data: string, options?: DataWriteOptions): Promise<void> {
    return this.adapter.write(file.path, data, options);
  }

  modifyBinary(file: TFile, data: ArrayBuffer, options?: DataWriteOptions): Promise<void> {
    return this.adapter.writeBinary(file.path, data, options);
  }

  append(file: TFile, data: string, options?: DataWriteOptions): Promise<void> {
    return this.adapter.append(file.path, data, options);
  }

  appendBinary(file: TFile, data: ArrayBuffer, options?: DataWriteOptions): Promise<void> {
    return this.adapter.appendBinary(file.path, data, options);
  }

  process(file: TFile, fn: (data: string) => string, options?: DataWriteOptions): Promise<string> {
    return this.adapter.process(file.path, fn, options);
  }

  async copy<T extends TAbstractFile>(file: T, newPath: string): Promise<T> {
    await this.adapter.copy(file.path, newPath);
    return this.#index.get(newPath) as T;
  }

  rename(file: TAbstractFile, newPath: string): Promise<void> {
    return this.adapter.rename(file.path, newPath);
  }

  delete(file: TAbstractFile, _force?: boolean): Promise<void> {
    return file instanceof TFolder ? this.adapter.rmdir(file.path, true) : this.adapter.remove(file.path);
  }

  async trash(file: TAbstractFile, system: boolean): Promise<void> {
    if (system && (await this.adapter.trashSystem(file.path))) return;
    await this.adapter.trashLocal(file.path);
  }

  async #mustBeFree(path: string, kind: 'File' | 'Folder'): Promise<void> {
    if (await this.adapter.exists(path)) throw new Error(`${kind} already exists.`);
  }

  #madeFile(path: string): TFile {
    // A hidden path has no object, whatever the typings say.
    return this.getFileByPath(path)!;
  }

  async #asOwn(act: () => Promise<void>): Promise<void> {
    this.#own = true;
    try {
      await act();
    } finally {
      this.#own = false;
    }
  }

  /** Compares what is known of a path with what is on the disk, and tells the difference. */
  async #look(path: string, now?: { readonly stat: DiskStat | undefined }): Promise<void> {
    this.trigger('raw', path);
    if (path === '' || isHidden(path)) return;
    const found = now === undefined ? await this.#options.disk.stat(path) : now.stat;
    // Where the disk ignores case, another spelling is another path to the app.
    const stat = found?.path === path ? found : undefined;
    const known = this.#index.get(path);
    if (known !== undefined && (stat === undefined || known instanceof TFile !== (stat.type === 'file')))
      this.#forget(known);
    if (stat !== undefined) await this.#learn(stat);
    if (found !== undefined && found.path !== path) await this.#look(found.path);
  }

  async #learn(stat: DiskStat): Promise<void> {
    const known = this.#index.get(stat.path);
    if (known === undefined) {
      const slash = stat.path.lastIndexOf('/');
      if (slash > 0 && this.#index.get(stat.path.slice(0, slash)) === undefined)
        return this.#look(stat.path.slice(0, slash));
      this.#tell('create', this.#index.add(stat));
      if (stat.type === 'folder')
        for (const child of await this.#options.disk.list(stat.path))
          if (!isHidden(child.path)) await this.#learn(child);
    } else if (known instanceof TFile) {
      const same = known.stat.mtime === stat.mtimeMs && known.stat.size === stat.sizeBytes;
      known.stat = fileStatsOf(stat);
      if (!same || (this.#own && !this.traps.sameStatIsSilent)) this.#tell('modify', known);
    }
  }

  #forget(file: TAbstractFile): void {
    const gone = descendants(file).reverse();
    for (const each of gone) {
      this.#index.remove(each);
      if (each === file || this.traps.deleteEachDescendant) this.#tell('delete', each);
    }
  }

  async #wasRenamed(from: string, to: string): Promise<void> {
    const file = this.#index.get(from);
    if (file === undefined || isHidden(to)) {
      await this.#look(from);
      await this.#look(to);
      return;
    }
    this.trigger('raw', from);
    this.trigger('raw', to);
    for (const [moved, oldPath] of this.#index.move(file, to)) {
      if (moved !== file && !this.traps.renameEachDescendant) continue;
      this.#tell('rename', moved, oldPath);
      if (this.traps.modifyAfterRename && moved instanceof TFile) this.#tell('modify', moved);
    }
  }

  #tell(event: 'create' | 'modify' | 'delete' | 'rename', file: TAbstractFile, oldPath?: string): void {
    if (this.#own && !this.traps.echo) return;
    this.trigger(event, file, ...(oldPath === undefined ? [] : [oldPath]));
  }
}
