import * as v from 'valibot';
import { parseVaultPath, type VaultPath } from '../../core/model/vault-path.ts';
import type { LocalStore } from '../adapters/device-store.ts';

const KEY = 'twincloud-conflicts';
const MOST = 500;

/** Conflict copies that syncs of this device made, for as long as they stand in the vault. */
export class Conflicts {
  readonly #store: LocalStore;
  readonly #exists: (path: VaultPath) => boolean;
  #paths: readonly VaultPath[];

  constructor(store: LocalStore, exists: (path: VaultPath) => boolean) {
    this.#store = store;
    this.#exists = exists;
    const stored = v.safeParse(v.array(v.string()), store.load(KEY));
    this.#paths = (stored.success ? stored.output : []).flatMap((path) => parseVaultPath(path) ?? []);
  }

  found(paths: readonly VaultPath[]): void {
    if (paths.length > 0) this.#keep([...new Set([...this.#paths, ...paths])].slice(-MOST));
  }

  /** Whoever deletes or renames a copy has looked at it. */
  standing(): readonly VaultPath[] {
    return this.#paths.filter((path) => this.#exists(path));
  }

  forget(): void {
    this.#keep([]);
  }

  #keep(paths: readonly VaultPath[]): void {
    this.#paths = paths;
    this.#store.save(KEY, paths);
  }
}
