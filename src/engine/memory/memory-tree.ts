import { foldPath, type VaultPath } from '../../core/model/vault-path.ts';
import type { ContentHash } from '../../core/model/ids.ts';

export interface MemoryFile {
  readonly kind: 'file';
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly mtimeMs: number;
  /** Filled when first asked for. */
  hash?: ContentHash;
}

export interface MemoryFolder {
  readonly kind: 'folder';
  readonly name: string;
  /** By name, folded where the tree ignores case. */
  readonly children: Map<string, MemoryNode>;
}

/** Something that is neither file nor folder: a link, a socket. */
export interface MemorySpecial {
  readonly kind: 'special';
  readonly name: string;
  readonly toFolder: boolean;
}

export type MemoryNode = MemoryFile | MemoryFolder | MemorySpecial;

/** A directory tree with the habits of a disk: folders stay when their last file goes. */
export class MemoryTree {
  readonly ignoresCase: boolean;
  /** Counts every change of a file. */
  version = 0;
  readonly root: MemoryFolder = { kind: 'folder', name: '', children: new Map() };

  constructor(ignoresCase: boolean) {
    this.ignoresCase = ignoresCase;
  }

  find(path: string): MemoryNode | undefined {
    let node: MemoryNode | undefined = this.root;
    for (const name of segments(path)) {
      if (node?.kind !== 'folder') return undefined;
      node = node.children.get(this.#slot(name));
    }
    return node;
  }

  /** The folder, made with all above it; `undefined` when something else stands in the way. */
  makeFolder(path: string): MemoryFolder | undefined {
    let folder = this.root;
    for (const name of segments(path)) {
      const next: MemoryNode = folder.children.get(this.#slot(name)) ?? {
        kind: 'folder',
        name,
        children: new Map(),
      };
      if (next.kind !== 'folder') return undefined;
      folder.children.set(this.#slot(name), next);
      folder = next;
    }
    return folder;
  }

  /** Puts the node into the folder in place of whatever has its name. */
  put(folder: MemoryFolder, node: MemoryNode): void {
    this.version += 1;
    folder.children.set(this.#slot(node.name), node);
  }

  /** What has this name in the folder. */
  child(folder: MemoryFolder, name: string): MemoryNode | undefined {
    return folder.children.get(this.#slot(name));
  }

  remove(path: string): void {
    this.version += 1;
    const parent = this.find(parentOf(path));
    if (parent?.kind === 'folder') parent.children.delete(this.#slot(nameOf(path)));
  }

  /** Gives the folders on the way the spelling of `path`. */
  respell(path: string): void {
    this.version += 1;
    let folder = this.root;
    for (const name of segments(path)) {
      const next = folder.children.get(this.#slot(name));
      if (next?.kind !== 'folder') return;
      const spelled: MemoryFolder = { ...next, name };
      folder.children.set(this.#slot(name), spelled);
      folder = spelled;
    }
  }

  #slot(name: string): string {
    return this.ignoresCase ? foldPath(name as VaultPath) : name;
  }
}

/** Without the last segment; `''` for the root. */
export function parentOf(path: string): string {
  return segments(path).slice(0, -1).join('/');
}

export function nameOf(path: string): string {
  return segments(path).at(-1) ?? '';
}

function segments(path: string): string[] {
  return path.split('/').filter((name) => name !== '');
}
