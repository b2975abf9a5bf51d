import { md5 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { ContentHash } from '../../core/model/ids.ts';
import type { Hashing, Sha256 } from '../../engine/ports.ts';
import { hexText } from './random.ts';

/** WebCrypto has no hash that is fed piece by piece. */
class StreamedSha256 implements Sha256 {
  readonly #hash = sha256.create();

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  digest(): ContentHash {
    return hexText(this.#hash.digest()) as ContentHash;
  }
}

export const webHashing: Hashing = {
  async sha256(bytes) {
    const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
    return hexText(new Uint8Array(digest)) as ContentHash;
  },
  sha256Stream: () => new StreamedSha256(),
  md5: (bytes) => hexText(md5(bytes)),
};
