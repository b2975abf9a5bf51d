import type { Entry, FileEntry } from '../model/entry.ts';
import type { ContentHash } from '../model/ids.ts';
import type { VaultPath } from '../model/vault-path.ts';
import type { Action, PlanInput } from './plan.ts';

/** A path on all three sides. */
export interface Cell {
  readonly path: VaultPath;
  readonly local: ContentHash | undefined;
  readonly base: ContentHash | undefined;
  /** Live, tombstone, or nothing at all (row ∅ʳ). */
  readonly remote: Entry | undefined;
  /** `remote` if it is live. */
  readonly live: FileEntry | undefined;
}

/** What the plan does about one path. */
export type Step = Action | { readonly kind: 'notice'; readonly path: VaultPath; readonly reason: string };

export function cellAt(path: VaultPath, sides: Sides): Cell {
  const remote = sides.remote.get(path);
  return {
    path,
    local: sides.local.files.get(path)?.hash,
    base: sides.base.get(path)?.hash,
    remote,
    live: remote === undefined || remote.deleted === true ? undefined : remote,
  };
}

/** What a path is on each side. */
export type Sides = Pick<PlanInput, 'local' | 'base' | 'remote'>;

/**
 * The paths that are not in row 1, of the `candidates` where they are given. Looks each path up and
 * makes nothing for those that agree: most plans are of a large vault in which little changed.
 */
export function openPaths(sides: Sides, candidates?: Iterable<VaultPath>): VaultPath[] {
  const open: VaultPath[] = [];
  if (candidates !== undefined) {
    for (const path of candidates) if (isOpen(path, sides)) open.push(path);
    return open;
  }
  const { local, base, remote } = sides;
  for (const path of local.files.keys()) if (isOpen(path, sides)) open.push(path);
  for (const path of remote.keys()) if (!local.files.has(path) && isOpen(path, sides)) open.push(path);
  for (const path of base.keys()) if (!local.files.has(path) && !remote.has(path)) open.push(path);
  return open;
}

function isOpen(path: VaultPath, { local, base, remote }: Sides): boolean {
  const here = local.files.get(path);
  const entry = remote.get(path);
  const isLive = entry !== undefined && entry.deleted !== true;
  if (here === undefined) return isLive || base.has(path);
  return !isLive || entry.hash !== here.hash || base.get(path)?.hash !== here.hash;
}
