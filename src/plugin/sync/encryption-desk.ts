import type { Compression } from '../../engine/ports.ts';
import type { WrappedKey } from '../../storage/sealed/wrapped-key.ts';
import type { EncryptionService, Encryption } from '../service.ts';
import { TEXTS } from '../texts.ts';
import { messageFor } from './outcome.ts';
import type { BareCloud, Session } from './session.ts';
import type { Turns } from './turns.ts';
import type { VaultKeys } from './vault-keys.ts';

interface DeskParts {
  readonly keys: VaultKeys;
  readonly compression: Compression;
  readonly session: Session;
  readonly turns: Turns;
  /** Fires when the plugin is turned off. */
  readonly signal: AbortSignal;
}

/** What a person does about the encryption of the cloud. */
export class EncryptionDesk implements EncryptionService {
  readonly #parts: DeskParts;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  look(): Promise<Encryption> {
    return this.#withCloud(async ({ id, store }, signal) => {
      if ((await this.#parts.keys.get(id)) !== undefined) return 'has-key';
      const { lookAtCloud } = await import('../../storage/sealed/look-at-cloud.ts');
      return (await lookAtCloud(store, this.#parts.compression, signal)).kind;
    });
  }

  join(secret: string): Promise<boolean> {
    return this.#withCloud(async ({ id, store }, signal) => {
      const { readWrappedKey } = await import('../../storage/sealed/wrapped-key.ts');
      const wrapped = await readWrappedKey(store, { signal });
      if (wrapped === undefined) throw new Error(TEXTS.encryption.gone);
      return this.#open(id, wrapped, secret);
    });
  }

  /** Looks once more: what was empty may be no more. */
  begin(passphrase: string): Promise<string> {
    return this.#withCloud(async ({ id, store }, signal) => {
      const { lookAtCloud } = await import('../../storage/sealed/look-at-cloud.ts');
      const { kind } = await lookAtCloud(store, this.#parts.compression, signal);
      if (kind === 'plain' || kind === 'files') throw new Error(TEXTS.encryption[kind]);
      const { VaultKey } = await import('../../storage/sealed/vault-key.ts');
      const { claimFirstKey, wrapKey } = await import('../../storage/sealed/wrapped-key.ts');
      const key = await VaultKey.create();
      const made = await wrapKey(key, passphrase, { revision: 1 });
      const wrapped = kind === 'sealed' ? undefined : await claimFirstKey(store, made, { signal });
      if (wrapped?.id !== key.id) throw new Error(TEXTS.encryption.otherFirst);
      await this.#parts.keys.set(id, { key, wrapped });
      return key.identity;
    });
  }

  recoveryKey(): Promise<string | undefined> {
    return this.#withCloud(async ({ id }) => (await this.#parts.keys.get(id))?.key.identity);
  }

  /** In its turn; the engine, if one was open, is made anew with what comes of it. Failures are in words. */
  async #withCloud<T>(work: (cloud: BareCloud, signal: AbortSignal) => Promise<T>): Promise<T> {
    const { session, turns, signal } = this.#parts;
    try {
      return await turns.run(async () => {
        await session.close();
        const cloud = await session.bareCloud(signal);
        try {
          return await work(cloud, signal);
        } finally {
          await cloud.store.close();
        }
      });
    } catch (error) {
      throw new Error(messageFor(error), { cause: error });
    }
  }

  async #open(cloud: string, wrapped: WrappedKey, secret: string): Promise<boolean> {
    const { openWrappedKey } = await import('../../storage/sealed/wrapped-key.ts');
    const key = await openWrappedKey(wrapped, secret);
    if (key === undefined) return false;
    await this.#parts.keys.set(cloud, { key, wrapped });
    return true;
  }
}
