import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FolderStore } from '../../../src/storage/folder/folder-store.mts';
import { describeObjectStore } from './suite.ts';

const capabilities = { conditionalPut: true, serverCopy: true, listingHash: 'none' } as const;

async function open(windows: boolean) {
  const folder = await mkdtemp(path.join(tmpdir(), 'folder-store-'));
  const random = { hex: (digits: number) => randomBytes(digits).toString('hex').slice(0, digits) };
  const store = new FolderStore({ folder, clock: Date, random, windows });
  return {
    store,
    close: async () => {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}

describeObjectStore('folder', { capabilities, open: () => open(false) });
describeObjectStore('folder with names for Windows', { capabilities, open: () => open(true) });
