import { link, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { ObjectBody, PutOptions } from '../object-store.ts';
import { StoreError } from '../store-error.ts';
import { fingerprint, makeFolders, removeFile, syncFolder, unlessAbsent } from './files.mts';
import { codedPath } from './names.mts';
import type { Sidecars } from './sidecar.mts';
import type { Staging } from './staging.mts';
import { codeOf, PROVIDER } from './translate-error.mts';

/*
 * A key that was ever written with a condition: numbered versions, each made once and never changed.
 *
 *   versions/<code>=/7   the body and one byte more; the highest number counts
 *   versions/<code>=/8   no bytes at all: deleted (or, as the first, never written)
 *
 * A writer stages its version, looks at the highest number n, checks its condition against that version,
 * and links its own as n + 1. `link` fails where the name is taken: of many writers one wins, whatever
 * process is killed and when, and a reader finds whole versions only.
 *
 * Old versions are removed, lowest first, so a writer that slept since it looked might find n + 1 free
 * again. Therefore, after linking, it looks for the very version n that it started from: that went
 * before n + 1 could go. Not there, or another: it cannot tell whether its version ever counted, and says
 * `unavailable`, never success. The folder is born with its first version in it (by a rename that fails
 * where it exists) and always keeps one, so a first version cannot come twice.
 */

/** Versions kept: a writer has to sleep through so many commits to be unsure. */
const KEPT = 16;
/** Every failed try means that another writer succeeded; so many in a row is a storm. */
const MAX_TRIES = 1000;
const OBJECT_TRAILER = Uint8Array.of(0x0a);
const NO_TRAILER = new Uint8Array(0);
const NUMBER = /^(?:0|[1-9][0-9]{0,14})$/u;

export interface Version {
  readonly number: number;
  readonly path: string;
  readonly deleted: boolean;
  readonly sizeBytes: number;
  readonly fingerprint: string;
  readonly etag: string;
  readonly lastModifiedMs: number;
}

/** What stood at the key before it had versions. */
export interface Forerunner {
  readonly body: ObjectBody;
  readonly mtimeMs: number;
}

export interface Change {
  /** `undefined` deletes. */
  readonly body: ObjectBody | undefined;
  readonly options: PutOptions;
}

export class VersionedKeys {
  readonly folder: string;
  readonly #root: string;
  readonly #staging: Staging;
  readonly #sidecars: Sidecars;

  constructor(
    root: string,
    folder: string,
    means: { readonly staging: Staging; readonly sidecars: Sidecars },
  ) {
    this.#root = root;
    this.folder = folder;
    this.#staging = means.staging;
    this.#sidecars = means.sidecars;
  }

  /** The version that counts, also a deletion; `undefined` where the key has no versions. */
  async current(key: string): Promise<Version | undefined> {
    const folder = this.#folderOf(key);
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const number = Math.max(...(await numbersIn(folder)), -1);
      if (number === -1) return undefined;
      const version = await statVersion(folder, number);
      if (version !== undefined) return version;
      // Removed since: a higher one counts now.
    }
    throw busy(key);
  }

  /** Gives the key its first version: the object that stood there, or none. Fails silently where it has one. */
  async begin(key: string, forerunner: Forerunner | undefined): Promise<void> {
    const folder = this.#folderOf(key);
    const nursery = await this.#staging.freshPath();
    await mkdir(nursery);
    const first =
      forerunner === undefined
        ? await this.#staging.stage(NO_TRAILER, { key })
        : await this.#staging.stage(forerunner.body, {
            key,
            trailer: OBJECT_TRAILER,
            mtimeMs: forerunner.mtimeMs,
          });
    await rename(first.path, path.join(nursery, '0'));
    await syncFolder(nursery);
    await makeFolders(this.#root, path.dirname(folder));
    try {
      await rename(nursery, folder);
    } catch (error) {
      await rm(nursery, { recursive: true, force: true });
      if ((await numbersIn(folder)).length === 0) throw error;
      return;
    }
    await syncFolder(path.dirname(folder));
  }

  /** Makes the next version if the conditions hold, and gives its tag. The key has versions already. */
  async commit(key: string, change: Change): Promise<string> {
    const { body, options } = change;
    const folder = this.#folderOf(key);
    let before = await this.#checked(key, options);
    if (body === undefined && before.deleted) return before.etag;
    const trailer = body === undefined ? NO_TRAILER : OBJECT_TRAILER;
    const staged = await this.#staging.stage(body ?? NO_TRAILER, { key, trailer, signal: options.signal });
    let linked = false;
    try {
      await this.#sidecars.write(key, staged.fingerprint, options.metadata ?? {});
      for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
        linked = await linkOnce(staged.path, path.join(folder, String(before.number + 1)), key);
        if (linked) break;
        before = await this.#checked(key, options);
      }
      if (!linked) throw busy(key);
    } finally {
      await removeFile(staged.path).catch(() => undefined);
      if (!linked) await this.#removeUnused(key, folder, staged.fingerprint);
    }
    await this.#confirm(key, folder, before);
    // Old versions that stay are waste; the commit stands. What is deleted shall be read by nobody.
    const upTo = body === undefined ? before.number : before.number + 1 - KEPT;
    await this.#prune(key, folder, upTo).catch(() => undefined);
    return etagOf(before.number + 1, staged.fingerprint);
  }

  /** Metadata of a version that was not linked; a winner may by chance have the same fingerprint. */
  async #removeUnused(key: string, folder: string, fingerprint: string): Promise<void> {
    for (const number of await numbersIn(folder)) {
      if ((await statVersion(folder, number))?.fingerprint === fingerprint) return;
    }
    await this.#sidecars.remove(key, fingerprint);
  }

  /** The version that counts, after checking the conditions against it. */
  async #checked(key: string, options: PutOptions): Promise<Version> {
    const version = await this.current(key);
    if (version === undefined) throw busy(key);
    checkConditions(key, version.deleted ? undefined : version.etag, options);
    return version;
  }

  /** After the link: makes it durable, and makes sure that it counted. */
  async #confirm(key: string, folder: string, before: Version): Promise<void> {
    await syncFolder(folder);
    const still = await statVersion(folder, before.number);
    if (still?.etag === before.etag) return;
    const detail = 'other writers were so fast that it is not known whether this version ever counted';
    throw new StoreError('unavailable', { provider: PROVIDER, key, detail });
  }

  /** Removes versions up to a number, lowest first; stops at the first that cannot be removed. */
  async #prune(key: string, folder: string, upTo: number): Promise<void> {
    const old = (await numbersIn(folder)).filter((number) => number <= upTo).sort((a, b) => a - b);
    for (const number of old) {
      const version = await statVersion(folder, number);
      if (version === undefined) continue;
      try {
        await removeFile(version.path);
      } catch {
        return;
      }
      await this.#sidecars.remove(key, version.fingerprint);
    }
  }

  /** Removes every version that another one has overtaken, of all keys. */
  async dropFormer(): Promise<void> {
    const entries =
      (await unlessAbsent(readdir(this.folder, { recursive: true, withFileTypes: true }))) ?? [];
    const folders = new Set(
      entries.filter((entry) => entry.isFile() && NUMBER.test(entry.name)).map((entry) => entry.parentPath),
    );
    for (const folder of folders) {
      const old = (await numbersIn(folder)).sort((a, b) => a - b).slice(0, -1);
      for (const number of old) await removeFile(path.join(folder, String(number)));
      await syncFolder(folder);
    }
  }

  #folderOf(key: string): string {
    return path.join(this.folder, codedPath(key));
  }
}

