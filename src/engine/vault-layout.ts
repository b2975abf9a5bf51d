import { isFolder, type VaultPath } from '../core/model/vault-path.ts';
import { VaultError } from './ports.ts';

/** Where replaced-by-nothing files go, as Obsidian's own setting "Move to Obsidian trash" does. */
export const TRASH_FOLDER = '.trash';

/** Where bytes wait until they may take their place. */
export const STAGING_FOLDER = '.twincloud-staging';

const OWN_FOLDERS: ReadonlySet<string> = new Set([TRASH_FOLDER, STAGING_FOLDER]);

/** Whether the path lies in a folder that the vault keeps for itself; any case, as some systems ignore it. */
export function isOwnPath(path: VaultPath): boolean {
  const end = path.indexOf('/');
  return OWN_FOLDERS.has((end < 0 ? path : path.slice(0, end)).toLowerCase());
}

/** Throws unless the path is that of a file outside of the vault's own folders. */
export function requireFilePath(path: VaultPath): void {
  if (isFolder(path)) throw new VaultError('unexpected', path, 'this is the path of a folder, not of a file');
  requireForeign(path);
}

/** Throws unless the path is that of a folder outside of the vault's own folders. */
export function requireFolderPath(path: VaultPath): void {
  if (!isFolder(path))
    throw new VaultError('unexpected', path, 'this is the path of a file, not of a folder');
  requireForeign(path);
}

function requireForeign(path: VaultPath): void {
  if (isOwnPath(path)) throw new VaultError('illegal-name', path, 'Twincloud keeps this folder for itself');
}

/** `note.md` → `note 2.md`: the name to try when the first `number - 1` are taken. */
export function numberedName(name: string, number: number): string {
  if (number === 1) return name;
  const dot = name.lastIndexOf('.');
  const stemEnd = dot > 0 ? dot : name.length;
  return `${name.slice(0, stemEnd)} ${String(number)}${name.slice(stemEnd)}`;
}
