import { folderOf, type VaultPath } from '../../src/core/model/vault-path.ts';
import type { Author } from './author.ts';
import type { Device } from './device.ts';
import type { FileMap } from './ports/host.ts';
import type { Prng } from './prng.ts';
import type { Deed } from './user-deeds.ts';

interface Person {
  readonly device: Device;
  readonly rng: Prng;
  readonly author: Author;
  /** All that ever stood in the vault, by hash. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
}

/** Moves, copies and removes files and folders. */
export function rearrange(
  deed: Deed,
  any: VaultPath,
  files: FileMap,
  { device, rng, author, contents }: Person,
): void {
  const { vault } = device;
  const folder = folderOf(any);
  switch (deed) {
    case 'truncate':
      vault.userWrite(any, '');
      return;
    case 'revert': {
      const older = [...device.hadAt(any)]
        .map((hash) => contents.get(hash))
        .filter((bytes) => bytes !== undefined);
      if (older.length > 0) vault.userWrite(any, rng.pick(older));
      return;
    }
    case 'duplicate':
      vault.userWrite(author.newName(), files.get(any) ?? '');
      return;
    case 'touch':
      vault.userWrite(any, files.get(any) ?? '');
      return;
    case 'delete':
      if (files.size > 2) vault.userDelete(any);
      return;
    case 'delete-folder':
      if (folder !== '' && [...files.keys()].some((path) => !path.startsWith(folder)))
        vault.userDelete(folder);
      return;
    case 'delete-many': {
      const doomed = [...files.keys()].filter(() => rng.chance(0.7));
      for (const path of doomed.slice(0, files.size - 2)) vault.userDelete(path);
      return;
    }
    case 'delete-some':
      // A few more than the guard lets pass.
      for (const path of [...files.keys()].slice(0, Math.min(files.size - 2, 6 + rng.below(3))))
        vault.userDelete(path);
      return;
    case 'rename':
      vault.userRename(any, author.freeName(files));
      return;
    case 'rename-case':
      vault.userRename(
        any,
        rng.chance(0.3) && folder !== '' ? swapCase(any) : folder + swapCase(any.slice(folder.length)),
      );
      return;
    case 'rename-folder':
      if (folder !== '') vault.userRename(folder.slice(0, -1), `dir${String(rng.below(4))}`);
      return;
    case 'swap': {
      const other = rng.pick([...files.keys()]);
      if (other === any) return;
      vault.userRename(any, 'swapping.tmp');
      vault.userRename(other, any);
      vault.userRename('swapping.tmp', other);
      return;
    }
    case 'make-folder':
      vault.userMkdir(rng.pick(['empty', 'work/new', 'daily/old', 'dir1']));
      return;
    case 'remove-folder': {
      const empty = rng.pick(['empty', 'work/new', 'daily/old', 'dir1']);
      if (![...files.keys()].some((path) => path.startsWith(`${empty}/`)) && !files.has(empty as VaultPath))
        vault.userDelete(empty);
      return;
    }
    case 'file-over-folder':
      if (folder !== '' && files.size > 3) {
        vault.userDelete(folder);
        vault.userWrite(folder.slice(0, -1), author.text(1));
      }
      return;
    default:
  }
}

function swapCase(name: string): string {
  const first = name.slice(0, 1);
  return (first === first.toLowerCase() ? first.toUpperCase() : first.toLowerCase()) + name.slice(1);
}
