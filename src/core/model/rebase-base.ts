import type { RemoteTree } from './entry.ts';
import type { ContentHash } from './ids.ts';
import { isLive } from './tree.ts';
import type { VaultPath } from './vault-path.ts';

interface Trees {
  /** What both last agreed on, by path. */
  readonly base: ReadonlyMap<VaultPath, ContentHash>;
  /** Of the commit that this device saw last. */
  readonly observed: RemoteTree;
  /** Of an older commit, which that one descends from. */
  readonly common: RemoteTree;
}

/**
 * The base as if this device had last seen the older commit, and had since done by hand what the later ones
 * brought. Where it cannot be said that what lies here is later than the older commit's, the base is empty:
 * nothing is replaced or deleted for it then.
 */
export function baseOnOlder({ base, observed, common }: Trees): ReadonlyMap<VaultPath, ContentHash> {
  const moved = new Map<VaultPath, ContentHash>();
  for (const entry of common.values()) {
    if (!isLive(entry)) continue;
    const agreed = base.get(entry.path);
    const seen = observed.get(entry.path);
    const isDeletedSince = agreed === undefined && seen !== undefined && !isLive(seen);
    const isUpToDate = agreed !== undefined && seen !== undefined && isLive(seen) && seen.hash === agreed;
    if (agreed === entry.hash || isUpToDate || isDeletedSince) moved.set(entry.path, entry.hash);
  }
  return moved;
}
