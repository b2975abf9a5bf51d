import type { Entry } from './entry.ts';
import type { Condemned, Head } from './head.ts';
import type { CommitId, ObjectKey } from './ids.ts';
import { MAX_CONDEMNED } from '../format/limits.ts';
import { classifyKey, headKey, rootKey, shardKey } from '../format/keys.ts';

/*
 *   unreachable, 7 days old ──commit──▶ condemned ──24 h──▶ still unreachable: deleted
 *
 * All times are the server's: a device's clock deletes nothing.
 */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
export const CONDEMN_AFTER_DAYS = 7;
export const DELETE_AFTER_HOURS = 24;

/** A head or kept root with every entry that its shards, deltas and `delta` hold, superseded ones too. */
export interface Holder {
  readonly head: Head;
  readonly entries: Iterable<Entry>;
}

/** Every key that the head and the kept roots need. */
export function reachableKeys(holders: Iterable<Holder>, roots: Iterable<CommitId>): Set<ObjectKey> {
  const keys = new Set<ObjectKey>([headKey]);
  for (const root of roots) keys.add(rootKey(root));
  for (const { head, entries } of holders) {
    if (head.root !== undefined) keys.add(rootKey(head.root));
    for (const hash of head.shards) keys.add(shardKey(hash));
    for (const delta of head.deltas) keys.add(delta);
    for (const { at } of entries) if (at !== undefined) keys.add('pack' in at ? at.pack : at.blob);
  }
  return keys;
}

export interface ListedKey {
  readonly key: ObjectKey;
  readonly lastModifiedMs: number;
}

export interface CondemnInput {
  readonly listed: Iterable<ListedKey>;
  readonly reachable: ReadonlySet<ObjectKey>;
  /** What the head condemns now. */
  readonly condemned: Condemned | undefined;
  readonly nowMs: number;
  readonly limit?: number;
}

/**
 * What the next head shall condemn. A list that still waits for its day stays as it is: a key added to
 * it would wait too short. Only unreachable objects that we made, a week old; the oldest first.
 */
export function condemn(input: CondemnInput): Condemned | undefined {
  const { listed, reachable, condemned, nowMs, limit = MAX_CONDEMNED } = input;
  if (condemned !== undefined && condemned.keys.length > 0) return condemned;
  const doomed = [...listed]
    .filter(({ key, lastModifiedMs }) => {
      const isOld = nowMs - lastModifiedMs > CONDEMN_AFTER_DAYS * DAY_MS;
      return isOld && isCollectable(key) && !reachable.has(key);
    })
    .sort((a, b) => a.lastModifiedMs - b.lastModifiedMs || (a.key < b.key ? -1 : 1));
  return doomed.length === 0
    ? undefined
    : { atMs: nowMs, keys: doomed.slice(0, limit).map(({ key }) => key) };
}

/**
 * The head's list as it counts from when it could be seen. A write may hang for days before the store takes
 * it: while the head that listed the keys stands, they wait from the server's time of that head.
 */
export function datedCondemned(head: Head, headTimeMs: number): Condemned | undefined {
  const { condemned } = head;
  if (condemned?.generation !== head.generation) return condemned;
  return { ...condemned, atMs: Math.max(condemned.atMs, Math.round(headTimeMs)) };
}

/** Condemned keys that may be deleted now. `reachable` is of the newest head, read after the day was over. */
export function deletable(
  condemned: Condemned | undefined,
  reachable: ReadonlySet<ObjectKey>,
  nowMs: number,
): readonly ObjectKey[] {
  if (condemned === undefined || nowMs - condemned.atMs < DELETE_AFTER_HOURS * HOUR_MS) return [];
  return condemned.keys.filter((key) => isCollectable(key) && !reachable.has(key));
}

/** Never the head, a device's object, the readable copy, or what a later version may have put there. */
function isCollectable(key: ObjectKey): boolean {
  const kind = classifyKey(key);
  return kind === 'pack' || kind === 'blob' || kind === 'delta' || kind === 'shard' || kind === 'root';
}

/**
 * Whether a commit may write these shards now. A shard's key is the hash of its lines, so lines that
 * were there before may come back under a condemned key, which nobody may write: that commit spills.
 */
