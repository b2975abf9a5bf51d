import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ObjectKey } from '../../src/core/model/ids.ts';
import type { BodySource } from '../../src/storage/object-store.ts';
import { createBucket, danglingUploads, openBucket } from '../support/servers/s3-bucket.mts';
import { sharedServerIfAny } from '../support/servers/shared.mts';

const KEY = 'large file.bin' as ObjectKey;
const MIB = 1024 * 1024;

/** Bytes that tell where they stand: a mixed-up part would show. */
function numbered(sizeBytes: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(sizeBytes / 4));
  for (let i = 0; i < words.length; i++) words[i] = i;
  return new Uint8Array(words.buffer, 0, sizeBytes);
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function sourceOf(body: Uint8Array, onRead: (offset: number) => void = () => undefined): BodySource {
  return {
    sizeBytes: body.length,
    read: async (offset, length) => {
      await Promise.resolve();
      onRead(offset);
      return body.subarray(offset, offset + length);
    },
  };
}

describe.each(['ceph', 'versitygw'] as const)('large bodies on %s', async (name) => {
  const server = await sharedServerIfAny(name, process.env['CI'] === 'true');
  if (server === undefined) {
    it.skip('its server did not start');
    return;
  }
  const open = async (): Promise<{ bucket: string; store: ReturnType<typeof openBucket> }> => {
    const bucket = await createBucket(server);
    return { bucket, store: openBucket(server, { bucket, conditionForm: 'none' }) };
  };

  it.each([
    [8 * MIB, 1],
    [8 * MIB + 1, 2],
    [20 * MIB, 3],
  ])('%i bytes go in %i requests and come back as they were', async (sizeBytes, parts) => {
    const { bucket, store } = await open();
    const body = numbered(sizeBytes);
    const offsets: number[] = [];
    const source = sourceOf(body, (offset) => offsets.push(offset));
    const { etag } = await store.put(KEY, source, { metadata: { name: 'Größe' } });
    expect(offsets.length).toBe(parts);
    expect(/-\d+$/u.exec(etag)?.[0]).toBe(parts === 1 ? undefined : `-${String(parts)}`);
    const back = await store.get(KEY);
    if (back.kind !== 'found') throw new Error(back.kind);
    expect({ ...back, body: digest(back.body) }).toMatchObject({
      etag,
      sizeBytes,
      metadata: { name: 'Größe' },
      body: digest(body),
    });
    expect(await danglingUploads(server, bucket)).toEqual([]);
    await store.close();
  });

  it.each([0, 8 * MIB, 16 * MIB])(
    'a source that fails at byte %i leaves neither an object nor a begun upload',
    async (failAt) => {
      const { bucket, store } = await open();
      const failure = new Error('the file changed');
      const source = sourceOf(numbered(20 * MIB), (offset) => {
        if (offset === failAt) throw failure;
      });
      await expect(store.put(KEY, source)).rejects.toBe(failure);
      await expect(store.head(KEY)).rejects.toMatchObject({ kind: 'not-found' });
      expect(await danglingUploads(server, bucket)).toEqual([]);
      await store.close();
    },
  );

  it('a put that is aborted leaves the old object and no begun upload', async () => {
    const { bucket, store } = await open();
    await store.put(KEY, new Uint8Array([1]));
    const aborter = new AbortController();
    const source = sourceOf(numbered(40 * MIB), (offset) => {
      if (offset === 24 * MIB) aborter.abort();
    });
    await expect(store.put(KEY, source, { signal: aborter.signal })).rejects.toMatchObject({
      kind: 'aborted',
    });
    expect((await store.head(KEY)).sizeBytes).toBe(1);
    await store.close();
    expect(await danglingUploads(server, bucket)).toEqual([]);
  });

  it('a copy of a body in parts is equal and has the given metadata', async () => {
    const { store } = await open();
    const body = numbered(9 * MIB);
    await store.put(KEY, body, { metadata: { old: 'yes' } });
    await store.copy(KEY, 'copies/ü+1 %.bin' as ObjectKey, { metadata: { new: 'ja' } });
    const back = await store.get('copies/ü+1 %.bin' as ObjectKey);
    if (back.kind !== 'found') throw new Error(back.kind);
    expect({ metadata: back.metadata, body: digest(back.body) }).toEqual({
      metadata: { new: 'ja' },
      body: digest(body),
    });
    await store.close();
  });
});
