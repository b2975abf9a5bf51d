import type { Stats } from 'node:fs';
import { lstat, rename } from 'node:fs/promises';
import path from 'node:path';
import {
  fingerprint,
  makeFolders,
  meansAbsent,
  realpath,
  removeEmptyFolders,
  removeFile,
  statFile,
  syncFolder,
  unlessAbsent,
} from './files.mts';
import { canBePlain, codedPath, plainPath } from './names.mts';
import type { Sidecars } from './sidecar.mts';
import type { Staged } from './staging.mts';
import { codeOf } from './translate-error.mts';

export interface PlainFile {
  readonly path: string;
  readonly stats: Stats;
}

const MAX_TRIES = 20;

/**
 * Objects that are one file each: at the key's own path, or under its code where the file system cannot
 * hold that: a folder stands there (`a` beside `a/b`), a name is too long or not allowed, another spelling
 * of the name is taken (case, normal form), or a link leads elsewhere. Where both exist, the plain one counts.
 */
export class PlainFiles {
  readonly oddFolder: string;
  readonly #root: string;
  readonly #sidecars: Sidecars;
  readonly #windows: boolean;

  constructor(
    root: string,
    oddFolder: string,
    means: { readonly sidecars: Sidecars; readonly windows: boolean },
  ) {
    this.#root = root;
    this.oddFolder = oddFolder;
    this.#sidecars = means.sidecars;
    this.#windows = means.windows;
  }

  async find(key: string): Promise<PlainFile | undefined> {
    return (await this.#findPlain(key)) ?? (await this.#findOdd(key));
  }

  /** Moves staged contents to the key's place; what was there is gone. */
  async place(key: string, staged: Staged): Promise<void> {
    const before = await this.find(key);
    const file = (await this.#placePlain(key, staged.path)) ?? (await this.#placeOdd(key, staged.path));
    await syncFolder(path.dirname(file));
    if (before === undefined) return;
    const old = fingerprint(before.stats.size, before.stats);
    if (old !== staged.fingerprint) await this.#sidecars.remove(key, old);
  }

  async fingerprintOf(key: string): Promise<string | undefined> {
    const file = await this.find(key);
    return file === undefined ? undefined : fingerprint(file.stats.size, file.stats);
  }

  /** Removes the object; its metadata too, unless a version of the same fingerprint goes on with it. */
  async remove(key: string, metadata: 'with-metadata' | 'keep-metadata' = 'with-metadata'): Promise<void> {
    // Twice at most: the plain file and, behind it, one under the code.
    for (let file = await this.find(key); file !== undefined; file = await this.find(key)) {
      await removeFile(file.path);
      await syncFolder(path.dirname(file.path));
      if (metadata === 'with-metadata') {
        await this.#sidecars.remove(key, fingerprint(file.stats.size, file.stats));
      }
      const odd = file.path.startsWith(this.oddFolder + path.sep);
      await removeEmptyFolders(odd ? this.oddFolder : this.#root, path.dirname(file.path));
    }
  }

  async #findPlain(key: string): Promise<PlainFile | undefined> {
    if (!canBePlain(key, this.#windows)) return undefined;
    const file = plainPath(this.#root, key);
    const stats = await statFile(file);
    if (stats === undefined || !(await isSpelledSo(this.#root, file))) return undefined;
    return { path: file, stats };
  }

  async #findOdd(key: string): Promise<PlainFile | undefined> {
    const file = path.join(this.oddFolder, codedPath(key));
    const stats = await statFile(file);
    return stats === undefined ? undefined : { path: file, stats };
  }

  /** The path, or `undefined` where the file system cannot hold the key there. */
  async #placePlain(key: string, staged: string): Promise<string | undefined> {
    if (!canBePlain(key, this.#windows)) return undefined;
    // One that lies under its code stays there, so that no reader finds neither.
    if ((await this.#findOdd(key)) !== undefined) return undefined;
    const file = plainPath(this.#root, key);
    if (!(await isSpelledSo(this.#root, file))) return undefined;
    return (await moveTo(this.#root, staged, file)) ? file : undefined;
  }

  async #placeOdd(key: string, staged: string): Promise<string> {
    const file = path.join(this.oddFolder, codedPath(key));
    if (!(await moveTo(this.#root, staged, file))) throw new Error(`${file} cannot be written`);
    // A plain file that came since would hide it: then the newer one takes that place.
    if ((await this.#findPlain(key)) === undefined) return file;
    const plain = plainPath(this.#root, key);
    await rename(file, plain);
    return plain;
  }
}

/** Renames into place, making folders; `false` where the file system cannot hold the path. */
async function moveTo(root: string, from: string, to: string): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(from, to);
      return true;
    } catch (error) {
      const code = codeOf(error);
      if (await isFolder(to)) return false;
      if (code !== 'ENOENT') {
        if (meansAbsent(error) || code === 'EEXIST' || code === 'EISDIR') return false;
        throw error;
      }
      // The folder is missing, or was removed as empty between the two calls.
      if (attempt === MAX_TRIES) throw error;
    }
    try {
      await makeFolders(root, path.dirname(to));
    } catch (error) {
      if (codeOf(error) === 'EEXIST' || (codeOf(error) !== 'ENOENT' && meansAbsent(error))) return false;
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }
}

async function isFolder(file: string): Promise<boolean> {
  return (await unlessAbsent(lstat(file)))?.isDirectory() === true;
}

/** Whether the path, as far as it exists, is spelled as on the disk and leads through no link. */
async function isSpelledSo(root: string, file: string): Promise<boolean> {
  for (let at = file; at !== root; at = path.dirname(at)) {
    const real = await unlessAbsent(realpath(at));
    if (real !== undefined) return real === at;
    // A link to nowhere has no real path but is in the way.
    if ((await unlessAbsent(lstat(at)))?.isSymbolicLink() === true) return false;
  }
  return true;
}
