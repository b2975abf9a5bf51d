import { readdir } from 'node:fs/promises';
import type { VaultPath } from '../../core/model/vault-path.ts';
import { look } from './plain-file.mts';

/** Of a folder (`''` or a key that ends in `/`): names as keys have them to names as the disk has them, where they differ. */
export type SpellingsByFolder = Map<string, Map<string, string>>;

const ASCII = /^\p{ASCII}*$/u;

/**
 * Where on disk a key lies. Keys are NFC; macOS and archives made there spell names NFD, and on
 * Linux those are other names. A listing tells all spellings; before one, folders are looked into.
 */
export class Spellings {
  readonly #root: string;
  #byFolder: SpellingsByFolder = new Map();
  #complete = false;

  constructor(root: string) {
    this.#root = root;
  }

  /** Takes over what a complete listing found. */
  replace(byFolder: SpellingsByFolder): void {
    this.#byFolder = byFolder;
    this.#complete = true;
  }

  /** The path on disk, whether or not something is there. */
  async resolve(path: VaultPath | ''): Promise<string> {
    const plain = this.#complete ? this.#byFolder.size === 0 : ASCII.test(path);
    if (plain) return `${this.#root}/${path.endsWith('/') ? path.slice(0, -1) : path}`;
    let disk = this.#root;
    let folder = '';
    for (const name of path.split('/')) {
      if (name === '') continue;
      disk = `${disk}/${await this.#spell(folder, disk, name)}`;
      folder += `${name}/`;
    }
    return disk;
  }

  async #spell(folder: string, disk: string, name: string): Promise<string> {
    let names = this.#byFolder.get(folder);
    if (names === undefined && !this.#complete && !ASCII.test(name)) {
      names = await differingNames(disk);
      this.#byFolder.set(folder, names);
    }
    const spelled = names?.get(name);
    if (spelled === undefined) return name;
    if (look(`${disk}/${spelled}`) !== undefined) return spelled;
    names?.delete(name);
    return name;
  }
}

async function differingNames(disk: string): Promise<Map<string, string>> {
  if (look(disk)?.isDirectory() !== true) return new Map();
  const names = await readdir(disk);
  const present = new Set(names);
  const differing = names
    .map((name) => [name.normalize('NFC'), name] as const)
    .filter(([key, name]) => key !== name && !present.has(key));
  return new Map(differing);
}
