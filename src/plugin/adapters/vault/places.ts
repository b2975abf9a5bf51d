import {
  TFolder,
  type DataAdapter,
  type Stat,
  type TAbstractFile,
  type TFile,
  type Vault as AppVault,
} from 'obsidian';
import { foldPath, type VaultPath } from '../../../core/model/vault-path.ts';
import { toVaultError, vaultError } from './host-errors.ts';

/** What is at a key. */
export interface Place {
  /** As the host spells it, or would. */
  readonly path: string;
  /** From the disk, not from the app's memory. */
  readonly stat: Stat | undefined;
  /** The app's object; hidden files have none, nor those that the app has not noticed yet. */
  readonly node: TAbstractFile | undefined;
}

/** Finds what stands at a key, whatever Unicode form or case the host has its name in. */
export class Places {
  readonly #vault: AppVault;
  readonly #adapter: DataAdapter;
  /** Folders that are being made, by path. */
  readonly #making = new Map<string, Promise<void>>();

  constructor(vault: AppVault) {
    this.#vault = vault;
    this.#adapter = vault.adapter;
  }

  /** Rejects with a `VaultError`. */
  async at(key: string): Promise<Place> {
    const path = key.endsWith('/') ? key.slice(0, -1) : key;
    const node = this.#node(path);
    if (node !== undefined) return { path: node.path, stat: await this.stat(node.path), node };
    const stat = await this.stat(path);
    if (stat === undefined) return { path, stat, node: undefined };
    // On the disk, but not in the app's tree under this name: hidden, not noticed yet, or spelled in other case.
    const folded = this.#walk(path, (name) => foldPath(name as VaultPath));
    return { path: folded?.path ?? path, stat, node: folded };
  }

  async file(
    key: string,
  ): Promise<{ readonly path: string; readonly stat: Stat; readonly node: TAbstractFile | undefined }> {
    const { path, stat, node } = await this.at(key);
    if (stat?.type !== 'file') throw vaultError('not-found', key);
    return { path, stat, node };
  }

  async stat(path: string): Promise<Stat | undefined> {
    try {
      return (await this.#adapter.stat(path)) ?? undefined;
    } catch (error) {
      const translated = toVaultError(error, path, 'read');
      if (translated.kind === 'not-found') return undefined;
      throw translated;
    }
  }

  /** The host's path for a file to be made at the key, in folders that are there or made now. `blocked` where a file is in the way. */
  async pathWithFolders(key: string): Promise<string> {
    const names = key.split('/');
    const last = names.pop() ?? '';
    let folder = '';
    let sought = '';
    for (const name of names) {
      sought = sought === '' ? name : `${sought}/${name}`;
      folder = await this.#folder(sought, folder === '' ? name : `${folder}/${name}`, key);
    }
    return folder === '' ? last : `${folder}/${last}`;
  }

  async #folder(key: string, wanted: string, about: string): Promise<string> {
    // The app's word is good enough for a folder: a write into one that is gone fails.
    const known = this.#node(key);
    if (known instanceof TFolder) return known.path;
    const found = await this.at(key);
    if (found.stat?.type === 'folder') return found.path;
    if (found.stat !== undefined) throw vaultError('blocked', about);
    // Many files of one sync may be the first in their folder.
    const making = this.#making.get(wanted) ?? this.#make(wanted, about);
    this.#making.set(wanted, making);
    try {
      await making;
    } finally {
      this.#making.delete(wanted);
    }
    return wanted;
  }

  async #make(folder: string, about: string): Promise<void> {
    await this.requireVault(about);
    try {
      await this.#adapter.mkdir(folder);
    } catch (error) {
      // Another program may have made it meanwhile.
      if ((await this.stat(folder))?.type !== 'folder') throw toVaultError(error, about, 'write');
    }
  }

  /** Making a folder in a vault that is gone (its disk was taken away) would make a vault anew. */
  async requireVault(about: string): Promise<void> {
    try {
      await this.#adapter.list('/');
    } catch (error) {
      throw vaultError('unreadable', about, error);
    }
  }

  #node(path: string): TAbstractFile | undefined {
    return this.#vault.getAbstractFileByPath(path) ?? this.#walk(path, inNfc);
  }

  #walk(path: string, form: (name: string) => string): TAbstractFile | undefined {
    let node: TAbstractFile = this.#vault.getRoot();
    for (const name of path.split('/')) {
      if (!(node instanceof TFolder)) return undefined;
      const sought = form(name);
      const { children }: TFolder = node;
      const next =
        children.find((child) => child.name === name) ??
        children.find((child) => form(child.name) === sought);
      if (next === undefined) return undefined;
      node = next;
    }
    return node;
  }
}

/** What has ASCII alone is in NFC already; told without `normalize`, which is slow for folders of thousands. */
function inNfc(name: string): string {
  return /^\p{ASCII}*$/u.test(name) ? name : name.normalize('NFC');
}

export function isFile(node: TAbstractFile | undefined): node is TFile {
  return node !== undefined && !(node instanceof TFolder);
}

export function sameStat(a: Stat | undefined, b: Stat | undefined): boolean {
  return a?.type === b?.type && a?.size === b?.size && a?.mtime === b?.mtime;
}
