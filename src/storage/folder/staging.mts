import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { bodyPieces, throwIfAborted } from '../body.ts';
import type { ObjectBody } from '../object-store.ts';
import type { Now } from '../time.ts';
import { fingerprint, makeFolders, removeFile, writeFully } from './files.mts';
import { codeOf, PROVIDER } from './translate-error.mts';

/** Randomness for names that no other process takes. */
export interface RandomNames {
  /** `digits` hexadecimal digits. */
  hex(digits: number): string;
}

/** Contents aside, durable, ready to be moved to their place. */
export interface Staged {
  readonly path: string;
  readonly sizeBytes: number;
  readonly fingerprint: string;
}

export interface StageOptions {
  /** Written after the body; not part of the object. */
  readonly trailer?: Uint8Array;
  /** The time to give the file, to the microsecond; a new one unless told. */
  readonly mtimeMs?: number;
  readonly signal?: AbortSignal | undefined;
  readonly key: string;
}

/** Stamps lie up to a second back: writers in one millisecond would else meet once in a thousand times. */
const SPREAD_US = 1_000_000;
const ABANDONED_MS = 24 * 3_600_000;
const EMPTY = new Uint8Array(0);

/** Writes contents under temporary names. What a killed process leaves is removed a day later. */
export class Staging {
  readonly folder: string;
  readonly #root: string;
  readonly #clock: Now;
  readonly #random: RandomNames;
  #lastStampUs = 0;
  #swept = false;

  constructor(root: string, folder: string, means: { readonly clock: Now; readonly random: RandomNames }) {
    this.#root = root;
    this.folder = folder;
    this.#clock = means.clock;
    this.#random = means.random;
  }

  async stage(body: ObjectBody, options: StageOptions): Promise<Staged> {
    const { signal, key, trailer = EMPTY } = options;
    const file = await this.freshPath();
    const handle = await this.#create(file);
    try {
      let offset = 0;
      for await (const piece of bodyPieces(body, PROVIDER)) {
        throwIfAborted(signal, PROVIDER, key);
        await writeFully(handle, piece, offset);
        offset += piece.length;
      }
      throwIfAborted(signal, PROVIDER, key);
      await writeFully(handle, trailer, offset);
      const stampUs =
        options.mtimeMs === undefined ? this.#nextStampUs() : Math.floor(options.mtimeMs * 1000);
      // Half a microsecond more, so that rounding on the way through doubles cannot reach the next one.
      await handle.utimes((stampUs + 0.5) / 1e6, (stampUs + 0.5) / 1e6);
      await handle.sync();
      const stats = await handle.stat();
      return { path: file, sizeBytes: offset, fingerprint: fingerprint(offset, stats) };
    } catch (error) {
      await removeFile(file).catch(() => undefined);
      throw error;
    } finally {
      await handle.close();
    }
  }

  /** A path in the folder for temporary files that nobody else has. */
  async freshPath(): Promise<string> {
    if (!this.#swept) {
      await makeFolders(this.#root, this.folder);
      this.#swept = true;
      await this.#sweep();
    }
    return path.join(this.folder, `${String(process.pid)}-${this.#random.hex(16)}`);
  }

  async #create(file: string): Promise<FileHandle> {
    try {
      return await open(file, 'wx');
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      // Somebody removed the folder, or the disk went away: only the first is mended.
      await makeFolders(this.#root, this.folder);
      return await open(file, 'wx');
    }
  }

  /** Now, made unlike every other stamp of this process, and one of a million that another might take. */
  #nextStampUs(): number {
    const beforeUs = parseInt(this.#random.hex(8), 16) % SPREAD_US;
    const nowUs = Math.floor(this.#clock.now()) * 1000 - beforeUs;
    this.#lastStampUs = Math.max(nowUs, this.#lastStampUs + 1);
    return this.#lastStampUs;
  }

  async #sweep(): Promise<void> {
    for (const name of await readdir(this.folder)) {
      const file = path.join(this.folder, name);
      const stats = await stat(file).catch(() => undefined);
      if (stats === undefined || stats.ctimeMs > this.#clock.now() - ABANDONED_MS) continue;
      // What cannot be removed is only waste.
      await rm(file, { recursive: true, force: true }).catch(() => undefined);
    }
  }
}
