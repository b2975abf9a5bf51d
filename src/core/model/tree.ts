import type { Entry, FileEntry, RemoteTree, Tombstone } from './entry.ts';
import type { CommitRecord } from './head.ts';
import type { VaultPath } from './vault-path.ts';

const DAY_MS = 86_400_000;
export const TOMBSTONE_DAYS = 180;

/** The tree after the records, given oldest first: the last entry of a path holds. `tree` stays as it is. */
export function applyRecords(tree: RemoteTree, records: Iterable<CommitRecord>): Map<VaultPath, Entry> {
  const after = new Map(tree);
  for (const record of records) {
    for (const entry of record.entries) after.set(entry.path, entry);
  }
  return after;
}

/** The tree that shards hold together. */
export function treeOfShards(shards: Iterable<Iterable<Entry>>): Map<VaultPath, Entry> {
  const tree = new Map<VaultPath, Entry>();
  for (const entries of shards) for (const entry of entries) tree.set(entry.path, entry);
  return tree;
}

export function isLive(entry: Entry): entry is FileEntry {
  return entry.deleted !== true;
}

/** Files and empty folders that are not deleted. */
export function liveCount(tree: RemoteTree): number {
  let count = 0;
  for (const entry of tree.values()) if (isLive(entry)) count += 1;
  return count;
}

/** What a device's object in the cloud tells. */
export interface DeviceSeen {
  readonly lineage: string;
  /** Of the last commit that it has applied. */
  readonly generation: number;
  /** Server's time. */
  readonly seenMs: number;
}

/**
 * The generation that every device seen within 180 days has reached. 0 where one of them is still in
 * another lineage, whose generations say nothing here, and where none is known.
 */
export function generationPassedByAll(
  devices: readonly DeviceSeen[],
  now: { readonly lineage: string; readonly nowMs: number },
): number {
  const recent = devices.filter((device) => now.nowMs - device.seenMs <= TOMBSTONE_DAYS * DAY_MS);
  if (recent.length === 0 || recent.some((device) => device.lineage !== now.lineage)) return 0;
  return recent.reduce((least, device) => Math.min(least, device.generation), Infinity);
}

/** Tombstones that may be left out of the next shards: 180 days old, and passed by every device. */
export function expiredTombstones(
  tree: RemoteTree,
  limits: { readonly nowMs: number; readonly devicesPassedGeneration: number },
): readonly Tombstone[] {
  const expired: Tombstone[] = [];
  for (const entry of tree.values()) {
    if (isLive(entry)) continue;
    const isOld = limits.nowMs - entry.timeMs > TOMBSTONE_DAYS * DAY_MS;
    // The plain object is still to be removed, and only the tombstone says so.
    if (isOld && entry.generation <= limits.devicesPassedGeneration && entry.projected === undefined) {
      expired.push(entry);
    }
  }
  return expired;
}
