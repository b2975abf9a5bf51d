import type { ObjectKey } from '../../../src/core/model/ids.ts';
import { MemoryStore } from '../../../src/storage/memory/memory-store.ts';
import { keyProblem } from '../../../src/storage/key.ts';
import type { SealedNames } from '../../../src/storage/sealed/sealed-names.ts';
import { VaultKey } from '../../../src/storage/sealed/vault-key.ts';
import { withEncryption } from '../../../src/storage/sealed/with-encryption.ts';
import { compression } from '../../engine/two-devices.ts';
import { describeObjectStore } from './suite.ts';

const FOLDER = 'sealed/';
const KIND = 'any';
const vaultKey = await VaultKey.create();

/**
 * A vault keeps objects of its own names alone, and the suite puts any: here each name is sealed as a vault's
 * are, in one folder. All else is the wrapper as it is; what it says to other names is in `with-encryption.test.ts`.
 */
const ANY_NAMES: SealedNames = {
  sealedKey: (by, key) =>
    keyProblem(key) === undefined ? (`${FOLDER}${by.sealName(KIND, key)}` as ObjectKey) : undefined,
  plainKeyOf: (by, sealed) => by.openName(KIND, sealed.slice(FOLDER.length)) as ObjectKey | undefined,
  sealedPrefix: () => FOLDER,
};

describeObjectStore('encryption over memory', {
  capabilities: { conditionalPut: true, serverCopy: false, listingHash: 'none' },
  lacks: {
    metadata: 'it would tell of the contents',
    'unicode-metadata': 'no metadata is kept',
    'long-keys': 'a sealed name is twice as long; those of a vault are short',
  },
  timeoutMs: 60_000,
  open: () => {
    const store = withEncryption(new MemoryStore({ clock: Date }), {
      key: () => Promise.resolve(vaultKey),
      gzip: compression,
      names: ANY_NAMES,
    });
    return Promise.resolve({ store, close: () => store.close() });
  },
});
