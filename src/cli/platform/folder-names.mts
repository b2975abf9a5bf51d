import { readdirSync, statSync, type Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { parseVaultPath, type VaultPath } from '../../core/model/vault-path.ts';
import type { ListingProblem, ListOptions } from '../../engine/ports.ts';
import { isOwnPath } from '../../engine/vault-layout.ts';
import { SIBLING_PREFIX } from './copy-file.mts';
import type { DiskPace } from './disk-pace.mts';

/** A folder to be read: its key (`''` or with `/` at the end) and where it is. */
export interface Folder {
  readonly key: string;
  readonly disk: string;
}

/** A file still to be looked at. */
export interface Candidate {
  readonly path: VaultPath;
  readonly disk: string;
}

/** A folder's names, each under its key or with the reason why it has none. */
export interface SortedNames {
  readonly files: readonly Candidate[];
  readonly folders: readonly Folder[];
  readonly problems: readonly ListingProblem[];
  /** Key's name to the disk's, where they differ. */
  readonly spellings: ReadonlyMap<string, string>;
  /** Whether the folder holds anything, excluded things too. */
  readonly occupied: boolean;
}

interface Names {
  readonly entries: readonly Dirent[];
  /** As far as they can be shown. */
  readonly undecodable: readonly string[];
}

/** macOS leaves `.note.md.icloud` for a `note.md` that is in iCloud only. */
const ICLOUD_PLACEHOLDER = /^\.(?<name>.+)\.icloud$/u;

/** ASCII that is not hidden: no other form, no placeholder of iCloud, none of our own files. */
const PLAIN = /^[\w -][\w .,;=!@#$%&()+'~`^{}[\]-]*$/u;

export async function readNames(
  folder: Folder,
  include: ListOptions['include'],
  pace: DiskPace,
): Promise<SortedNames> {
  return new NameSorter(folder, include).sort(await decodedNames(folder.disk, pace));
}

/** Node shows bytes that are not UTF-8 as U+FFFD: only where one comes up are the bytes themselves read. */
async function decodedNames(disk: string, pace: DiskPace): Promise<Names> {
  const entries = await pace.ask({
    now: () => readdirSync(disk, { withFileTypes: true }),
    later: () => readdir(disk, { withFileTypes: true }),
    names: (found) => found.length,
  });
  if (!entries.some((entry) => entry.name.includes('\uFFFD'))) return { entries, undecodable: [] };
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const valid = new Set<string>();
  const undecodable: string[] = [];
  for (const bytes of await readdir(disk, { encoding: 'buffer' })) {
    try {
      valid.add(decoder.decode(bytes));
    } catch {
      undecodable.push(bytes.toString('utf8'));
    }
  }
  return { entries: entries.filter((entry) => valid.has(entry.name)), undecodable };
}

type EntryKind = 'file' | 'folder' | 'link' | 'special';

function kindOf(entry: Dirent): EntryKind {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  return entry.isSymbolicLink() ? 'link' : 'special';
}

class NameSorter {
  readonly #folder: Folder;
  readonly #include: ListOptions['include'];
  readonly #files: Candidate[] = [];
  readonly #folders: Folder[] = [];
  readonly #problems: ListingProblem[] = [];
  readonly #spellings = new Map<string, string>();

  constructor(folder: Folder, include: ListOptions['include']) {
    this.#folder = folder;
    this.#include = include;
  }

  sort({ entries, undecodable }: Names): SortedNames {
    for (const name of undecodable) this.#illegal(name, 'is not valid UTF-8');
    if (entries.every((entry) => PLAIN.test(entry.name))) for (const entry of entries) this.#plain(entry);
    else this.#grouped(entries);
    return {
      files: this.#files,
      folders: this.#folders,
      problems: this.#problems,
      spellings: this.#spellings,
      occupied: entries.length > 0 || undecodable.length > 0,
    };
  }

  /** A name that is its own key and can have no twin among its like: what most names are. */
  #plain(entry: Dirent): void {
    const path = `${this.#folder.key}${entry.name}` as VaultPath;
    if (this.#folder.key !== '' || !isOwnPath(path)) this.#one(path, entry);
  }

  #grouped(entries: readonly Dirent[]): void {
    const groups = new Map<string, Dirent[]>();
    for (const entry of entries) {
      const name = entry.name.normalize('NFC');
      const group = groups.get(name);
      if (group === undefined) groups.set(name, [entry]);
      else group.push(entry);
    }
    for (const [name, group] of groups) {
      const hidden = name.startsWith('.') ? ICLOUD_PLACEHOLDER.exec(name)?.groups?.['name'] : undefined;
      if (name.startsWith(SIBLING_PREFIX)) continue;
      if (hidden !== undefined && !groups.has(hidden)) this.#placeholder(hidden);
      else this.#group(name, group);
    }
  }

  /** Names of one key. The one spelled as the key has it, else the first, stands for it. */
  #group(name: string, group: readonly Dirent[]): void {
    // The folder's key is known to be good, and a slash joins with nothing.
    const path = parseVaultPath(name) === undefined ? undefined : (`${this.#folder.key}${name}` as VaultPath);
    if (path === undefined) {
      for (const entry of group) this.#illegal(entry.name, 'can be no name of a note');
      return;
    }
    if (isOwnPath(path)) return;
    const [keeper, ...twins] = inKeepingOrder(name, group);
    if (keeper === undefined) return;
    const keeperKind = kindOf(keeper);
    const twinFolders = keeperKind === 'folder' && twins.some((twin) => kindOf(twin) === 'folder');
    if (!twinFolders) this.#one(path, keeper);
    for (const twin of twins) {
      const isTwinFolder = kindOf(twin) === 'folder';
      const asked = isTwinFolder ? folderKey(path) : path;
      if (!this.#include(asked)) continue;
      // What stood on the key may be the twin's: it is unknown, unless a file stands for the same key.
      const standsOn = keeperKind === 'file' && !isTwinFolder ? {} : { path: asked };
      this.#problem(
        twin.name,
        'twin',
        'looks the same as another name in its folder and differs only in its Unicode form; rename one of the two',
        standsOn,
      );
    }
  }

  #one(path: VaultPath, entry: Dirent): void {
    const name = path.slice(this.#folder.key.length);
    if (name !== entry.name) this.#spellings.set(name, entry.name);
    const disk = `${this.#folder.disk}/${entry.name}`;
    switch (kindOf(entry)) {
      case 'file':
        if (this.#include(path)) this.#files.push({ path, disk });
        return;
      case 'folder':
        if (this.#include(folderKey(path))) this.#folders.push({ key: folderKey(path), disk });
        return;
      case 'link':
        for (const covered of linkKeys(path, disk)) {
          if (this.#include(covered)) this.#special(entry.name, covered, 'is a link');
        }
        return;
      case 'special':
        if (this.#include(path)) this.#special(entry.name, path, 'is neither a file nor a folder');
    }
  }

  #special(name: string, path: VaultPath, what: string): void {
    this.#problem(
      name,
      'special-file',
      `${what} and is left alone; put the file or folder itself there to sync it`,
      { path },
    );
  }

  #placeholder(name: string): void {
    const path = parseVaultPath(`${this.#folder.key}${name}`);
    if (path === undefined || !this.#include(path)) return;
    this.#problem(name, 'placeholder', 'is in iCloud and not on this disk; download it to sync it', { path });
  }

  #illegal(name: string, what: string): void {
    this.#problem(name, 'illegal-name', `${what}; rename it to sync it`, {});
  }

  #problem(
    name: string,
    reason: ListingProblem['reason'],
    sentence: string,
    standsOn: { readonly path?: VaultPath },
  ): void {
    const shown = `${this.#folder.key}${name}`;
    this.#problems.push({ name: shown, reason, message: `“${shown}” ${sentence}.`, ...standsOn });
  }
}

function inKeepingOrder(name: string, group: readonly Dirent[]): readonly Dirent[] {
  if (group.length === 1) return group;
  const rank = (entry: Dirent): string => (entry.name === name ? '' : entry.name);
  return [...group].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/** The keys that a link hides: where it leads nowhere, both what a file and what a folder would have. */
function linkKeys(path: VaultPath, disk: string): readonly VaultPath[] {
  try {
    return [statSync(disk).isDirectory() ? folderKey(path) : path];
  } catch {
    return [path, folderKey(path)];
  }
}

function folderKey(path: VaultPath): VaultPath {
  return `${path}/` as VaultPath;
}
