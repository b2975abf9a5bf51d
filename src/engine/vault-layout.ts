import type { VaultPath } from '../core/model/vault-path.ts';

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

/** `note.md` → `note 2.md`: the name to try when the first `number - 1` are taken. */
export function numberedName(name: string, number: number): string {
  if (number === 1) return name;
  const dot = name.lastIndexOf('.');
  const stemEnd = dot > 0 ? dot : name.length;
  return `${name.slice(0, stemEnd)} ${String(number)}${name.slice(stemEnd)}`;
}
