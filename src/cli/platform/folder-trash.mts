import { mkdirSync, statSync } from 'node:fs';
import { numberedName, TRASH_FOLDER } from '../../engine/vault-layout.ts';
import { codeOf, newVaultError } from './folder-errors.mts';
import { moveToClaimed } from './place-file.mts';
import { look, sameVersion, type Sighting } from './plain-file.mts';

/** Ends the search for a free name. */
const MOST_OF_ONE_NAME = 100_000;

/** Makes the trash's folder for files that stood in `parent`; a folder whose name a file has gets the next number. */
export function makeTrashFolder(root: string, parent: string): string {
  const trash = `${root}/${TRASH_FOLDER}`;
  if (!makeFolder(trash) && !isFolderBehindLink(trash)) throw newVaultError('blocked', TRASH_FOLDER);
  let disk = trash;
  for (const name of parent.split('/')) {
    if (name !== '')
      disk = firstFree(name, (free) => (makeFolder(`${disk}/${free}`) ? `${disk}/${free}` : undefined));
  }
  return disk;
}

/**
 * Moves the file `from`, while it is the version `seen`, to the first free name of `name` in `folder`,
 * and says where that is; `undefined` when it was no longer that version.
 */
export function moveToTrash(from: string, folder: string, name: string, seen: Sighting): string | undefined {
  const found = firstFree(name, (free) => {
    const to = `${folder}/${free}`;
    if (look(to) !== undefined) return undefined;
    if (moveToClaimed(from, to, seen) === 'done') return { to };
    // Either the name was taken just now, or the file changed.
    const now = look(from);
    return now !== undefined && sameVersion(now, seen) ? undefined : { to: undefined };
  });
  return found.to;
}

function firstFree<T>(name: string, attempt: (free: string) => T | undefined): T {
  for (let number = 1; number <= MOST_OF_ONE_NAME; number++) {
    const result = attempt(numberedName(name, number));
    if (result !== undefined) return result;
  }
  throw newVaultError('blocked', `${TRASH_FOLDER}/${name}`);
}

function makeFolder(disk: string): boolean {
  try {
    mkdirSync(disk);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return look(disk)?.isDirectory() === true;
  }
}

function isFolderBehindLink(disk: string): boolean {
  return statSync(disk, { throwIfNoEntry: false })?.isDirectory() === true;
}
