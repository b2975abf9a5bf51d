import { bodySize, readPiece } from '../body.ts';
import { joined } from '../../core/bytes.ts';
import type { BodySource, ObjectBody } from '../object-store.ts';
import { StoreError } from '../store-error.ts';
import { PART_BYTES, partCount, sealedBytes, splitParts } from './parts.ts';
import { BrokenSeal, type VaultKey } from './vault-key.ts';

const PROVIDER = 'encryption';

/** A name and the key that seals it. */
export interface Sealing {
  readonly vaultKey: VaultKey;
  readonly name: string;
}

export async function sealBody(sealing: Sealing, plain: Uint8Array): Promise<Uint8Array> {
  const source = new SealedSource(sealing, plain);
  return source.read(0, source.sizeBytes);
}

interface Opening {
  /** Of the first of `sealed`'s parts. */
  readonly first: number;
  /** Of the whole object. */
  readonly plainBytes: number;
}

/** The contents of parts that follow each other. Rejects with `BrokenSeal`. */
export async function openParts(
  { vaultKey, name }: Sealing,
  sealed: Uint8Array,
  { first, plainBytes }: Opening,
): Promise<Uint8Array> {
  const count = partCount(plainBytes);
  const opened: Uint8Array[] = [];
  for (const [offset, part] of splitParts(sealed).entries()) {
    const index = first + offset;
    opened.push(await vaultKey.open(part, { name, index, isLast: index === count - 1 }));
  }
  const wanted = Math.min(plainBytes, (first + opened.length) * PART_BYTES) - first * PART_BYTES;
  const whole = joined(opened);
  if (whole.length !== wanted) throw new BrokenSeal(`${name} has other parts than its size tells`);
  return whole;
}

/**
 * A body, sealed as it is read: one part is in memory at a time. It is read from the beginning to the end, as
 * every store does; from the beginning again it is sealed anew, for age seals nothing twice alike. What was
 * read before the piece under way cannot be had again.
 */
export class SealedSource implements BodySource {
  readonly sizeBytes: number;
  readonly #sealing: Sealing;
  readonly #body: ObjectBody;
  #nextPart = 0;
  /** Sealed, and not yet taken. */
  #ready: Uint8Array = new Uint8Array(0);
  #position = 0;
  /** Pieces may be asked for side by side; each part is sealed in its turn. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(sealing: Sealing, body: ObjectBody) {
    this.#sealing = sealing;
    this.#body = body;
    this.sizeBytes = sealedBytes(bodySize(body));
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    const piece = this.#turn.then(() => this.#read(offset, length));
    this.#turn = piece.catch(() => undefined);
    return piece;
  }

  async #read(offset: number, length: number): Promise<Uint8Array> {
    if (offset === 0) {
      this.#nextPart = 0;
      this.#ready = new Uint8Array(0);
      this.#position = 0;
    }
    if (offset !== this.#position) throw outOfOrder(this.#sealing.name);
    const pieces = [this.#ready];
    let bytes = this.#ready.length;
    while (bytes < length) {
      const part = await this.#seal();
      pieces.push(part);
      bytes += part.length;
    }
    const all = joined(pieces);
    this.#ready = all.slice(length);
    this.#position += length;
    return all.subarray(0, length);
  }

  async #seal(): Promise<Uint8Array> {
    const { vaultKey, name } = this.#sealing;
    const size = bodySize(this.#body);
    const index = this.#nextPart;
    const offset = index * PART_BYTES;
    const length = Math.min(PART_BYTES, size - offset);
    if (length < 0) throw outOfOrder(name);
    const plain = length === 0 ? new Uint8Array(0) : await readPiece(this.#body, offset, length, PROVIDER);
    const part = await vaultKey.seal(plain, { name, index, isLast: index === partCount(size) - 1 });
    this.#nextPart += 1;
    return part;
  }
}

function outOfOrder(key: string): StoreError {
  return new StoreError('unavailable', {
    provider: PROVIDER,
    key,
    detail: 'pieces were asked for out of order',
  });
}
