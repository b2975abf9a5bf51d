import { describe, it } from 'vitest';
import type { ConditionForm } from '../../../src/storage/s3/etag.ts';
import { createBucket, openBucket } from '../../support/servers/s3-bucket.mts';
import { sharedServerIfAny } from '../../support/servers/shared.mts';
import type { ServerName } from '../../support/servers/table.mts';
import { mustRun } from '../must-run.ts';
import { describeObjectStore, type StoreSubject } from './suite.ts';

/** Runs the contract on a bucket of a real server for each test. */
export async function describeS3(
  name: 's3-ceph' | 's3-exact',
  server: ServerName,
  options: { readonly conditionForm: ConditionForm } & Pick<StoreSubject, 'lacks'>,
): Promise<void> {
  const { conditionForm, lacks } = options;
  const address = await sharedServerIfAny(server, mustRun('object-store', name));
  if (address === undefined) {
    describe.skip(`object store: ${name}`, () => {
      it(`needs ${server}, which did not start`);
    });
    return;
  }
  describeObjectStore(name, {
    lacks: { ...lacks, 'conditions-in-parts': 'only bodies of one request take a condition' },
    capabilities: { conditionalPut: true, serverCopy: true, listingHash: 'md5' },
    open: async () => {
      const store = openBucket(address, { bucket: await createBucket(address), conditionForm });
      return { store, close: () => store.close() };
    },
  });
}
