import { EMPTY_HASH } from '../model/ids.ts';
import { isFolder, type VaultPath } from '../model/vault-path.ts';
import type { Cell } from './cell.ts';
import type { Draft } from './draft.ts';
import type { Survey } from './survey.ts';

/**
 * Empty folders whose names differ only in case are one folder: it has nothing that could be lost, and
 * the parents' spelling on a disk that ignores case is not its own to change. Where the device has the
 * committed folder in another spelling, that one stands for it. Returns what the rows must not look at.
 */
export function planRespelledFolders(
  cells: readonly Cell[],
  survey: Survey,
  draft: Draft,
): ReadonlySet<VaultPath> {
  const settled = new Set<VaultPath>();
  for (const { path, local, base, live } of cells) {
    if (!isFolder(path) || local !== undefined) continue;
    const here = survey.localTwins(path).find((twin) => isOnlyHere(survey.cell(twin)) && !settled.has(twin));
    if (here === undefined) continue;
    if (live !== undefined) {
      settled.add(path).add(here);
      const reason = 'vault and cloud have the folder';
      if (base === undefined) draft.set({ kind: 'adopt-base', path, hash: EMPTY_HASH, reason });
    } else if (base !== undefined) {
      // Both sides had it and the cloud dropped it.
      settled.add(here);
      draft.set({ kind: 'trash', path: here, expected: EMPTY_HASH, reason: 'deleted elsewhere' });
    }
  }
  return settled;
}

function isOnlyHere({ path, local, base, live }: Cell): boolean {
  return isFolder(path) && local !== undefined && base === undefined && live === undefined;
}
