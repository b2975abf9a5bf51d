import { randomBytes } from 'node:crypto';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { nodeCompression } from '../../../src/cli/platform/compression.mts';
import { CompressionError } from '../../../src/engine/ports.ts';

const SIZES = [0, 1, 5_000, 64 * 1024, 64 * 1024 + 1, 3_000_000];

describe('compression', () => {
  it.each(SIZES)('gives %i bytes back, in formats that zlib reads', async (size) => {
    const plain = new Uint8Array(randomBytes(size)).map((byte) => byte % 40);
    const [zipped, deflated] = [await nodeCompression.gzip(plain), await nodeCompression.deflate(plain)];
    expect(gunzipSync(zipped).equals(plain)).toBe(true);
    expect(inflateRawSync(deflated).equals(plain)).toBe(true);
    expect(Buffer.from(await nodeCompression.gunzip(zipped, size)).equals(plain)).toBe(true);
    expect(Buffer.from(await nodeCompression.inflate(deflated, size)).equals(plain)).toBe(true);
  });

  it.each(SIZES.filter((size) => size > 0))('lets no more than the limit out of %i bytes', async (size) => {
    const plain = new Uint8Array(size);
    await expect(nodeCompression.gunzip(await nodeCompression.gzip(plain), size - 1)).rejects.toThrow(
      CompressionError,
    );
    await expect(nodeCompression.inflate(await nodeCompression.deflate(plain), size - 1)).rejects.toThrow(
      CompressionError,
    );
  });

  it.each([5_000, 200_000])('rejects damaged and cut bytes of %i', async (size) => {
    const plain = new Uint8Array(randomBytes(size));
    const zipped = await nodeCompression.gzip(plain);
    const spoiled = Uint8Array.from(zipped);
    spoiled[zipped.length - 6] = (spoiled[zipped.length - 6] ?? 0) ^ 1;
    await expect(nodeCompression.gunzip(spoiled, size)).rejects.toThrow(CompressionError);
    await expect(nodeCompression.gunzip(zipped.subarray(0, -1), size)).rejects.toThrow(CompressionError);
    const deflated = await nodeCompression.deflate(plain);
    await expect(nodeCompression.inflate(deflated.subarray(0, deflated.length / 2), size)).rejects.toThrow(
      CompressionError,
    );
    await expect(nodeCompression.inflate(new Uint8Array(), size)).rejects.toThrow(CompressionError);
  });
});
