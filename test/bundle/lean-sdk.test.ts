import { describe, expect, it, vi } from 'vitest';
import { resolve } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { cliBundle, pluginBundle } from '../../scripts/bundles.mts';
import type { ObjectKey } from '../../src/core/model/ids.ts';
import type { Sdk } from '../../src/storage/s3/s3-connection.ts';
import { describeObjectStore } from '../contract/object-store/suite.ts';
import { cannedServer, refusal } from '../storage/s3/canned-server.ts';
import { createBucket, openBucket } from '../support/servers/s3-bucket.mts';
import { sharedServerIfAny } from '../support/servers/shared.mts';
import { loadBuilt } from './lean.ts';

const root = resolve(import.meta.dirname, '../..');

/** The SDK as a bundle has it. */
function leanSdk({ plugins: [lean] = [], platform, mainFields, target }: BuildOptions): Promise<Sdk> {
  if (lean === undefined) throw new Error('the bundle has no plugin');
  return loadBuilt("export * from './src/storage/s3/sdk.ts';", [lean], {
    ...(platform === undefined ? {} : { platform }),
    ...(mainFields === undefined ? {} : { mainFields }),
    ...(target === undefined ? {} : { target }),
  });
}

const bundled = await leanSdk(cliBundle(root, 'dist'));
vi.doMock('../../src/storage/s3/sdk.ts', () => bundled);

const server = await sharedServerIfAny('versitygw', process.env['CI'] === 'true');
if (server === undefined) {
  describe.skip('object store: s3 with the SDK of the bundle', () => {
    it('needs versitygw, which did not start');
  });
} else {
  describeObjectStore('s3 with the SDK of the bundle', {
    lacks: {
      'conditions-in-parts': 'only bodies of one request take a condition',
      'nested-objects': 'it keeps objects as files, and a file is no folder',
      'long-keys': 'it keeps objects as files, whose names end at 255 bytes',
    },
    capabilities: { conditionalPut: true, serverCopy: true, listingHash: 'md5' },
    open: async () => {
      const bucket = await createBucket(server);
      const store = openBucket(server, { bucket, conditionForm: 'quoted' });
      return { store, close: () => store.close() };
    },
  });

  it('a body in parts comes back as it was', async () => {
    const store = openBucket(server, { bucket: await createBucket(server), conditionForm: 'quoted' });
    const body = new Uint8Array(17 * 1024 * 1024).map((_, at) => (at * 7919) >> 8);
    const read = (offset: number, length: number): Promise<Uint8Array> =>
      Promise.resolve(body.subarray(offset, offset + length));
    await store.put('large.bin' as ObjectKey, { sizeBytes: body.length, read });
    const back = await store.get('large.bin' as ObjectKey);
    expect(back.kind === 'found' && Buffer.compare(back.body, body)).toBe(0);
    await store.close();
  });
}

describe('the SDK of the bundles', () => {
  it('is the one that these tests speak with, and has all that the whole one is asked for', async () => {
    const whole: Sdk = await vi.importActual('../../src/storage/s3/sdk.ts');
    const { S3Client } = await import('../../src/storage/s3/sdk.ts');
    expect(S3Client).toBe(bundled.S3Client);
    expect(S3Client).not.toBe(whole.S3Client);
    expect(Object.keys(bundled).sort()).toEqual(Object.keys(whole).sort());
  });

  it.each(['UnsupportedMediaType', 'InvalidPrefix', 'NoSuchKey', 'InvalidObjectState'])(
    'tells the error %s, declared or not, by its code',
    async (code) => {
      const { store } = await cannedServer(() => ({ status: 400, body: refusal(code) }));
      await expect(store.get('a' as ObjectKey)).rejects.toMatchObject({
        details: { detail: `400 ${code} No.` },
      });
    },
  );

  it('says of event streams and adaptive retries that they are left out', async () => {
    const settings = { region: 'us-east-1', retryMode: 'adaptive' } as const;
    const { S3Client } = await leanSdk(pluginBundle(root, 'main.js'));
    const { eventStreamMarshaller: streams, retryStrategy } = new S3Client(settings).config;
    expect(() => streams.deserialize({}, undefined as never)).toThrow(
      'EventStreamSerde is left out of this build',
    );
    await expect(retryStrategy()).rejects.toThrow('AdaptiveRetryStrategy is left out of this build');
    // The command's other clients may be told to retry so.
    await expect(new bundled.S3Client(settings).config.retryStrategy()).resolves.toBeDefined();
  });
});
