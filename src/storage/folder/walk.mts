import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { compareKeys, keyProblem } from '../key.ts';
import { unlessAbsent } from './files.mts';
import { decodeKey, isReservedName } from './names.mts';

/** A file that may be an object; `stats` is read when its turn comes. */
export interface FoundFile {
  readonly key: string;
  readonly path: string;
}

export interface WalkRange {
  readonly prefix: string;
  /** Only keys after it. */
  readonly after: string | undefined;
}

/** Whether a key can be asked for. */
export function inRange(key: string, range: WalkRange): boolean {
  return key.startsWith(range.prefix) && (range.after === undefined || compareKeys(key, range.after) > 0);
}

function folderInRange(folder: string, range: WalkRange): boolean {
  const { prefix, after } = range;
  if (!folder.startsWith(prefix) && !prefix.startsWith(folder)) return false;
  return after === undefined || after.startsWith(folder) || compareKeys(folder, after) > 0;
}

/** The plain files below the root in the order of their keys, folder by folder as they are asked for. */
export async function* walkPlain(root: string, range: WalkRange, below = ''): AsyncGenerator<FoundFile> {
  const folder = path.join(root, below);
  const entries = await readFolder(folder);
  const named = entries
    .filter((entry) => below !== '' || !isReservedName(entry.name))
    .map((entry) => ({ entry, key: below + entry.name + (entry.isDirectory() ? '/' : '') }))
    .sort((a, b) => compareKeys(a.key, b.key));
  for (const { entry, key } of named) {
    if (entry.isDirectory()) {
      if (folderInRange(key, range)) yield* walkPlain(root, range, key);
    } else if (!entry.isSymbolicLink() && inRange(key, range) && keyProblem(key) === undefined) {
      yield { key, path: path.join(folder, entry.name) };
    }
  }
}

/** What lies under codes, with the keys that they stand for; few, so all at once. `=` ends a code. */
export async function codedKeys(folder: string, pieces: readonly string[] = []): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  for (const entry of await readFolder(folder)) {
    const next = [...pieces, entry.name.slice(0, -1)];
    const at = path.join(folder, entry.name);
    if (entry.name.endsWith('+') && entry.isDirectory()) found.push(...(await codedKeys(at, next)));
    const key = entry.name.endsWith('=') ? decodeKey(next) : undefined;
    if (key !== undefined) found.push({ key, path: at });
  }
  return found;
}

/** Empty where the folder is gone: somebody may remove it while it is walked. */
async function readFolder(folder: string): Promise<Dirent[]> {
  return (await unlessAbsent(readdir(folder, { withFileTypes: true }))) ?? [];
}
