import type { DataAdapter, DataWriteOptions, ListedFiles, Stat } from 'obsidian';
import type { Disk, DiskStat, DiskTimes } from './disk.ts';
import { DiskError } from './disk.ts';
import { diskPath } from './normalize-path.ts';
import type { Serial } from './serial.ts';

/** What the vault learns of the adapter's own changes; called before the promise of the call resolves. */
export interface AdapterObserver {
  /** `now`: what is there since, where the adapter has looked already. */
  changed(path: string, now?: { readonly stat: DiskStat | undefined }): Promise<void>;
  renamed(from: string, to: string): Promise<void>;
}

export interface AdapterOptions {
  readonly disk: Disk;
  readonly serial: Serial;
  readonly observer: AdapterObserver;
  /** Where the page reads the contents of a file as an image would. */
  readonly resourceUrl: (path: string) => string;
}

const TRASH = '.trash';

/** The file system as plugins see it: names with a dot too, links followed, changes one at a time. */
export class Adapter implements DataAdapter {
  readonly #options: AdapterOptions;

  constructor(options: AdapterOptions) {
    this.#options = options;
  }

  getName(): string {
    return 'host';
  }

  async exists(normalizedPath: string, sensitive = false): Promise<boolean> {
    const path = diskPath(normalizedPath);
    const stat = await this.#options.disk.stat(path);
    return stat !== undefined && (!sensitive || stat.path === path);
  }

  async stat(normalizedPath: string): Promise<Stat | null> {
    const stat = await this.#options.disk.stat(diskPath(normalizedPath));
    if (stat === undefined) return null;
    return { type: stat.type, ctime: stat.ctimeMs, mtime: stat.mtimeMs, size: stat.sizeBytes };
  }

  async list(normalizedPath: string): Promise<ListedFiles> {
    const entries = await this.#options.disk.list(diskPath(normalizedPath));
    return {
      files: entries.filter(({ type }) => type === 'file').map(({ path }) => path),
      folders: entries.filter(({ type }) => type === 'folder').map(({ path }) => path),
    };
  }

  async read(normalizedPath: string): Promise<string> {
    return textOf(await this.#options.disk.read(diskPath(normalizedPath)));
  }

  async readBinary(normalizedPath: string): Promise<ArrayBuffer> {
    const bytes = await this.#options.disk.read(diskPath(normalizedPath));
    return new Uint8Array(bytes).buffer;
  }

  write(normalizedPath: string, data: string, options?: DataWriteOptions): Promise<void> {
    return this.#write(normalizedPath, bytesOf(data), options);
  }

  async writeBinary(normalizedPath: string, data: ArrayBuffer, options?: DataWriteOptions): Promise<void> {
    await this.#write(normalizedPath, viewOf(data), options);
  }

  append(normalizedPath: string, data: string, options?: DataWriteOptions): Promise<void> {
    return this.#append(normalizedPath, bytesOf(data), options);
  }

  async appendBinary(normalizedPath: string, data: ArrayBuffer, options?: DataWriteOptions): Promise<void> {
    await this.#append(normalizedPath, viewOf(data), options);
  }

  process(normalizedPath: string, fn: (data: string) => string, options?: DataWriteOptions): Promise<string> {
    const { disk, serial, observer } = this.#options;
    const path = diskPath(normalizedPath);
    return serial.run(async () => {
      const before = textOf(await disk.read(path));
      const after = fn(before);
      if (after !== before) {
        const [, stat] = await Promise.all([
          disk.write(path, bytesOf(after), timesOf(options)),
          disk.stat(path),
        ]);
        await observer.changed(path, { stat });
      }
      return after;
    });
  }

  getResourcePath(normalizedPath: string): string {
    return this.#options.resourceUrl(diskPath(normalizedPath));
  }

  mkdir(normalizedPath: string): Promise<void> {
    const { disk } = this.#options;
    return this.#change(normalizedPath, (path) => disk.mkdir(path));
  }

  rmdir(normalizedPath: string, recursive: boolean): Promise<void> {
    const { disk } = this.#options;
    return this.#change(normalizedPath, (path) => disk.rmdir(path, recursive));
  }

  remove(normalizedPath: string): Promise<void> {
    const { disk } = this.#options;
    return this.#change(normalizedPath, (path) => disk.remove(path));
  }

  async trashSystem(normalizedPath: string): Promise<boolean> {
    const { disk } = this.#options;
    let trashed = false;
    await this.#change(normalizedPath, async (path) => {
      trashed = await disk.trash(path);
    });
    return trashed;
  }

  /** By its name alone, with a number when that is taken. */
  trashLocal(normalizedPath: string): Promise<void> {
    const { disk } = this.#options;
    return this.#change(normalizedPath, async (path) => {
      await disk.mkdir(TRASH);
      const name = path.slice(path.lastIndexOf('/') + 1);
      const dot = name.lastIndexOf('.');
      const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
      let target = `${TRASH}/${name}`;
      for (let number = 2; (await disk.stat(target)) !== undefined; number++)
        target = `${TRASH}/${stem} ${number}${ending}`;
      await disk.rename(path, target);
    });
  }

  rename(normalizedPath: string, normalizedNewPath: string): Promise<void> {
    const { disk, serial, observer } = this.#options;
    const from = diskPath(normalizedPath);
    const to = diskPath(normalizedNewPath);
    return serial.run(async () => {
      if (from === to) return;
      const source = await disk.stat(from);
      const target = await disk.stat(to);
      if (target !== undefined && target.path !== source?.path)
        throw new Error('Destination file already exists!');
      await disk.rename(from, to);
      await observer.renamed(from, to);
    });
  }

  copy(normalizedPath: string, normalizedNewPath: string): Promise<void> {
    const { disk } = this.#options;
    return this.#change(normalizedNewPath, async (to) => {
      if ((await disk.stat(to)) !== undefined) throw new DiskError('EEXIST', 'copyfile', to);
      await disk.write(to, await disk.read(diskPath(normalizedPath)));
    });
  }

  #write(path: string, bytes: Uint8Array, options?: DataWriteOptions): Promise<void> {
    const { disk } = this.#options;
    return this.#put(path, (at) => disk.write(at, bytes, timesOf(options)));
  }

  #append(path: string, bytes: Uint8Array, options?: DataWriteOptions): Promise<void> {
    const { disk } = this.#options;
    return this.#put(path, (at) => disk.append(at, bytes, timesOf(options)));
  }

  /** The disk does one thing after the other: asked at once, both are one way there and back. */
  #put(normalizedPath: string, put: (path: string) => Promise<void>): Promise<void> {
    const { disk, serial, observer } = this.#options;
    const path = diskPath(normalizedPath);
    return serial.run(async () => {
      const [, stat] = await Promise.all([put(path), disk.stat(path)]);
      await observer.changed(path, { stat });
    });
  }

  #change(normalizedPath: string, act: (path: string) => Promise<void>): Promise<void> {
    const { serial, observer } = this.#options;
    const path = diskPath(normalizedPath);
    return serial.run(async () => {
      await act(path);
      await observer.changed(path);
    });
  }
}

function timesOf(options: DataWriteOptions | undefined): DiskTimes {
  return { ctimeMs: options?.ctime, mtimeMs: options?.mtime };
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function viewOf(data: ArrayBuffer): Uint8Array {
  return new Uint8Array(data);
}

/** What is not UTF-8 is lost in reading; a byte order mark is not. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