export function namesCondemned(condemned: Condemned | undefined, shards: readonly string[]): boolean {
  const keys = new Set<string>(condemned?.keys);
  return shards.some((hash) => keys.has(shardKey(hash)));
}

export interface RootTime {
  readonly commit: CommitId;
  /** Server's time of the object. */
  readonly timeMs: number;
}

export interface Retention {
  readonly allDays: number;
  readonly dailyDays: number;
}

const RETENTION: Retention = { allDays: 30, dailyDays: 180 };

/** All roots of the last 30 days, the last of each UTC day to 180 days, the last of each month before. */
export function keptRoots(
  roots: Iterable<RootTime>,
  nowMs: number,
  retention: Retention = RETENTION,
): ReadonlySet<CommitId> {
  const newestFirst = [...roots].sort((a, b) => b.timeMs - a.timeMs || (a.commit < b.commit ? -1 : 1));
  const kept = new Set<CommitId>();
  const periods = new Set<string>();
  for (const { commit, timeMs } of newestFirst) {
    const period = periodOf(timeMs, nowMs, retention);
    if (period !== undefined && periods.has(period)) continue;
    if (period !== undefined) periods.add(period);
    kept.add(commit);
  }
  return kept;
}

/**
 * Roots by when they came about: a copy's object is younger. A root is written just before the head that has it
 * as its newest; where no snapshot tells, the object's time stands.
 */
export function datedRoots(
  roots: Iterable<RootTime>,
  snapshots: Iterable<Pick<Head, 'root' | 'shardsAt'>>,
): readonly RootTime[] {
  const madeMs = new Map<CommitId, number>();
  for (const { root, shardsAt } of snapshots) {
    if (root === undefined || shardsAt === undefined) continue;
    madeMs.set(root, Math.min(shardsAt.timeMs, madeMs.get(root) ?? Infinity));
  }
  return [...roots].map(({ commit, timeMs }) => ({
    commit,
    timeMs: Math.min(timeMs, madeMs.get(commit) ?? Infinity),
  }));
}

/** As `keptRoots`, by the time of the object or by when the root came about: whichever keeps it. */
export function keptByEither(
  roots: readonly RootTime[],
  snapshots: Iterable<Pick<Head, 'root' | 'shardsAt'>>,
  nowMs: number,
): ReadonlySet<CommitId> {
  return new Set([...keptRoots(roots, nowMs), ...keptRoots(datedRoots(roots, snapshots), nowMs)]);
}

/** The day or month of which one root is kept; `undefined` where all are, and for times that are none. */
function periodOf(timeMs: number, nowMs: number, retention: Retention): string | undefined {
  const ageDays = (nowMs - timeMs) / DAY_MS;
  if (!(ageDays > retention.allDays) || Number.isNaN(new Date(timeMs).getTime())) return undefined;
  return new Date(timeMs).toISOString().slice(0, ageDays > retention.dailyDays ? 7 : 10);
}

export interface PackSize {
  readonly key: ObjectKey;
  readonly sizeBytes: number;
}

/**
 * Packs less than half alive: their live contents go into a new pack, so that collection can remove the
 * old. `live` are the head's entries; packs that a kept root needs stay anyway and are left alone.
 */
export function repackCandidates(
  packs: Iterable<PackSize>,
  live: Iterable<Entry>,
  heldByRoots: ReadonlySet<ObjectKey>,
): readonly ObjectKey[] {
  const aliveBytes = new Map<ObjectKey, number>();
  const counted = new Set<string>();
  for (const { at } of live) {
    if (at === undefined || !('pack' in at)) continue;
    const place = `${at.pack} ${String(at.offset)}`;
    if (counted.has(place)) continue;
    counted.add(place);
    aliveBytes.set(at.pack, (aliveBytes.get(at.pack) ?? 0) + at.length);
  }
  return [...packs]
    .filter(({ key, sizeBytes }) => {
      const alive = aliveBytes.get(key) ?? 0;
      return alive > 0 && alive * 2 < sizeBytes && !heldByRoots.has(key);
    })
    .map(({ key }) => key);
}
