/*
 *   plain:   |  1 MiB  |  1 MiB  | rest |          a part is an age file of its own,
 *   sealed:  |  part 0 |  part 1 |  2   |          all but the last equally long
 *
 * So a range of the contents is a range of the sealed object, one part is in memory at a time, and what a
 * listing tells of the one size gives the other.
 */

/** Plain bytes of each part but the last. */
export const PART_BYTES = 1024 * 1024;

/** The age format's: its payload is sealed in chunks, each with a tag. */
const CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const NONCE_BYTES = 16;
/** Version, the two stanzas and the header's own tag, of one length always: see `VaultKey.seal`. */
const HEADER_BYTES = 258;

const SEALED_PART_BYTES = sealedPartBytes(PART_BYTES);

export function sealedPartBytes(plainBytes: number): number {
  const chunks = Math.max(1, Math.ceil(plainBytes / CHUNK_BYTES));
  return HEADER_BYTES + NONCE_BYTES + plainBytes + chunks * TAG_BYTES;
}

/** An empty object has one part, an empty one. */
export function partCount(plainBytes: number): number {
  return Math.max(1, Math.ceil(plainBytes / PART_BYTES));
}

export function sealedBytes(plainBytes: number): number {
  const before = partCount(plainBytes) - 1;
  return before * SEALED_PART_BYTES + sealedPartBytes(plainBytes - before * PART_BYTES);
}

/** `undefined`: no object that was sealed has this size. */
export function plainBytes(sealed: number): number | undefined {
  const before = Math.max(0, Math.ceil(sealed / SEALED_PART_BYTES) - 1);
  const payload = sealed - before * SEALED_PART_BYTES - HEADER_BYTES - NONCE_BYTES;
  const chunks = Math.ceil(payload / (CHUNK_BYTES + TAG_BYTES));
  const plain = before * PART_BYTES + payload - chunks * TAG_BYTES;
  return plain >= 0 && sealedBytes(plain) === sealed ? plain : undefined;
}

interface Range {
  readonly offset: number;
  readonly length: number;
}

/** The sealed bytes of all parts that the range of the contents touches; may reach past the end. */
export function sealedRange({ offset, length }: Range): Range {
  const first = Math.floor(offset / PART_BYTES);
  const end = Math.ceil((offset + length) / PART_BYTES);
  return { offset: first * SEALED_PART_BYTES, length: (end - first) * SEALED_PART_BYTES };
}

/** Sealed parts as they lie one after another, from the beginning of one on. */
export function splitParts(sealed: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let offset = 0; offset < sealed.length; offset += SEALED_PART_BYTES)
    parts.push(sealed.subarray(offset, offset + SEALED_PART_BYTES));
  return parts;
}
