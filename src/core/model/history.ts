import type { Entry, RemoteTree } from './entry.ts';
import type { CommitRecord, CommitStamp, Head } from './head.ts';
import type { CommitId } from './ids.ts';
import type { VaultPath } from './vault-path.ts';
import { applyRecords, treeOfShards } from './tree.ts';

/*
 *   root ……………………… root ……………………… head            newest last; the chain below is given newest first
 *   shards + records │ shards + records │ shards + records
 *
 * A snapshot (head or root) holds every tree from the commit of its shards to its own commit. Between
 * two snapshots is a gap where roots were trimmed.
 */

/** What a snapshot says, its objects loaded. */
export interface Snapshot {
  readonly head: Head;
  /** Entries of its shards; of one path's shard alone where only that path is asked for. */
  readonly shardEntries: Iterable<Entry>;
  /** Of its `deltas`, then of its `delta`: oldest first. */
  readonly records: readonly CommitRecord[];
}

export type PastMoment =
  { readonly kind: 'time'; readonly timeMs: number } | { readonly kind: 'commit'; readonly commit: CommitId };

/** Up to which of a snapshot's records its tree is wanted; the last of those at or before a time. */
export type Until =
  | { readonly kind: 'generation'; readonly generation: number }
  | { readonly kind: 'time'; readonly timeMs: number };

export type Located =
  /** `exact`: no commit between the moment and the tree's own was trimmed. */
  | { readonly kind: 'found'; readonly head: Head; readonly until: Until; readonly exact: boolean }
  | {
      readonly kind: 'not-found';
      readonly reason: 'before-kept-history' | 'trimmed' | 'unknown-commit';
      readonly kept: KeptRange | undefined;
    };

/** Oldest and newest moment that can be had; times where they are known without loading deltas. */
export interface KeptRange {
  readonly from: { readonly generation: number; readonly timeMs?: number };
  readonly to: { readonly generation: number; readonly timeMs?: number };
}

/** Which snapshot of the chain (newest first) holds the tree of a moment. Needs no deltas loaded. */
export function locateMoment(chain: readonly Head[], moment: PastMoment): Located {
  return moment.kind === 'commit' ? locateCommit(chain, moment.commit) : locateTime(chain, moment.timeMs);
}

function locateCommit(chain: readonly Head[], commit: CommitId): Located {
  let wasNamed = false;
  for (const head of chain) {
    if (head.shardsAt?.commit === commit) return found(head, head.shardsAt.generation);
    const index = head.log.indexOf(commit);
    if (index < 0) continue;
    wasNamed = true;
    const generation = head.generation - (head.log.length - 1 - index);
    if (generation > (head.shardsAt?.generation ?? 0)) return found(head, generation);
  }
  return notFound(chain, wasNamed ? 'trimmed' : 'unknown-commit');
}

function found(head: Head, generation: number): Located {
  return { kind: 'found', head, until: { kind: 'generation', generation }, exact: true };
}

function locateTime(chain: readonly Head[], timeMs: number): Located {
  for (const [index, head] of chain.entries()) {
    const firstMs = firstTimeMs(head);
    if (firstMs === undefined || firstMs > timeMs) continue;
    const newer = chain[index - 1];
    const joins = newer === undefined || (newer.shardsAt?.generation ?? 1) === head.generation + 1;
    const exact = joins || (lastTimeMs(head) ?? 0) > timeMs;
    return { kind: 'found', head, until: { kind: 'time', timeMs }, exact };
  }
  return notFound(chain, 'before-kept-history');
}

/**
 * Time of the oldest tree that a snapshot holds. While the oldest records lie in a delta, that time is
 * unread: 0 then, so that a moment too early shows when they are applied.
 */
function firstTimeMs(head: Head): number | undefined {
  if (head.shardsAt !== undefined) return head.shardsAt.timeMs;
  return head.deltas.length > 0 ? 0 : head.delta[0]?.timeMs;
}

function lastTimeMs(head: Head): number | undefined {
  return head.delta.at(-1)?.timeMs ?? (head.deltas.length === 0 ? head.shardsAt?.timeMs : undefined);
}

function notFound(
  chain: readonly Head[],
  reason: 'before-kept-history' | 'trimmed' | 'unknown-commit',
): Located {
  return { kind: 'not-found', reason, kept: keptRange(chain) };
}

/** Of a chain, newest first; `undefined` for none. */
export function keptRange(chain: readonly Head[]): KeptRange | undefined {
  const [newest, oldest] = [chain[0], chain.at(-1)];
  if (newest === undefined || oldest === undefined) return undefined;
  const fromMs =
    oldest.shardsAt?.timeMs ?? (oldest.deltas.length === 0 ? oldest.delta[0]?.timeMs : undefined);
  const toMs = lastTimeMs(newest);
  return {
    from: { generation: oldest.shardsAt?.generation ?? 1, ...(fromMs !== undefined && { timeMs: fromMs }) },
    to: { generation: newest.generation, ...(toMs !== undefined && { timeMs: toMs }) },
  };
}

export interface PastTree {
  readonly tree: RemoteTree;
  /** The commit whose tree it is. */
  readonly stamp: CommitStamp;
}

/** The snapshot's tree at the moment; `undefined` when all of it is later. */
export function treeAt(snapshot: Snapshot, until: Until): PastTree | undefined {
  const { head, shardEntries, records } = snapshot;
  const isWithin = (stamp: CommitStamp): boolean =>
    until.kind === 'generation' ? stamp.generation <= until.generation : stamp.timeMs <= until.timeMs;
  const end = records.reduce((last, record, index) => (isWithin(record) ? index : last), -1);
  const last = records[end];
  const stamp = last === undefined ? head.shardsAt : stampOf(last);
  if (stamp === undefined || !isWithin(stamp)) return undefined;
  return { tree: applyRecords(treeOfShards([shardEntries]), records.slice(0, end + 1)), stamp };
}

/** One former state of a path. */
export interface PathVersion {
  readonly entry: Entry;
  /** The commit that made it; absent where only a snapshot's shards still tell of it. */
  readonly stamp?: CommitStamp;
}

/**
 * The versions of a path, newest first, from snapshots given newest first. An entry that was written
 * again only for its place (`at`, `projected`) is no version; the newest place is the one to read from.
 */
export function versionsOf(path: VaultPath, snapshots: Iterable<Snapshot>): readonly PathVersion[] {
  const versions = new Map<string, PathVersion>();
  const add = (entry: Entry, record?: CommitRecord): void => {
    const key = `${String(entry.generation)} ${entry.device} ${String(entry.deleted === true)} ${entry.hash}`;
    const known = versions.get(key);
    const isMaker = record?.generation === entry.generation;
    if (known?.stamp !== undefined || (known !== undefined && !isMaker)) return;
    versions.set(key, { entry: known?.entry ?? entry, ...(isMaker && { stamp: stampOf(record) }) });
  };
  for (const snapshot of snapshots) {
    for (const record of [...snapshot.records].reverse()) {
      for (const entry of record.entries) if (entry.path === path) add(entry, record);
    }
    for (const entry of snapshot.shardEntries) if (entry.path === path) add(entry);
  }
  return [...versions.values()];
}

function stampOf({ commit, generation, device, deviceName, timeMs }: CommitRecord): CommitStamp {
  return { commit, generation, device, deviceName, timeMs };
}
