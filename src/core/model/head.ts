import type { Entry } from './entry.ts';
import type { CommitId, DeviceId, ObjectKey } from './ids.ts';

/** The entries that one commit wrote. */
export interface CommitRecord {
  readonly commit: CommitId;
  readonly generation: number;
  readonly device: DeviceId;
  /** The device's name when it committed, for people. */
  readonly deviceName: string;
  /** Server's time where known, else the device's: for people and `--at`. */
  readonly timeMs: number;
  readonly entries: readonly Entry[];
}

/** A commit without its entries. */
export type CommitStamp = Omit<CommitRecord, 'entries'>;

/**
 * The one object written by compare-and-swap; writing it is the commit.
 *
 *   shards (the tree at `shardsAt`)  +  deltas (older records)  +  delta (newest records)  =  the tree now
 */
export interface Head {
  readonly format: 1;
  /** The least client format that may write here. */
  readonly minClient: number;
  readonly vaultId: string;
  readonly lineage: string;
  /** Where this lineage took over: the head of a backup, which was promoted. */
  readonly parent?: { readonly lineage: string; readonly commit: CommitId };
  /** Of format 1, and kept where it stands; nothing reads it: the lineage of the head itself tells (`seatKey`). */
  readonly succeededBy?: string;
  /** The lineages before this one, oldest first. */
  readonly former?: readonly string[];
  /** Counts commits, from 1; a promotion counts on. */
  readonly generation: number;
  readonly commit: CommitId;
  /** The last commits, oldest first, at most 256; the last is `commit`. */
  readonly log: readonly CommitId[];
  /** Hash of each shard's plain lines; a power of two of them; none before the first compaction. */
  readonly shards: readonly string[];
  /** The commit whose tree the shards hold; absent while there are none. */
  readonly shardsAt?: CommitStamp;
  /** Records since the shards that do not fit here, oldest first, at most 8. */
  readonly deltas: readonly ObjectKey[];
  /** Entries that the objects of `deltas` hold together; 0 while there are none. */
  readonly spilled: number;
  /** Records after those of `deltas`, oldest first. */
  readonly delta: readonly CommitRecord[];
  /** Commit id of the newest root, the head as it stood before the last compaction. */
  readonly root?: CommitId;
  readonly condemned?: Condemned;
}

/** Keys to be deleted a day of server time after `atMs`; none of them may be referred to again. */
export interface Condemned {
  readonly atMs: number;
  readonly keys: readonly ObjectKey[];
  /** Of the head that listed them first; absent in lists of earlier versions. */
  readonly generation?: number;
}

export const FORMAT = 1;
export const MAX_LOG = 256;
export const MAX_DELTAS = 8;
export const MAX_SHARDS = 256;
export const ENTRIES_PER_SHARD = 320;
