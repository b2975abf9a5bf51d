import { PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { probeConditions } from '../../src/storage/probe.ts';
import { detectConditionForm, type DetectedForm } from '../../src/storage/s3/detect-condition-form.ts';
import { createBucket, openBucket, s3Client } from '../support/servers/s3-bucket.mts';
import type { ServerAddress } from '../support/servers/server.mts';
import { sharedServerIfAny } from '../support/servers/shared.mts';
import { SeededRandom } from '../support/seeded-random.ts';

const inCi = process.env['CI'] === 'true';
const random = new SeededRandom(Date.now());

const ceph = await sharedServerIfAny('ceph', inCi);
const exact = await sharedServerIfAny('versitygw', inCi);
const s3rver = await sharedServerIfAny('s3rver', inCi);

async function detect(server: ServerAddress): Promise<{ found: DetectedForm; left: string[] }> {
  const bucket = await createBucket(server);
  const found = await detectConditionForm((conditionForm) => openBucket(server, { bucket, conditionForm }), {
    random,
    racers: 20,
  });
  const store = openBucket(server, { bucket, conditionForm: 'none' });
  const left: string[] = [];
  for await (const { objects } of store.list('')) left.push(...objects.map(({ key }) => key));
  await store.close();
  return { found, left };
}

describe('what the probe finds of real servers', () => {
  it.runIf(exact)('versitygw keeps conditions as the standard writes them, with 20 who race', async () => {
    if (exact === undefined) return;
    expect(await detect(exact)).toMatchObject({
      found: { form: 'quoted', probe: { conditions: 'honoured' } },
      left: [],
    });
  });

  it.runIf(ceph)('Ceph keeps conditions with bare tags alone, with 20 who race', async () => {
    if (ceph === undefined) return;
    expect(await detect(ceph)).toMatchObject({
      found: { form: 'bare', probe: { conditions: 'honoured' } },
      left: [],
    });
  });

  it.runIf(s3rver)('a server that answers 200 and ignores conditions is refused as primary', async () => {
    if (s3rver === undefined) return;
    const { found } = await detect(s3rver);
    expect(found).toMatchObject({ form: 'none', probe: { conditions: 'ignored' } });
    // What the settings then make of it claims nothing, and sends no condition that would be ignored.
    const bucket = await createBucket(s3rver);
    const store = openBucket(s3rver, { bucket, conditionForm: found.form });
    expect(store.capabilities.conditionalPut).toBe(false);
    expect(await probeConditions(store, { random })).toMatchObject({ conditions: 'unsupported' });
    await store.close();
  });

  it.runIf(ceph)(
    '[ST54] a bucket of Ceph tells whether it keeps old versions, and to its owner alone',
    async () => {
      if (ceph === undefined) return;
      const bucket = await createBucket(ceph);
      const store = openBucket(ceph, { bucket, conditionForm: 'bare' });
      expect(await store.versioning()).toBe('off');
      const client = s3Client(ceph);
      for (const [Status, told] of [
        ['Enabled', 'on'],
        ['Suspended', 'off'],
      ] as const) {
        await client.send(
          new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status } }),
        );
        expect(await store.versioning()).toBe(told);
      }
      client.destroy();
      await store.close();
      if (ceph.stranger === undefined) throw new Error('Ceph has a second user');
      const { stranger } = ceph;
      const other = openBucket(ceph, {
        bucket,
        conditionForm: 'bare',
        credentials: () => Promise.resolve(stranger),
      });
      expect(await other.versioning()).toBe('unknown');
      await other.close();
    },
  );

  it.runIf(exact)(
    '[ST54] versitygw, which was started without a place for versions, does not fail the check',
    async () => {
      if (exact === undefined) return;
      const store = openBucket(exact, { bucket: await createBucket(exact), conditionForm: 'quoted' });
      expect(await store.versioning()).toMatch(/^(?:off|unknown)$/u);
      await store.close();
    },
  );
});
