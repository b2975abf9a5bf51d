import type { ObjectStore } from '../storage/object-store.ts';
import { isStoreError } from '../storage/store-error.ts';
import type { VaultKey } from '../storage/sealed/vault-key.ts';
import type { WrappedKey } from '../storage/sealed/wrapped-key.ts';
import { CliError } from './cli-error.mts';
import type { VaultConfig } from './config.mts';
import { askSecret, type AskSecret } from './passphrase.mts';
import { nodeCompression } from './platform/compression.mts';

type EncryptionConfig = NonNullable<VaultConfig['encryption']>;

/**
 * What seals an encrypted vault's stores. The passphrase is asked for once, at the first call of any of them; where
 * it is a newer one, whichever cloud has its word of it tells: one that was away has the former one's.
 */
export class VaultSeal {
  readonly #ask: AskSecret;
  readonly #known: WrappedKey | undefined;
  readonly #stores: ObjectStore[] = [];
  #secret: Promise<string> | undefined;
  #key: Promise<VaultKey> | undefined;
  #newer: WrappedKey | undefined;

  constructor(config: EncryptionConfig, ask: AskSecret = askSecret) {
    this.#known = wrappedOf(config);
    this.#ask = ask;
  }

  /** The vault's key as it was found in the cloud, where it is another than the configuration's. */
  get newer(): EncryptionConfig | undefined {
    return this.#newer === undefined ? undefined : encryptionConfig(this.#newer);
  }

  /** The store, sealed. `isBackup`: it is told the passphrase's present form before it gets a head. */
  async around(store: ObjectStore, isBackup = false): Promise<ObjectStore> {
    const { withEncryption } = await import('../storage/sealed/with-encryption.ts');
    let isTold = !isBackup;
    this.#stores.push(store);
    return withEncryption(store, {
      key: () => this.key(store),
      gzip: nodeCompression,
      beforeHead: async (call) => {
        const wrapped = this.#newer ?? this.#known;
        if (isTold || wrapped === undefined) return;
        const { shareWrappedKey } = await import('../storage/sealed/wrapped-key.ts');
        await shareWrappedKey(store, wrapped, call);
        isTold = true;
      },
    });
  }

  /** `store`: the bare cloud, asked first where the passphrase is not the one that was in force when it was last asked. */
  key(store: ObjectStore): Promise<VaultKey> {
    this.#key ??= this.#open(store).catch((error: unknown) => {
      // A cloud that is away may be back at the next call; another passphrase would need another program.
      if (!(error instanceof CliError)) this.#key = undefined;
      throw error;
    });
    return this.#key;
  }

  async #open(store: ObjectStore): Promise<VaultKey> {
    this.#secret ??= this.#ask();
    const secret = await this.#secret;
    const found = this.#known === undefined ? undefined : await opened(this.#known, secret);
    return found ?? this.#openNewer(store, secret);
  }

  async #openNewer(first: ObjectStore, secret: string): Promise<VaultKey> {
    const { readWrappedKey } = await import('../storage/sealed/wrapped-key.ts');
    let failure: unknown;
    for (const store of new Set([first, ...this.#stores])) {
      try {
        const there = await readWrappedKey(store);
        if (there === undefined || there.revision === this.#known?.revision) continue;
        const key = await opened(there, secret);
        if (key === undefined) continue;
        this.#newer = there;
        return key;
      } catch (error) {
        if (!isStoreError(error)) throw error;
        if (store === first) failure = error;
      }
    }
    // Whether it is the passphrase, the cloud that has authority would tell.
    throw failure instanceof Error ? failure : wrongSecret();
  }
}

/** `undefined`: neither its passphrase nor its recovery key. */
export async function opened(wrapped: WrappedKey, secret: string): Promise<VaultKey | undefined> {
  const { openWrappedKey } = await import('../storage/sealed/wrapped-key.ts');
  return openWrappedKey(wrapped, secret);
}

export function wrongSecret(): CliError {
  return new CliError(
    'This is not the passphrase of the encrypted vault, nor its recovery key. Nothing was read or written. Try again; if the passphrase is forgotten, type the recovery key in its place. `twincloud encryption recovery-key` shows it on a device that still has the passphrase.',
  );
}

export function encryptionConfig({ revision, id, body }: WrappedKey): EncryptionConfig {
  return { revision, id, key: Buffer.from(body).toString('base64') };
}

/** `undefined`: nothing is known but that the cloud is encrypted. */
export function wrappedOf({ revision, id, key }: EncryptionConfig): WrappedKey | undefined {
  return revision === 0 ? undefined : { revision, id, body: new Uint8Array(Buffer.from(key, 'base64')) };
}
