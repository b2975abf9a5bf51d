import type { CommitRecord, Head } from './head.ts';
import { entryToJson } from '../format/entry-codec.ts';
import { MAX_DELTAS } from './head.ts';

/** Entries since the shards after which the next commit writes shards. */
export const COMPACT_AFTER_ENTRIES = 256;
/** Commits since the shards; less than a log holds, so that the logs of roots join. */
export const COMPACT_AFTER_COMMITS = 200;
/** Compressed bytes of records that a head may carry. */
export const INLINE_BYTES = 8 * 1024;
/** Compressed bytes of a whole head. */
export const HEAD_BYTES = 24 * 1024;

/**
 * Compressed bytes by what compresses them, rounded up: hexadecimal digits are random (a hash 64 digits,
 * an id 16); records shrank to 0.28–0.35 of their JSON. Measured with gzip on made-up vaults.
 */
const SHARD_BYTES = 37;
const ID_BYTES = 10;
const KEY_BYTES = 28;
const FIXED_BYTES = 400;
const JSON_SHRINKS_TO = 0.4;

export interface CommitToShape {
  /** What the commit replaces; absent for the first. */
  readonly head: Head | undefined;
  readonly records: readonly CommitRecord[];
  /** More of the same first upload follows: shards wait for its end. */
  readonly isLastBatch: boolean;
}

/**
 * Where a commit's records go.
 * `inline`: into the head's `delta`. `spill`: with all of `delta` into a new object of `deltas`.
 * `compact`: the whole tree into shards, after the old head was kept as a root.
 */
export interface CommitShape {
  readonly kind: 'inline' | 'spill' | 'compact';
  readonly reason: string;
}

export function shapeCommit({ head, records, isLastBatch }: CommitToShape): CommitShape {
  if (commitsSinceShards(head) + records.length > COMPACT_AFTER_COMMITS) {
    return { kind: 'compact', reason: 'many commits since the shards' };
  }
  const delta = [...(head?.delta ?? []), ...records];
  const changes = (head?.spilled ?? 0) + countEntries(delta);
  if (isLastBatch && changes >= COMPACT_AFTER_ENTRIES) {
    return { kind: 'compact', reason: 'many changes since the shards' };
  }
  const inlineBytes = estimateRecordBytes(delta);
  if (inlineBytes <= INLINE_BYTES && inlineBytes + estimateFrameBytes(head) <= HEAD_BYTES) {
    return { kind: 'inline', reason: 'small' };
  }
  if ((head?.deltas.length ?? 0) < MAX_DELTAS) return { kind: 'spill', reason: 'too large for the head' };
  return { kind: 'compact', reason: 'too large for the head, which lists no more deltas' };
}

function commitsSinceShards(head: Head | undefined): number {
  const since = (head?.generation ?? 0) - (head?.shardsAt?.generation ?? 0);
  return since >= 0 ? since : (head?.generation ?? 0);
}

export function countEntries(records: readonly CommitRecord[]): number {
  return records.reduce((sum, record) => sum + record.entries.length, 0);
}

/** Of the records in a head, compressed. Stops counting soon after the budget is passed. */
function estimateRecordBytes(records: readonly CommitRecord[]): number {
  let bytes = 0;
  for (const record of records) {
    bytes += ID_BYTES * 2 + 20 + record.deviceName.length;
    for (const entry of record.entries) {
      bytes += JSON.stringify(entryToJson(entry)).length * JSON_SHRINKS_TO;
      if (bytes > INLINE_BYTES) return bytes;
    }
  }
  return bytes;
}

/** Of a head without its records, compressed, one more commit in its log. */
function estimateFrameBytes(head: Head | undefined): number {
  if (head === undefined) return FIXED_BYTES;
  const keys = (head.condemned?.keys.length ?? 0) + head.deltas.length;
  return FIXED_BYTES + head.shards.length * SHARD_BYTES + (head.log.length + 1) * ID_BYTES + keys * KEY_BYTES;
}
