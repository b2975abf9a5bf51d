import { Events } from './vault/events.ts';

/** Of this device alone, by name; the app encrypts it, which nobody outside sees. */
export class SecretStorage extends Events {
  readonly #storage: Storage;
  readonly #prefix: string;

  constructor(storage: Storage, prefix: string) {
    super();
    this.#storage = storage;
    this.#prefix = `${prefix}-secret-`;
  }

  setSecret(id: string, secret: string): void {
    if (!/^[a-z\d-]+$/u.test(id))
      throw new Error('Secret ID must contain only lowercase letters, numbers and dashes');
    this.#storage.setItem(this.#prefix + id, secret);
  }

  getSecret(id: string): string | null {
    return this.#storage.getItem(this.#prefix + id);
  }

  listSecrets(): string[] {
    return Object.keys(this.#storage)
      .filter((key) => key.startsWith(this.#prefix))
      .map((key) => key.slice(this.#prefix.length))
      .sort();
  }
}
