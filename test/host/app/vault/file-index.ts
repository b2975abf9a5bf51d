import type { DiskStat } from './disk.ts';
import { TFile, TFolder, placeAt, type TAbstractFile } from './files.ts';
import type { Vault } from 'obsidian';

/** The files that the app knows of, by path as it is spelled; the root's is `/`. */
export class FileIndex {
  readonly root: TFolder;
  readonly #vault: Vault;
  readonly #fileByPath = new Map<string, TAbstractFile>();

  constructor(vault: Vault) {
    this.#vault = vault;
    this.root = placeAt(new TFolder(vault), '/');
    this.#fileByPath.set('/', this.root);
  }

  get(path: string): TAbstractFile | undefined {
    return this.#fileByPath.get(path === '' ? '/' : path);
  }

  all(): TAbstractFile[] {
    return [...this.#fileByPath.values()];
  }

  /** Its folder must be known. */
  add(stat: DiskStat): TAbstractFile {
    const file = placeAt(
      stat.type === 'folder' ? new TFolder(this.#vault) : new TFile(this.#vault),
      stat.path,
    );
    if (file instanceof TFile) file.stat = fileStatsOf(stat);
    this.#attach(file);
    return file;
  }

  remove(file: TAbstractFile): void {
    this.#detach(file);
  }

  /** Gives a file and all below it new paths; the objects stay the same. Returns each with its old path, folders first. */
  move(file: TAbstractFile, to: string): (readonly [TAbstractFile, string])[] {
    const moved = descendants(file).map((each) => [each, each.path] as const);
    this.#detach(file);
    for (const [each, from] of moved) {
      this.#fileByPath.delete(from);
      placeAt(each, to + from.slice(moved[0]?.[1].length ?? 0));
      this.#fileByPath.set(each.path, each);
    }
    this.#attach(file);
    return moved;
  }

  #attach(file: TAbstractFile): void {
    const slash = file.path.lastIndexOf('/');
    const parent = this.get(slash < 0 ? '/' : file.path.slice(0, slash));
    if (!(parent instanceof TFolder)) throw new Error(`the folder of ${file.path} is not known`);
    file.parent = parent;
    parent.children.push(file);
    this.#fileByPath.set(file.path, file);
  }

  #detach(file: TAbstractFile): void {
    this.#fileByPath.delete(file.path);
    const { parent } = file;
    if (parent !== null) parent.children = parent.children.filter((child) => child !== file);
    file.parent = null;
  }
}

/** The file itself first, a folder before what is in it. */
export function descendants(file: TAbstractFile): TAbstractFile[] {
  return file instanceof TFolder ? [file, ...file.children.flatMap(descendants)] : [file];
}

export function fileStatsOf(stat: DiskStat): { ctime: number; mtime: number; size: number } {
  return { ctime: stat.ctimeMs, mtime: stat.mtimeMs, size: stat.sizeBytes };
}
