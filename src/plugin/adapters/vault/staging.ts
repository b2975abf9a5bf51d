import type { DataAdapter } from 'obsidian';
import { concatenated } from '../../../core/bytes.ts';
import type { Random, StagedId } from '../../../engine/ports.ts';
import { STAGING_FOLDER } from '../../../engine/vault-layout.ts';
import { PIECE_BYTES } from './contents.ts';
import { toVaultError } from './host-errors.ts';
import type { Places } from './places.ts';

const ID_DIGITS = 24;

/** Contents that wait in a hidden folder of the vault, on the same disk as their place. */
export class Staging {
  readonly #adapter: DataAdapter;
  readonly #places: Places;
  readonly #random: Random;

  constructor(adapter: DataAdapter, places: Places, random: Random) {
    this.#adapter = adapter;
    this.#places = places;
    this.#random = random;
  }

  /** What the chunks reject with is passed on. */
  async stage(chunks: AsyncIterable<Uint8Array>): Promise<StagedId> {
    const id = this.#random.hex(ID_DIGITS) as StagedId;
    const path = pathOf(id);
    let isFirst = true;
    try {
      for await (const pieces of gathered(chunks)) {
        await this.#write(path, inOwnBuffer(pieces), isFirst);
        isFirst = false;
      }
      if (isFirst) await this.#write(path, new Uint8Array(), true);
      return id;
    } catch (error) {
      await this.remove(id);
      throw error;
    }
  }

  /** Where the staged bytes are; `undefined` where the name is none of ours. */
  pathOf(id: StagedId): string | undefined {
    return /^[0-9a-f]{24}$/u.test(id) ? pathOf(id) : undefined;
  }

  /** A path in the same folder to put something aside at. */
  asidePath(): string {
    return pathOf(this.#random.hex(ID_DIGITS));
  }

  async remove(id: StagedId): Promise<void> {
    await this.#adapter.remove(pathOf(id)).catch(() => undefined);
  }

  async discardBut(keep: ReadonlySet<StagedId>): Promise<void> {
    if ((await this.#places.stat(STAGING_FOLDER)) === undefined) return;
    try {
      const { files } = await this.#adapter.list(STAGING_FOLDER);
      for (const file of files) {
        const id = file.slice(file.lastIndexOf('/') + 1) as StagedId;
        if (!keep.has(id)) await this.#adapter.remove(file);
      }
    } catch (error) {
      throw toVaultError(error, STAGING_FOLDER, 'write');
    }
  }

  async #write(path: string, bytes: Uint8Array<ArrayBuffer>, isFirst: boolean): Promise<void> {
    const write = (): Promise<void> =>
      isFirst
        ? this.#adapter.writeBinary(path, bytes.buffer)
        : this.#adapter.appendBinary(path, bytes.buffer);
    try {
      await write();
    } catch (error) {
      // The folder may be missing: what that is called differs from system to system.
      if (!isFirst) throw toVaultError(error, path, 'write');
      await this.#makeFolder(path);
      await write().catch((again: unknown) => {
        throw toVaultError(again, path, 'write');
      });
    }
  }

  async #makeFolder(about: string): Promise<void> {
    await this.#places.requireVault(about);
    if ((await this.#places.stat(STAGING_FOLDER)) !== undefined) return;
    try {
      await this.#adapter.mkdir(STAGING_FOLDER);
    } catch (error) {
      // Several stages may begin at once.
      if ((await this.#places.stat(STAGING_FOLDER)) === undefined) throw toVaultError(error, about, 'write');
    }
  }
}

function pathOf(id: string): string {
  return `${STAGING_FOLDER}/${id}`;
}

/** The same bytes in groups of at most a piece, each as large as may be. */
async function* gathered(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Uint8Array[]> {
  let group: Uint8Array[] = [];
  let groupBytes = 0;
  for await (const chunk of chunks) {
    for (let offset = 0; offset < chunk.length;) {
      const part = chunk.subarray(offset, offset + PIECE_BYTES - groupBytes);
      group.push(part);
      groupBytes += part.length;
      offset += part.length;
      if (groupBytes < PIECE_BYTES) continue;
      yield group;
      [group, groupBytes] = [[], 0];
    }
  }
  if (group.length > 0) yield group;
}

/** In a buffer of its own, as the app takes buffers. */
function inOwnBuffer(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const [only] = parts;
  if (parts.length === 1 && only?.buffer instanceof ArrayBuffer && only.byteLength === only.buffer.byteLength)
    return only as Uint8Array<ArrayBuffer>;
  return concatenated(parts);
}
