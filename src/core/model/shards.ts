import type { Entry, RemoteTree } from './entry.ts';
import type { VaultPath } from './vault-path.ts';
import { encodeUtf8 } from '../format/text.ts';
import { ENTRIES_PER_SHARD, MAX_SHARDS } from './head.ts';

/** The power of two, 1 to 256, with which a shard holds about 320 of `entries`. */
export function shardCount(entries: number): number {
  const power = Math.round(Math.log2(Math.max(entries, 1) / ENTRIES_PER_SHARD));
  return Math.min(Math.max(2 ** power, 1), MAX_SHARDS);
}

/** Goes on with `current` (0: none yet) while a shard holds 160 to 640: another count writes every shard anew. */
export function nextShardCount(current: number, entries: number): number {
  const fits = entries >= (current * ENTRIES_PER_SHARD) / 2 && entries <= current * ENTRIES_PER_SHARD * 2;
  return current > 0 && fits ? current : shardCount(entries);
}

/**
 * The shard of a path; `count` is a power of two. Of the path itself, not of its fold: folding hangs on
 * the Unicode tables of the system, and devices that disagree on a place could overlook an entry, which
 * then would look deleted.
 */
export function shardIndex(path: VaultPath, count: number): number {
  return fnv1a32(encodeUtf8(path)) & (count - 1);
}

/**
 * FNV-1a of 32 bits (Fowler, Noll and Vo; RFC 9923). Only spreads paths; protects nothing.
 */
export function fnv1a32(octets: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const octet of octets) hash = Math.imul(hash ^ octet, 0x01000193);
  return hash >>> 0;
}

/** The entries of each shard, `count` of them, unsorted. */
export function splitIntoShards(tree: RemoteTree, count: number): readonly (readonly Entry[])[] {
  const shards = Array.from({ length: count }, (): Entry[] => []);
  for (const entry of tree.values()) shards[shardIndex(entry.path, count)]?.push(entry);
  return shards;
}
