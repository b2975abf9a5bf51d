import type { Hashing } from '../../engine/ports.ts';
import type { HeldKey } from '../../storage/sealed/held-key.ts';
import { VaultKey } from '../../storage/sealed/vault-key.ts';

/** The app's secret storage. */
export interface Secrets {
  get(name: string): string | undefined;
  set(name: string, secret: string): void;
}

/** What of turning encryption on is still to do. `sealing`: the vault is in the clear; `clearing`: it is sealed, and what was in the clear lies beside it. */
export type Stage = 'sealing' | 'clearing';

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
    const kept = await this.kept(cloud);
    return kept?.stage === 'sealing' ? undefined : kept?.held;
  }

  /** The key also of a cloud that is being encrypted, and where that stands. */
  async kept(
    cloud: string,
  ): Promise<{ readonly held: HeldKey; readonly stage: Stage | undefined } | undefined> {
    const [identity = '', revision = '', body = '', stage] = (
      this.#secrets.get(await this.#name(cloud)) ?? ''
    ).split(' ');
    if (identity === '') return undefined;
    const key = await VaultKey.parse(identity);
    if (key === undefined) return undefined;
    const bytes = Uint8Array.from(atob(body), (character) => character.charCodeAt(0));
    const held = { key, wrapped: { revision: Number(revision), id: key.id, body: bytes } };
    return { held, stage: stage === 'sealing' || stage === 'clearing' ? stage : undefined };
  }

  async set(cloud: string, { key, wrapped }: HeldKey, stage?: Stage): Promise<void> {
    const body = btoa(String.fromCharCode(...wrapped.body));
    const words = [key.identity, String(wrapped.revision), body, ...(stage === undefined ? [] : [stage])];
    this.#secrets.set(await this.#name(cloud), words.join(' '));
  }

  async forget(cloud: string): Promise<void> {
    this.#secrets.set(await this.#name(cloud), '');
  }

  async #name(cloud: string): Promise<string> {
    const hash = await this.#hashing.sha256(new TextEncoder().encode(cloud));
    return `twincloud-vault-key-${hash.slice(0, 12)}`;
  }
}
