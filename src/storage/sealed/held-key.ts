import type { CallOptions, ObjectStore } from '../object-store.ts';
import type { Gzip } from './sealed-head.ts';
import { VaultKey } from './vault-key.ts';
import { withEncryption } from './with-encryption.ts';
import {
  addWrappedKey,
  openWrappedKey,
  readWrappedKey,
  shareWrappedKey,
  wrapKey,
  type WrappedKey,
} from './wrapped-key.ts';

/** A vault's key, and its form under the passphrase, which lies in the cloud. */
export interface HeldKey {
  readonly key: VaultKey;
  readonly wrapped: WrappedKey;
}

/** In no cloud yet. */
export async function newKey(passphrase: string): Promise<HeldKey> {
  const key = await VaultKey.create();
  return { key, wrapped: await wrapKey(key, passphrase, { revision: 1 }) };
}

/** By the passphrase or the recovery key; `undefined`: it is neither. Rejects as `unwrapKey` does. */
export async function openHeld(wrapped: WrappedKey, secret: string): Promise<HeldKey | undefined> {
  const key = await openWrappedKey(wrapped, secret);
  return key === undefined ? undefined : { key, wrapped };
}

/**
 * Another passphrase for the key that lies in the cloud: one small object is written, and what former passphrases
 * opened is removed. `undefined`, and nothing is changed: another device changed it first, or another key lies
 * there.
 */
export async function changePassphrase(
  store: ObjectStore,
  { key, wrapped }: HeldKey,
  passphrase: string,
  options: CallOptions,
): Promise<HeldKey | undefined> {
  const there = (await readWrappedKey(store, options)) ?? wrapped;
  if (there.id !== key.id) return undefined;
  const next = await wrapKey(key, passphrase, { revision: there.revision + 1 });
  if (!(await addWrappedKey(store, next, options))) return undefined;
  await shareWrappedKey(store, next, options);
  return { key, wrapped: next };
}

/** The store, sealed with that key; the key's form under the passphrase goes there before a head does. */
export function sealedStore(store: ObjectStore, { key, wrapped }: HeldKey, gzip: Gzip): ObjectStore {
  let isThere = false;
  return withEncryption(store, {
    key: () => Promise.resolve(key),
    gzip,
    beforeHead: async (call) => {
      if (!isThere) await shareWrappedKey(store, wrapped, call);
      isThere = true;
    },
  });
}
