import type { Compression, Hashing } from '../../engine/ports.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { VaultKey } from '../../storage/sealed/vault-key.ts';
import type { WrappedKey } from '../../storage/sealed/wrapped-key.ts';

/** The app's secret storage. */
export interface Secrets {
  get(name: string): string | undefined;
  set(name: string, secret: string): void;
}

/** A vault's key, and its form under the passphrase, which lies in the cloud. */
export interface HeldKey {
  readonly key: VaultKey;
  readonly wrapped: WrappedKey;
}

/**
 * Keys of encrypted clouds, in the app's secret storage, each under a name made of its cloud's: another cloud has
 * another. The passphrase itself is kept nowhere.
 */
export class VaultKeys {
  readonly #secrets: Secrets;
  readonly #hashing: Pick<Hashing, 'sha256'>;

  constructor(secrets: Secrets, hashing: Pick<Hashing, 'sha256'>) {
    this.#secrets = secrets;
    this.#hashing = hashing;
  }

  /** `undefined`: as far as this device knows the cloud is not encrypted. */
  async get(cloud: string): Promise<HeldKey | undefined> {
    const [identity = '', revision = '', body = ''] = (
      this.#secrets.get(await this.#name(cloud)) ?? ''
    ).split(' ');
    if (identity === '') return undefined;
    const { VaultKey: Key } = await import('../../storage/sealed/vault-key.ts');
    const key = await Key.parse(identity);
    if (key === undefined) return undefined;
    const bytes = Uint8Array.from(atob(body), (character) => character.charCodeAt(0));
    return { key, wrapped: { revision: Number(revision), id: key.id, body: bytes } };
  }

  async set(cloud: string, { key, wrapped }: HeldKey): Promise<void> {
    const body = btoa(String.fromCharCode(...wrapped.body));
    this.#secrets.set(await this.#name(cloud), `${key.identity} ${String(wrapped.revision)} ${body}`);
  }

  async forget(cloud: string): Promise<void> {
    this.#secrets.set(await this.#name(cloud), '');
  }

  async #name(cloud: string): Promise<string> {
    const hash = await this.#hashing.sha256(new TextEncoder().encode(cloud));
    return `twincloud-vault-key-${hash.slice(0, 12)}`;
  }
}

/** The store, sealed with that key; the key's form under the passphrase goes there before a head does. */
export async function sealedStore(
  store: ObjectStore,
  { key, wrapped }: HeldKey,
  gzip: Compression,
): Promise<ObjectStore> {
  const { withEncryption } = await import('../../storage/sealed/with-encryption.ts');
  const { shareWrappedKey } = await import('../../storage/sealed/wrapped-key.ts');
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
