import type { ContentHash } from '../model/ids.ts';
import type { Entry, FileEntry, RemoteTree } from '../model/entry.ts';
import type { VaultPath } from '../model/vault-path.ts';

/** A file (or empty folder) as the last complete scan found it. */
export interface LocalFile {
  readonly hash: ContentHash;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
}

/** The device's side. Nothing about a path that is `unknown` may be concluded. */
export interface LocalTree {
  readonly files: ReadonlyMap<VaultPath, LocalFile>;
  /** Path to reason; a key that ends in `/` covers all below it. */
  readonly unknown: ReadonlyMap<VaultPath, string>;
}

export interface SkippedRow {
  readonly hash: ContentHash;
  readonly reason: SkipReason;
}

/** `illegal-here`: this system refuses the name. `deleted-elsewhere`: row 14 on a fresh device. */
export type SkipReason = 'illegal-here' | 'deleted-elsewhere' | 'damaged';

export interface PlanInput {
  readonly local: LocalTree;
  /** What both sides agreed on last, by path. */
  readonly base: ReadonlyMap<VaultPath, { readonly hash: ContentHash }>;
  /** The head's tree, its ancestry verified; if it was not, the caller has emptied `base` and set `fresh`. */
  readonly remote: RemoteTree;
  readonly fresh: boolean;
  readonly skipped: ReadonlyMap<VaultPath, SkippedRow>;
  readonly policy: PlanPolicy;
  /** `openPaths` of the sides, where the caller knows them already. */
  readonly open?: readonly VaultPath[] | undefined;
}

export interface PlanPolicy {
  /** Out of scope: not planned at all, on any side. */
  readonly inScope: (path: VaultPath) => boolean;
  /** Why this system cannot hold the name, or `undefined` where it can. */
  readonly nameProblem: (path: VaultPath) => string | undefined;
  /** For the names of copies. */
  readonly deviceName: string;
  readonly timeMs: number;
}

/**
 * One step. At most one touches a path, `from` and `to` included, and no two bring paths of one fold
 * to one side. So any order ends the same, and any of them may be left out or fail; what must wait
 * for another step is planned in the next pass. `path` ends in `/` for an empty folder, whose hash
 * is always `EMPTY_HASH`.
 */
export type Action =
  /**
   * Vault and cloud agree already; remember it. After a rename that both made, `hash` is what both
   * had under the old name, and the entry may have other contents.
   */
  | {
      readonly kind: 'adopt-base';
      readonly path: VaultPath;
      readonly hash: ContentHash;
      readonly reason: string;
    }
  /** Gone on both sides; forget it. */
  | { readonly kind: 'drop-base'; readonly path: VaultPath; readonly reason: string }
  /** Commit the local contents. `prev` as the new entry shall have it. */
  | {
      readonly kind: 'upload';
      readonly path: VaultPath;
      readonly hash: ContentHash;
      readonly prev: readonly string[];
      readonly reason: string;
    }
  /** Commit a deletion. `last`: what was deleted. */
  | {
      readonly kind: 'tombstone';
      readonly path: VaultPath;
      readonly last: FileEntry;
      readonly reason: string;
    }
  /**
   * Commit a move: tombstone at `from`, entry at `to`. `content` says whose: the local file's at
   * `to`, or that of the remote entry (edited there, moved here). Once committed, base of `from` is
   * dropped and base of `to` is the local hash, or what base of `from` was (absent: none).
   */
  | {
      readonly kind: 'move-remote';
      readonly from: VaultPath;
      readonly to: VaultPath;
      readonly content: { readonly side: 'local'; readonly hash: ContentHash } | { readonly side: 'remote' };
      readonly source: FileEntry;
      readonly reason: string;
    }
  /** Bring the entry here if the local path is still what is expected. */
  | {
      readonly kind: 'download';
      readonly path: VaultPath;
      readonly entry: FileEntry;
      readonly expected: ContentHash | 'absent';
      readonly reason: string;
    }
  | {
      readonly kind: 'trash';
      readonly path: VaultPath;
      readonly expected: ContentHash;
      readonly reason: string;
    }
  /**
   * Rename here. Afterwards base of `from` is dropped and base of `to` is `base` (absent: none):
   * a pulled rename, a spelling, or a file set aside under a conflict name.
   */
  | {
      readonly kind: 'move-local';
      readonly from: VaultPath;
      readonly to: VaultPath;
      readonly expected: ContentHash;
      readonly base?: ContentHash;
      readonly why: 'renamed-elsewhere' | 'spelling' | 'case-conflict' | 'file-over-folder';
      readonly reason: string;
    }
  /** Both sides have contents that must be reconciled by looking at them (rows 5 and 8). */
  | {
      readonly kind: 'resolve';
      readonly path: VaultPath;
      readonly base?: ContentHash;
      readonly local: ContentHash;
      readonly remote: FileEntry;
      readonly reason: string;
    }
  /** Remember that the path is not held here, and why. */
  | { readonly kind: 'skip'; readonly path: VaultPath; readonly row: SkippedRow; readonly reason: string };

/** A path that needs a person's eye; the plan does nothing about it. */
export interface Notice {
  readonly path: VaultPath;
  readonly reason: string;
}

export interface Plan {
  readonly actions: readonly Action[];
  readonly notices: readonly Notice[];
}

/** The remote entry as a live file, or `undefined` when absent or a tombstone. */
export function liveEntry(tree: RemoteTree, path: VaultPath): FileEntry | undefined {
  const entry: Entry | undefined = tree.get(path);
  return entry === undefined || entry.deleted === true ? undefined : entry;
}
