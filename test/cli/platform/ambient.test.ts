import { describe, expect, it } from 'vitest';
import { nodeClock } from '../../../src/cli/platform/clock.mts';
import { nodeHashing } from '../../../src/cli/platform/hashing.mts';
import { nodeRandom } from '../../../src/cli/platform/random.mts';
import { EMPTY_HASH } from '../../../src/core/model/ids.ts';

describe('hashing', () => {
  it('gives the same SHA-256 at once and in pieces, for little and for much', async () => {
    expect(await nodeHashing.sha256(new Uint8Array())).toBe(EMPTY_HASH);
    const large = new Uint8Array(1_000_000).fill(97);
    // FIPS 180-2, appendix B.3: one million times the letter a.
    const known = 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0';
    expect(await nodeHashing.sha256(large)).toBe(known);
    const pieces = nodeHashing.sha256Stream();
    for (let at = 0; at < large.length; at += 70_001) pieces.update(large.subarray(at, at + 70_001));
    expect(pieces.digest()).toBe(known);
  });

  it('gives MD5 in hexadecimal', () => {
    // RFC 1321, appendix A.5.
    expect(nodeHashing.md5(new TextEncoder().encode('abc'))).toBe('900150983cd24fb0d6963f7d28e17f72');
  });
});

describe('the clock', () => {
  it('does not sleep for nothing, and rejects with the signal’s reason', async () => {
    const reason = new Error('enough');
    await nodeClock.sleep(0);
    await nodeClock.sleep(1);
    await expect(nodeClock.sleep(0, AbortSignal.abort(reason))).rejects.toBe(reason);
    const abort = new AbortController();
    // Longer than one timer can be.
    const sleeping = nodeClock.sleep(2 ** 40, abort.signal);
    await nodeClock.sleep(2);
    abort.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
  });
});

describe('randomness', () => {
  it('gives as many digits as asked for, and fractions below one', () => {
    for (const digits of [1, 4, 7, 16, 33])
      expect(nodeRandom.hex(digits)).toMatch(new RegExp(`^[0-9a-f]{${String(digits)}}$`));
    expect(nodeRandom.hex(16)).not.toBe(nodeRandom.hex(16));
    const fractions = Array.from({ length: 1000 }, () => nodeRandom.fraction());
    expect(fractions.every((fraction) => fraction >= 0 && fraction < 1)).toBe(true);
    expect(fractions.some((fraction) => fraction < 0.1) && fractions.some((fraction) => fraction > 0.9)).toBe(
      true,
    );
  });
});
