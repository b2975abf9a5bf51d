import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../../src/storage/memory/memory-store.ts';
import { VaultKey } from '../../../src/storage/sealed/vault-key.ts';
import {
  claimFirstKey,
  readWrappedKey,
  shareWrappedKey,
  unwrapKey,
  wrapKey,
  type WrappedKey,
} from '../../../src/storage/sealed/wrapped-key.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FaultyStore } from '../../support/faulty-store.ts';

const PASSPHRASE = 'correct horse battery staple';

async function made(revision = 1): Promise<WrappedKey> {
  return wrapKey(await VaultKey.create(), PASSPHRASE, { revision, workFactor: 2 });
}

function cloud(): MemoryStore {
  return new MemoryStore({ clock: new FakeClock({ auto: true }) });
}

describe('the first key of a vault', () => {
  it('[EN19] is the same for all that begin at one moment, and opens', async () => {
    const store = cloud();
    const keys = await Promise.all([made(), made(), made()]);
    const held = await Promise.all(keys.map((one) => claimFirstKey(store, one)));
    expect(new Set(held.map(({ id }) => id)).size).toBe(1);
    expect(await readWrappedKey(store)).toEqual(held[0]);
    const [first] = held;
    expect(first === undefined ? undefined : (await unwrapKey(first, PASSPHRASE))?.id).toBe(first?.id);
  });

  it('[EN19] is the claimed one also where its device died before it put the key', async () => {
    const store = cloud();
    const [dead, next] = [await made(), await made()];
    const dying = new FaultyStore(store, ({ key }) =>
      key.includes(dead.id) ? { kind: 'fail-before' } : undefined,
    );
    await expect(claimFirstKey(dying, dead)).rejects.toMatchObject({ kind: 'unavailable' });
    expect((await claimFirstKey(store, next)).id).toBe(dead.id);
    expect((await readWrappedKey(store))?.body).toEqual(dead.body);
  });

  it('[EN19] is not replaced by a device that looked long ago, nor kept under a former passphrase', async () => {
    const store = cloud();
    const [first, late] = [await made(), await made()];
    let isLate = false;
    const slow = new FaultyStore(store, ({ kind, key }) =>
      kind === 'put' && key.endsWith('/first') && !isLate
        ? {
            kind: 'delay',
            until: async () => {
              isLate = true;
              await claimFirstKey(store, first);
              const key1 = await unwrapKey(first, PASSPHRASE);
              if (key1 === undefined) throw new Error('it opens');
              await shareWrappedKey(store, await wrapKey(key1, 'a new one', { revision: 2, workFactor: 2 }));
            },
          }
        : undefined,
    );
    expect((await claimFirstKey(slow, late)).id).toBe(first.id);
    const names = [...store.snapshot().keys()];
    expect(names).toEqual([`.twincloud/keys/00000002-${first.id}`]);
  });
});