function busy(key: string): StoreError {
  return new StoreError('unavailable', { provider: PROVIDER, key, detail: 'too many writers at once' });
}

/** Rejects as the port says when the object (its tag, or `undefined` for none) is not as demanded. */
export function checkConditions(key: string, etag: string | undefined, options: PutOptions): void {
  const about = { provider: PROVIDER, key };
  const { ifMatch, ifNoneMatch } = options;
  if (ifMatch !== undefined && ifNoneMatch !== undefined) {
    throw new StoreError('unsupported', { ...about, detail: 'two conditions at once' });
  }
  if (ifNoneMatch !== undefined && etag !== undefined) {
    throw new StoreError('conflict', { ...about, detail: 'it exists' });
  }
  if (ifMatch === undefined) return;
  if (etag === undefined) throw new StoreError('not-found', about);
  if (etag !== ifMatch) throw new StoreError('conflict', { ...about, detail: 'it changed' });
}

/** `false` where the name is taken. */
async function linkOnce(from: string, to: string, key: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    const code = codeOf(error) ?? '';
    if (code === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code)) throw error;
    const detail = 'this file system has no hard links, which conditional writes need';
    throw new StoreError('unsupported', { provider: PROVIDER, key, detail, cause: error });
  }
}

async function numbersIn(folder: string): Promise<number[]> {
  const names = (await unlessAbsent(readdir(folder))) ?? [];
  return names.filter((name) => NUMBER.test(name)).map(Number);
}

async function statVersion(folder: string, number: number): Promise<Version | undefined> {
  const file = path.join(folder, String(number));
  const stats = await unlessAbsent(lstat(file));
  if (stats === undefined) return undefined;
  const sizeBytes = Math.max(0, stats.size - OBJECT_TRAILER.length);
  const print = fingerprint(sizeBytes, stats);
  return {
    number,
    path: file,
    deleted: stats.size === 0,
    sizeBytes,
    fingerprint: print,
    etag: etagOf(number, print),
    lastModifiedMs: Math.floor(stats.mtimeMs),
  };
}

/** The first version keeps the tag of the plain file that it came from. */
function etagOf(number: number, print: string): string {
  return number === 0 ? print : `${print}-${number.toString(36)}`;
}
