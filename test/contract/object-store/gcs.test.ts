import { describe, it } from 'vitest';
import { createBucket, openBucket } from '../../support/servers/gcs-bucket.mts';
import { sharedServerIfAny } from '../../support/servers/shared.mts';
import { mustRun } from '../must-run.ts';
import { describeObjectStore } from './suite.ts';

const address = await sharedServerIfAny('gcs', mustRun('object-store', 'gcs'));

if (address === undefined) {
  describe.skip('object store: gcs', () => {
    it('needs fake-gcs-server, which did not start');
  });
} else {
  describeObjectStore('gcs', {
    capabilities: { conditionalPut: true, serverCopy: true, listingHash: 'md5' },
    open: async () => {
      const store = openBucket(address, { bucket: await createBucket(address) });
      return { store, close: () => store.close() };
    },
  });
}
