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

export function cellAt(path: VaultPath, sides: PlanInput): Cell {
  const remote = sides.remote.get(path);
  return {
    path,
    local: sides.local.files.get(path)?.hash,
    base: sides.base.get(path),
    remote,
    live: remote === undefined || remote.deleted === true ? undefined : remote,
  };
}

/**
 * The paths that are not in row 1. Looks each path up and makes nothing for those that agree: most
 * plans are of a large vault in which little changed.
 */
export function openPaths({ local, base, remote }: PlanInput): VaultPath[] {
  const open: VaultPath[] = [];
  for (const [path, { hash }] of local.files) {
    const entry = remote.get(path);
    const agrees =
      entry !== undefined && entry.deleted !== true && entry.hash === hash && base.get(path) === hash;
    if (!agrees) open.push(path);
  }
  for (const [path, entry] of remote) {
    if (!local.files.has(path) && (entry.deleted !== true || base.has(path))) open.push(path);
  }
  for (const path of base.keys()) if (!local.files.has(path) && !remote.has(path)) open.push(path);
  return open;
}
