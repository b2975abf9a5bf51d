import { hash as digest, createHash } from 'node:crypto';
import { deflateRawSync, gunzipSync, gzipSync, inflateRawSync } from 'node:zlib';
import type { ContentHash } from '../../src/core/model/ids.ts';
import { CompressionError, type Compression, type Hashing, type Sha256 } from '../../src/engine/ports.ts';

const hashByBytes = new WeakMap<Uint8Array, ContentHash>();

export function sha256(bytes: Uint8Array): ContentHash {
  return digest('sha256', bytes, 'hex') as ContentHash;
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
  return digest('md5', bytes, 'hex');
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

/** Larger bytes are rare, and dear to remember. */
const REMEMBERED_BYTES = 8_192;
const REMEMBERED = 4_000;

/** zlib's set-up costs more than its work on notes of a few lines, and devices pack and unpack the same ones. */
function remembering(make: (bytes: Uint8Array) => Buffer): (bytes: Uint8Array) => Uint8Array {
  const known = new Map<string, Uint8Array>();
  return (bytes) => {
    // A copy, as `slice` of a Buffer would be a view of the same memory.
    if (bytes.length > REMEMBERED_BYTES) return new Uint8Array(make(bytes));
    const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    let made = known.get(key);
    if (made === undefined) {
      if (known.size >= REMEMBERED) known.clear();
      made = new Uint8Array(make(bytes));
      known.set(key, made);
    }
    // Callers own what they get.
    return made.slice();
  };
}

// The fastest level; the sizes matter to nobody here.
const gzip = remembering((bytes) => gzipSync(bytes, { level: 1 }));
const deflate = remembering((bytes) => deflateRawSync(bytes, { level: 1 }));
/** Nothing in a simulation is larger; what the engine allows is looked at afterwards. */
const MOST = { maxOutputLength: 64 * 1024 * 1024 };
export const gunzip = remembering((bytes) => gunzipSync(bytes, MOST));
export const inflate = remembering((bytes) => inflateRawSync(bytes, MOST));

function limited(
  decode: (bytes: Uint8Array) => Uint8Array,
  bytes: Uint8Array,
  limitBytes: number,
): Promise<Uint8Array> {
  try {
    const plain = decode(bytes);
    if (plain.length <= Math.max(1, limitBytes)) return Promise.resolve(plain);
    return Promise.reject(new CompressionError('damaged or too large'));
  } catch (error) {
    return Promise.reject(new CompressionError('damaged or too large', { cause: error }));
  }
}

export const simCompression: Compression = {
  gzip: (bytes) => Promise.resolve(gzip(bytes)),
  gunzip: (bytes, limitBytes) => limited(gunzip, bytes, limitBytes),
  deflate: (bytes) => Promise.resolve(deflate(bytes)),
  inflate: (bytes, limitBytes) => limited(inflate, bytes, limitBytes),
};

const encoder = new TextEncoder();

export function toBytes(text: string): Uint8Array {
  return encoder.encode(text);
}

export function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
