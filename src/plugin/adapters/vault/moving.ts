import type { Stat, Vault as AppVault } from 'obsidian';
import { foldPath, type VaultPath } from '../../../core/model/vault-path.ts';
import { toVaultError, vaultError } from './host-errors.ts';
import type { OwnWrites } from './own-writes.ts';
import type { Place, Places } from './places.ts';

export interface MovingOptions {
  readonly vault: AppVault;
  readonly places: Places;
  readonly own: OwnWrites;
}

/** Renames, without touching the links that other notes have: those come from the device that renamed. */
export class Moving {
  readonly #vault: AppVault;
  readonly #places: Places;
  readonly #own: OwnWrites;

  constructor({ vault, places, own }: MovingOptions) {
    this.#vault = vault;
    this.#places = places;
    this.#own = own;
  }

  /** Moves the file to the key, which is free but for another spelling of itself. `undefined`: somebody took it meanwhile. */
  async move(source: Place, to: VaultPath): Promise<Stat | undefined> {
    const target = await this.#places.pathWithFolders(to);
    const wanted = await this.#respelled(target, to);
    // The file may lie in a folder that has just got its new spelling.
    const from = source.node?.path ?? source.path;
    if (from !== wanted) {
      const isDone = await this.#own.during([from, wanted], () => this.#rename(from, wanted, to));
      if (!isDone) return undefined;
    }
    const stat = await this.#places.stat(wanted);
    if (stat === undefined) throw vaultError('illegal-name', to);
    this.#own.left(from, 'absent');
    this.#own.left(wanted, stat);
    return stat;
  }

  /** Gives folders on the way the spelling of the key where they differ in case alone; returns the file's path then. */
  async #respelled(target: string, key: VaultPath): Promise<string> {
    const names = target.split('/');
    const wanted = key.split('/');
    for (let depth = 1; depth < names.length; depth++) {
      const name = names[depth - 1] ?? '';
      const spelled = wanted[depth - 1] ?? name;
      if (name.normalize('NFC') === spelled || fold(name) !== fold(spelled)) continue;
      const from = names.slice(0, depth).join('/');
      names[depth - 1] = spelled;
      const to = names.slice(0, depth).join('/');
      await this.#own.during([from, to], () => this.#rename(from, to, key));
    }
    return names.join('/');
  }

  async #rename(from: string, to: string, about: string): Promise<boolean> {
    try {
      await this.#renameOnce(from, to);
      return true;
    } catch (error) {
      if (fold(from) !== fold(to)) {
        if ((await this.#places.stat(to)) !== undefined) return false;
        throw toVaultError(error, about, 'write');
      }
    }
    // Some hosts take a name in other case for one that is taken: by way of a name that is not.
    const between = `${from}.twincloud-renamed`;
    try {
      await this.#renameOnce(from, between);
      await this.#renameOnce(between, to);
      return true;
    } catch (error) {
      throw toVaultError(error, about, 'write');
    }
  }

  async #renameOnce(from: string, to: string): Promise<void> {
    const node = this.#vault.getAbstractFileByPath(from);
    if (node === null) await this.#vault.adapter.rename(from, to);
    else await this.#vault.rename(node, to);
  }
}

function fold(name: string): string {
  return foldPath(name as VaultPath);
}
