import type { FileStats, Vault } from 'obsidian';

// These have the members that the typings name and no others, so that the types of the real app fit.

export abstract class TAbstractFile {
  vault: Vault;
  path = '';
  name = '';
  parent: TFolder | null = null;

  constructor(vault: Vault) {
    this.vault = vault;
  }
}

export class TFile extends TAbstractFile {
  stat: FileStats = { ctime: 0, mtime: 0, size: 0 };
  basename = '';
  extension = '';
}

export class TFolder extends TAbstractFile {
  children: TAbstractFile[] = [];

  isRoot(): boolean {
    return this.path === '/';
  }
}

export function placeAt<T extends TAbstractFile>(file: T, path: string): T {
  file.path = path;
  file.name = path.slice(path.lastIndexOf('/') + 1);
  if (file instanceof TFile) {
    const dot = file.name.lastIndexOf('.');
    file.basename = dot > 0 ? file.name.slice(0, dot) : file.name;
    file.extension = dot > 0 ? file.name.slice(dot + 1).toLowerCase() : '';
  }
  return file;
}
