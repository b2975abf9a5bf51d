import { mkdirSync } from 'node:fs';
import type { VaultPath } from '../../core/model/vault-path.ts';
import { codeOf, newVaultError } from './folder-errors.mts';
import type { FolderSync } from './folder-sync.mts';
import { look } from './plain-file.mts';
import type { Spellings } from './spellings.mts';

/** The folders above a path: real ones all the way, so that nothing is written through a link out of the vault. */
export class ParentFolders {
  readonly #root: string;
  readonly #spellings: Spellings;
  readonly #sync: FolderSync | undefined;
  /** Keys seen to be folders since the last `forget`. */
  readonly #present = new Set<string>();

  constructor(root: string, spellings: Spellings, sync: FolderSync | undefined) {
    this.#root = root;
    this.#spellings = spellings;
    this.#sync = sync;
  }

  forget(): void {
    this.#present.clear();
  }

  /** Whether the folder (`''` or with `/` at the end) is there, made if wanted. Rejects with `blocked` on anything else in its place. */
  async find(folder: VaultPath | '', wanted: 'make' | 'look'): Promise<'present' | 'absent'> {
    if (folder === '' || this.#present.has(folder)) return 'present';
    const parent = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1) as VaultPath | '';
    if ((await this.find(parent, wanted)) === 'absent') return 'absent';
    const disk = await this.#spellings.resolve(folder);
    const there = look(disk);
    if (there === undefined && wanted === 'look') return 'absent';
    if (there === undefined) await this.#make(disk, folder);
    else if (!there.isDirectory()) throw newVaultError('blocked', folder);
    this.#present.add(folder);
    return 'present';
  }

  async #make(disk: string, folder: string): Promise<void> {
    try {
      mkdirSync(disk);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      if (look(disk)?.isDirectory() !== true) throw newVaultError('blocked', folder, error);
    }
    await this.#sync?.sync(disk.slice(0, disk.lastIndexOf('/')) || this.#root);
  }
}
