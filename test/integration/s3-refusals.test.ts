import { describe, expect, it } from 'vitest';
import type { ObjectKey } from '../../src/core/model/ids.ts';
import type { ObjectStore } from '../../src/storage/object-store.ts';
import { isStoreError } from '../../src/storage/store-error.ts';
import type { S3StoreOptions } from '../../src/storage/s3/s3-store.ts';
import { createBucket, openBucket } from '../support/servers/s3-bucket.mts';
import type { ServerAddress } from '../support/servers/server.mts';
import { sharedServerIfAny } from '../support/servers/shared.mts';

const KEY = 'notes/a.md' as ObjectKey;
const BODY = new Uint8Array([1, 2, 3]);
const DAY_MS = 86_400_000;
const inCi = process.env['CI'] === 'true';

const ceph = await sharedServerIfAny('ceph', inCi);
const exact = await sharedServerIfAny('versitygw', inCi);

/** A bucket with one object, opened in another way than its owner would. */
async function openOddly(server: ServerAddress, options: Partial<S3StoreOptions>): Promise<ObjectStore> {
  const bucket = await createBucket(server);
  const owners = openBucket(server, { bucket, conditionForm: 'quoted' });
  await owners.put(KEY, BODY);
  await owners.close();
  return openBucket(server, { bucket, conditionForm: 'quoted', ...options });
}

/** How each kind of call is refused, made one after the other. */
async function refusals(store: ObjectStore): Promise<Record<string, string>> {
  const calls: Record<string, () => Promise<unknown>> = {
    get: () => store.get(KEY),
    put: () => store.put(KEY, BODY),
    copy: () => store.copy(KEY, 'b' as ObjectKey),
    list: () => store.list('')[Symbol.asyncIterator]().next(),
    delete: () => store.delete(KEY),
  };
  const outcomes: Record<string, string> = {};
  for (const [name, call] of Object.entries(calls)) {
    outcomes[name] = await call().then(
      () => 'done',
      (error: unknown) =>
        isStoreError(error) ? `${error.kind} ${error.details.reason ?? ''}`.trim() : String(error),
    );
  }
  return outcomes;
}

function all(outcome: string): Record<string, string> {
  return { get: outcome, put: outcome, copy: outcome, delete: outcome, list: outcome };
}

describe.each([
  ['Ceph', ceph],
  ['versitygw', exact],
] as const)('what %s refuses', (_name, server) => {
  it.runIf(server)('an unknown access key is denied: wrong-key', async () => {
    const credentials = { accessKeyId: 'UNKNOWNACCESSKEY0000', secretAccessKey: 'x' };
    const store = await openOddly(known(server), { credentials: () => Promise.resolve(credentials) });
    expect(await refusals(store)).toEqual(all('denied wrong-key'));
    await store.close();
  });

  it.runIf(server)('a wrong secret is denied: wrong-secret, and not shown', async () => {
    const credentials = { accessKeyId: known(server).accessKeyId, secretAccessKey: 'a-wrong-secret' };
    const store = await openOddly(known(server), { credentials: () => Promise.resolve(credentials) });
    expect(await refusals(store)).toEqual(all('denied wrong-secret'));
    await expect(store.get(KEY)).rejects.not.toMatchObject({
      message: expect.stringContaining('a-wrong-secret') as string,
    });
    await store.close();
  });

  it.runIf(server)('a bucket that does not exist is not-found: no-bucket', async () => {
    const store = await openOddly(known(server), { bucket: 'no-such-bucket-here' });
    expect(await refusals(store)).toEqual(all('not-found no-bucket'));
    await store.close();
  });

  it.runIf(server)('a clock that is a day off is put right from the first answer', async () => {
    for (const offMs of [-DAY_MS, DAY_MS]) {
      const store = await openOddly(known(server), { now: () => Date.now() + offMs });
      expect((await store.head(KEY)).sizeBytes).toBe(3);
      expect(await refusals(store)).toEqual(all('done'));
      await store.close();
    }
  });

  it.runIf(server)(
    'an object that is gone is not-found for a conditional put, and is not made again',
    async () => {
      const form = server === ceph ? 'bare' : 'quoted';
      const store = await openOddly(known(server), { conditionForm: form });
      const { etag } = await store.head(KEY);
      await store.delete(KEY);
      await expect(store.put(KEY, BODY, { ifMatch: etag })).rejects.toMatchObject({ kind: 'not-found' });
      await expect(store.head(KEY)).rejects.toMatchObject({ kind: 'not-found' });
      await store.close();
    },
  );
});

describe('what only one of them refuses', () => {
  it.runIf(exact)('another region is denied: wrong-region', async () => {
    const store = await openOddly(known(exact), { region: 'eu-west-1' });
    expect(await refusals(store)).toEqual(all('denied wrong-region'));
    await store.close();
  });

  it.runIf(ceph?.stranger)("somebody else's bucket is denied: forbidden", async () => {
    const { stranger } = known(ceph);
    if (stranger === undefined) throw new Error('no second account');
    const store = await openOddly(known(ceph), { credentials: () => Promise.resolve(stranger) });
    expect(await refusals(store)).toEqual(all('denied forbidden'));
    const large = store.put(KEY, new Uint8Array(9 * 1024 * 1024));
    await expect(large).rejects.toMatchObject({ kind: 'denied', details: { reason: 'forbidden' } });
    await store.close();
  });
});

function known(server: ServerAddress | undefined): ServerAddress {
  if (server === undefined) throw new Error('the server did not start');
  return server;
}
