import { createHash, type Hash, webcrypto } from 'node:crypto';
import type { ContentHash } from '../../core/model/ids.ts';
import type { Hashing, Sha256 } from '../../engine/ports.ts';

/** Below this a hash takes less time than the way to another thread and back. */
const OFF_THREAD_BYTES = 1024 * 1024;

class NodeSha256 implements Sha256 {
  readonly #hash: Hash = createHash('sha256');

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  digest(): ContentHash {
    return this.#hash.digest('hex') as ContentHash;
  }
}

export const nodeHashing: Hashing = {
  async sha256(bytes) {
    if (bytes.length < OFF_THREAD_BYTES)
      return createHash('sha256').update(bytes).digest('hex') as ContentHash;
    const digest = await webcrypto.subtle.digest('SHA-256', bytes);
    return Buffer.from(digest).toString('hex') as ContentHash;
  },
  sha256Stream: () => new NodeSha256(),
  md5: (bytes) => createHash('md5').update(bytes).digest('hex'),
};
