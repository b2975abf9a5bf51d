import { createHash } from 'node:crypto';
import { deflateRawSync, gunzipSync, gzipSync, inflateRawSync } from 'node:zlib';
import type { ContentHash } from '../../src/core/model/ids.ts';
import { CompressionError, type Compression, type Hashing, type Sha256 } from '../../src/engine/ports.ts';

const hashByBytes = new WeakMap<Uint8Array, ContentHash>();

export function sha256(bytes: Uint8Array): ContentHash {
  return createHash('sha256').update(bytes).digest('hex') as ContentHash;
}

/** As `sha256`, remembered for arrays that nobody changes. */
export function hashOf(bytes: Uint8Array): ContentHash {
  let hash = hashByBytes.get(bytes);
  if (hash === undefined) {
    hash = sha256(bytes);
    hashByBytes.set(bytes, hash);
  }
  return hash;
}

export function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}

class NodeSha256 implements Sha256 {
  readonly #hash = createHash('sha256');

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  digest(): ContentHash {
    return this.#hash.digest('hex') as ContentHash;
  }
}

/** Real hashes at once: a simulation has nothing to learn from waiting for them. */
export const simHashing: Hashing = {
  sha256: (bytes) => Promise.resolve(sha256(bytes)),
  sha256Stream: () => new NodeSha256(),
  md5,
};

/** Plain bytes: `slice` of a Buffer would be a view of the same memory. */
function own(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer);
}

function decode(run: () => Buffer): Promise<Uint8Array> {
  try {
    return Promise.resolve(own(run()));
  } catch (error) {
    return Promise.reject(new CompressionError('damaged or too large', { cause: error }));
  }
}

/** The fastest level; the sizes matter to nobody here. */
export const simCompression: Compression = {
  gzip: (bytes) => Promise.resolve(own(gzipSync(bytes, { level: 1 }))),
  gunzip: (bytes, limitBytes) =>
    decode(() => gunzipSync(bytes, { maxOutputLength: Math.max(1, limitBytes) })),
  deflate: (bytes) => Promise.resolve(own(deflateRawSync(bytes, { level: 1 }))),
  inflate: (bytes, limitBytes) =>
    decode(() => inflateRawSync(bytes, { maxOutputLength: Math.max(1, limitBytes) })),
};

const encoder = new TextEncoder();

export function toBytes(text: string): Uint8Array {
  return encoder.encode(text);
}

export function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
