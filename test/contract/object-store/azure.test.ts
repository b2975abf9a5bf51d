import { describe, it } from 'vitest';
import { createContainer, openContainer } from '../../support/servers/azure-container.mts';
import { sharedServerIfAny } from '../../support/servers/shared.mts';
import { mustRun } from '../must-run.ts';
import { describeObjectStore } from './suite.ts';

const address = await sharedServerIfAny('azurite', mustRun('object-store', 'azure'));
if (address === undefined) {
  describe.skip('object store: azure', () => {
    it('needs azurite, which did not start');
  });
} else {
  describeObjectStore('azure', {
    capabilities: { conditionalPut: true, serverCopy: true, listingHash: 'md5' },
    lacks: {
      'odd-keys': 'a backslash is no part of a blob’s name',
      'utf8-order': 'Azurite lists in the order of UTF-16 units',
    },
    open: async () => {
      const store = openContainer(address, { container: await createContainer(address) });
      return { store, close: () => store.close() };
    },
  });
}
