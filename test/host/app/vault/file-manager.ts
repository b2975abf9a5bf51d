import type { TAbstractFile, TFile, TFolder } from './files.ts';
import type { Vault } from './vault.ts';
import { absent } from '../absent.ts';

/** The user's setting "Deleted files". */
export type TrashOption = 'system' | 'local' | 'none';

export class FileManager {
  trashOption: TrashOption = 'system';
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  trashFile(file: TAbstractFile): Promise<void> {
    if (this.trashOption === 'none') return this.#vault.delete(file);
    return this.#vault.trash(file, this.trashOption === 'system');
  }

  /** There is no index of links here, so none is rewritten. */
  renameFile(file: TAbstractFile, newPath: string): Promise<void> {
    return this.#vault.rename(file, newPath);
  }

  getNewFileParent(_sourcePath: string, _newFilePath?: string): TFolder {
    return this.#vault.getRoot();
  }

  promptForDeletion(_file: TAbstractFile): Promise<boolean> {
    return absent('FileManager.promptForDeletion');
  }

  generateMarkdownLink(_file: TFile, _sourcePath: string): string {
    return absent('FileManager.generateMarkdownLink');
  }

  processFrontMatter(_file: TFile): Promise<void> {
    return absent('FileManager.processFrontMatter');
  }

  getAvailablePathForAttachment(_filename: string): Promise<string> {
    return absent('FileManager.getAvailablePathForAttachment');
  }
}
