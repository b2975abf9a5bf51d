import type { DataAdapter, Stat } from 'obsidian';
import type { ContentHash } from '../../../core/model/ids.ts';
import type { Hashing } from '../../../engine/ports.ts';
import { toVaultError } from './host-errors.ts';

/** What is larger is read and written in pieces of this: on phones a body crosses a bridge as text. */
export const PIECE_BYTES = 4 * 1024 * 1024;

/** A stream of a file's bytes from `offset`, by the address under which the page may load it; rejects where it cannot. */
export type OpenStream = (url: string, offset: number) => Promise<ReadableStream<Uint8Array>>;

export interface ContentsOptions {
  readonly adapter: DataAdapter;
  readonly hashing: Hashing;
  readonly openStream: OpenStream;
}

interface Reading {
  readonly path: string;
  readonly stat: Stat;
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  position: number;
  rest: Uint8Array;
}

const EMPTY = new Uint8Array();

/**
 * Reads files by the host's path. The app reads files whole; of a large one pieces come from a stream that
 * is kept open between calls, as they mostly ask for one piece after another.
 */
export class Contents {
  readonly #options: ContentsOptions;
  #reading: Reading | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: ContentsOptions) {
    this.#options = options;
  }

  /** Rejects with a `VaultError`. */
  async whole(path: string): Promise<Uint8Array<ArrayBuffer>> {
    try {
      return new Uint8Array(await this.#options.adapter.readBinary(path));
    } catch (error) {
      throw toVaultError(error, path, 'read');
    }
  }

  /** At most `length` bytes from `offset`. Rejects with a `VaultError`. */
  async range(path: string, stat: Stat, offset: number, length: number): Promise<Uint8Array> {
    const wanted = Math.max(0, Math.min(length, stat.size - offset));
    if (wanted === 0) return EMPTY;
    if (stat.size <= PIECE_BYTES) return (await this.whole(path)).slice(offset, offset + wanted);
    // One stream, so one call at a time.
    const result = this.#turn.then(() => this.#piece(path, stat, offset, wanted));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async hash(path: string, stat: Stat): Promise<ContentHash> {
    const { hashing } = this.#options;
    if (stat.size <= PIECE_BYTES) return hashing.sha256(await this.whole(path));
    const sha = hashing.sha256Stream();
    for (let offset = 0; offset < stat.size; offset += PIECE_BYTES)
      sha.update(await this.range(path, stat, offset, PIECE_BYTES));
    return sha.digest();
  }

  /** Lets go of an open stream; the next range opens another. */
  async release(): Promise<void> {
    const reading = this.#reading;
    this.#reading = undefined;
    await reading?.reader.cancel().catch(() => undefined);
  }

  async #piece(path: string, stat: Stat, offset: number, wanted: number): Promise<Uint8Array> {
    try {
      const reading = await this.#at(path, stat, offset);
      const piece = await take(reading, wanted);
      if (reading.position >= stat.size || piece.length < wanted) await this.release();
      return piece;
    } catch {
      await this.release();
      // No stream on this platform: what the app has is all there is.
      return (await this.whole(path)).slice(offset, offset + wanted);
    }
  }

  async #at(path: string, stat: Stat, offset: number): Promise<Reading> {
    const open = this.#reading;
    if (
      open?.path === path &&
      open.position === offset &&
      open.stat.mtime === stat.mtime &&
      open.stat.size === stat.size
    )
      return open;
    await this.release();
    const { adapter, openStream } = this.#options;
    const stream = await openStream(adapter.getResourcePath(path), offset);
    this.#reading = { path, stat, reader: stream.getReader(), position: offset, rest: EMPTY };
    return this.#reading;
  }
}

async function take(reading: Reading, wanted: number): Promise<Uint8Array> {
  const piece = new Uint8Array(wanted);
  let filled = 0;
  while (filled < wanted) {
    if (reading.rest.length === 0) {
      const { done, value } = await reading.reader.read();
      if (done) break;
      reading.rest = value;
    }
    const part = reading.rest.subarray(0, wanted - filled);
    piece.set(part, filled);
    filled += part.length;
    reading.rest = reading.rest.subarray(part.length);
  }
  reading.position += filled;
  return filled === wanted ? piece : piece.slice(0, filled);
}
