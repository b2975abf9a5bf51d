import { createHash, randomBytes } from 'node:crypto';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CompressionError } from '../../../src/engine/ports.ts';
import { webClock, type TimerHost } from '../../../src/plugin/platform/clock.ts';
import { webCompression } from '../../../src/plugin/platform/compression.ts';
import { webHashing } from '../../../src/plugin/platform/hashing.ts';
import { webRandom } from '../../../src/plugin/platform/random.ts';

describe('compression of the page', () => {
  it.each([0, 1, 5000, 3_000_000])('gives %i bytes back, in formats that others read', async (size) => {
    const plain = new Uint8Array(randomBytes(size)).map((byte) => byte % 40);
    const [zipped, deflated] = [await webCompression.gzip(plain), await webCompression.deflate(plain)];
    expect(Buffer.compare(gunzipSync(zipped), plain)).toBe(0);
    expect(Buffer.compare(inflateRawSync(deflated), plain)).toBe(0);
    expect(Buffer.compare(await webCompression.gunzip(zipped, size), plain)).toBe(0);
    expect(Buffer.compare(await webCompression.inflate(deflated, size), plain)).toBe(0);
  });

  it.each([1, 3_000_000])('lets no more than the limit out of %i bytes', async (size) => {
    const zipped = await webCompression.gzip(new Uint8Array(size));
    await expect(webCompression.gunzip(zipped, size - 1)).rejects.toThrow(CompressionError);
  });

  it('rejects damaged and cut bytes', async () => {
    const plain = new Uint8Array(randomBytes(5000));
    const zipped = await webCompression.gzip(plain);
    const spoiled = Uint8Array.from(zipped);
    spoiled[zipped.length - 6] = (spoiled[zipped.length - 6] ?? 0) ^ 1;
    await expect(webCompression.gunzip(spoiled, 5000)).rejects.toThrow(CompressionError);
    await expect(webCompression.gunzip(zipped.subarray(0, -1), 5000)).rejects.toThrow(CompressionError);
    await expect(webCompression.inflate(new Uint8Array(), 5000)).rejects.toThrow(CompressionError);
  });
});

describe('hashes of the page', () => {
  it('are those of others, whole and piece by piece', async () => {
    const bytes = new Uint8Array(randomBytes(100_000));
    const sha = createHash('sha256').update(bytes).digest('hex');
    const stream = webHashing.sha256Stream();
    stream.update(bytes.subarray(0, 77));
    stream.update(bytes.subarray(77));
    expect(await webHashing.sha256(bytes)).toBe(sha);
    expect(stream.digest()).toBe(sha);
    expect(webHashing.md5(bytes)).toBe(createHash('md5').update(bytes).digest('hex'));
  });
});

describe('chance of the page', () => {
  it('has as many digits as asked for, and fractions below one', () => {
    expect(webRandom.hex(7)).toMatch(/^[0-9a-f]{7}$/u);
    expect(webRandom.hex(24)).not.toBe(webRandom.hex(24));
    for (let n = 0; n < 100; n++) {
      const fraction = webRandom.fraction();
      expect(fraction >= 0 && fraction < 1).toBe(true);
    }
  });
});

describe('time of the page', () => {
  const host = (): TimerHost & { readonly delays: number[]; readonly cleared: number[] } => {
    const delays: number[] = [];
    const cleared: number[] = [];
    return {
      delays,
      cleared,
      setTimeout: (callback, delayMs) => {
        delays.push(delayMs);
        queueMicrotask(callback);
        return delays.length;
      },
      clearTimeout: (id) => void cleared.push(id),
    };
  };

  it('waits longer than one timer can', async () => {
    const timers = host();
    await webClock(timers).sleep(2 ** 31 + 5);
    expect(timers.delays).toEqual([2 ** 31 - 1, 6]);
  });

  it('ends a wait by the signal, with its reason, and leaves no timer', async () => {
    const timers = host();
    const abort = new AbortController();
    const waiting = webClock({ ...timers, setTimeout: () => 7 }).sleep(1000, abort.signal);
    abort.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    expect(timers.cleared).toEqual([7]);
    await expect(webClock(timers).sleep(1, abort.signal)).rejects.toThrow('enough');
  });
});
