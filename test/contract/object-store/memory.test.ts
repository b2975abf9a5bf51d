import { MemoryStore } from '../../../src/storage/memory/memory-store.ts';
import { describeObjectStore } from './suite.ts';

describeObjectStore('memory', {
  capabilities: { conditionalPut: true, serverCopy: true, listingHash: 'md5' },
  open: () => {
    const store = new MemoryStore({ clock: Date });
    return Promise.resolve({ store, close: () => store.close() });
  },
});
