import { TFile, TFolder, type DataAdapter, type TAbstractFile, type Vault as AppVault } from 'obsidian';
import { parseVaultPath, type VaultPath } from '../../../core/model/vault-path.ts';
import {
  VaultError,
  type ListingProblem,
  type ListOptions,
  type VaultFile,
  type VaultListing,
} from '../../../engine/ports.ts';
import { isOwnPath } from '../../../engine/vault-layout.ts';
import { toVaultError, vaultError } from './host-errors.ts';

export interface ListingOptions {
  readonly vault: AppVault;
  /** Names that begin with a dot are not in the app's tree: the disk is asked for them. */
  readonly dotFolders: boolean;
}

interface Found {
  readonly files: VaultFile[];
  readonly emptyFolders: VaultPath[];
  readonly problems: ListingProblem[];
}

/** One walk over the app's tree, and over the disk for what is not in it. */
export class Listing {
  readonly #vault: AppVault;
  readonly #adapter: DataAdapter;
  readonly #dotFolders: boolean;
  readonly #include: ListOptions['include'];
  readonly #signal: AbortSignal | undefined;
  readonly #found: Found = { files: [], emptyFolders: [], problems: [] };

  constructor({ vault, dotFolders }: ListingOptions, { include, signal }: ListOptions) {
    this.#vault = vault;
    this.#adapter = vault.adapter;
    this.#dotFolders = dotFolders;
    this.#include = include;
    this.#signal = signal;
  }

  async run(): Promise<VaultListing> {
    this.#checkSignal();
    await this.#requireDisk();
    await this.#folder(this.#vault.getRoot(), '');
    return this.#found;
  }

  /** The tree is in the app's memory, and stays there when the disk goes. */
  async #requireDisk(): Promise<void> {
    const names = await this.#names('/').catch((error: unknown) => {
      throw vaultError('unreadable', '', error);
    });
    if (names.length === 0 && this.#vault.getRoot().children.length > 0) throw vaultError('unreadable', '');
  }

  /** `prefix`: the folder's key with its slash; `''` for the vault. */
  async #folder(folder: TFolder, prefix: string): Promise<void> {
    this.#checkSignal();
    const taken = new Map<string, TAbstractFile>();
    for (const child of inKeyOrder(folder.children)) {
      const key = child.name.normalize('NFC');
      if (taken.has(key)) this.#twin(child, prefix);
      else {
        taken.set(key, child);
        await this.#child(child, prefix);
      }
    }
    if (this.#dotFolders) await this.#hidden(folder.isRoot() ? '/' : folder.path, prefix);
    else if (folder.children.length === 0 && prefix !== '') await this.#childless(folder.path, prefix);
  }

  async #child(child: TAbstractFile, prefix: string): Promise<void> {
    const slash = child instanceof TFolder ? '/' : '';
    const path = this.#wanted(`${prefix}${child.name}${slash}`);
    if (path === undefined) return;
    if (child instanceof TFolder) await this.#folder(child, path);
    else if (child instanceof TFile) this.#found.files.push(fileOf(path, child.stat));
  }

  /** What the tree does not show: names with a dot, and all below them. */
  async #hidden(hostFolder: string, prefix: string): Promise<void> {
    const names = await this.#tried(prefix, () => this.#names(hostFolder));
    if (names === undefined) return;
    if (names.length === 0 && prefix !== '') this.#found.emptyFolders.push(prefix as VaultPath);
    const isShown = !prefix.startsWith('.') && !prefix.includes('/.');
    for (const { name, isFolder } of names) {
      if (isShown && !name.startsWith('.')) continue;
      const hostPath = hostFolder === '/' ? name : `${hostFolder}/${name}`;
      const path = this.#wanted(`${prefix}${name}${isFolder ? '/' : ''}`);
      if (path === undefined) continue;
      if (isFolder) await this.#hidden(hostPath, path);
      else {
        const stat = await this.#tried(path, () => this.#adapter.stat(hostPath));
        if (stat !== undefined && stat !== null) this.#found.files.push(fileOf(path, stat));
      }
    }
  }

  /** No child in the tree: it may still hold what the tree does not show. */
  async #childless(hostFolder: string, prefix: string): Promise<void> {
    const names = await this.#tried(prefix, () => this.#names(hostFolder));
    if (names?.length === 0) this.#found.emptyFolders.push(prefix as VaultPath);
  }

  async #names(
    hostFolder: string,
  ): Promise<readonly { readonly name: string; readonly isFolder: boolean }[]> {
    const { files, folders } = await this.#adapter.list(hostFolder);
    const named = (path: string, isFolder: boolean): { name: string; isFolder: boolean } => ({
      name: path.slice(path.lastIndexOf('/') + 1),
      isFolder,
    });
    return [...files.map((path) => named(path, false)), ...folders.map((path) => named(path, true))];
  }

  /** What cannot be looked at is a problem on its key, never absent. */
  async #tried<T>(key: string, look: () => Promise<T>): Promise<T | undefined> {
    try {
      return await look();
    } catch (error) {
      const { message } = toVaultError(error, key, 'read');
      this.#found.problems.push({
        name: key,
        ...(key === '' ? {} : { path: key as VaultPath }),
        reason: 'unreadable',
        message,
      });
      return undefined;
    }
  }

  /** The key where it is to be listed. */
  #wanted(raw: string): VaultPath | undefined {
    const path = parseVaultPath(raw);
    if (path === undefined) {
      const message = `${raw}: this name is no valid text; rename it.`;
      this.#found.problems.push({ name: raw, reason: 'illegal-name', message });
      return undefined;
    }
    const isConfig = `${path.toLowerCase()}/`.startsWith(`${this.#vault.configDir.toLowerCase()}/`);
    return isConfig || isOwnPath(path) || !this.#include(path) ? undefined : path;
  }

  #twin(child: TAbstractFile, prefix: string): void {
    const name = `${prefix}${child.name}`;
    const message = `${name}: another file of this folder has the same name in another Unicode form; rename one of them.`;
    this.#found.problems.push({ name, reason: 'twin', message });
  }

  #checkSignal(): void {
    if (this.#signal?.aborted !== true) return;
    throw new VaultError('unexpected', '', 'the listing was stopped', this.#signal.reason);
  }
}

/** Of twins the one that is spelled as the key comes first. */
function inKeyOrder(children: readonly TAbstractFile[]): readonly TAbstractFile[] {
  const exact = children.filter(({ name }) => name === name.normalize('NFC'));
  return exact.length === children.length
    ? children
    : [...exact, ...children.filter(({ name }) => name !== name.normalize('NFC'))];
}

export function fileOf(path: VaultPath, stat: { readonly mtime: number; readonly size: number }): VaultFile {
  return { path, sizeBytes: stat.size, mtimeMs: Math.floor(stat.mtime) };
}
