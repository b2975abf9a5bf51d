import type { ListedKey } from './collection.ts';
import { condemn, DELETE_AFTER_HOURS } from './collection.ts';
import type { ObjectKey } from './ids.ts';

/*
 *   not in the primary, needed by nothing in the backup, 7 days old ──noted──▶ 24 h by the clocks of both clouds ──still so──▶ deleted
 *
 * As on the primary, but nothing is told to other devices: who copies cannot choose another key. What is needed
 * again is in the primary again, and so is left.
 */

const HOUR_MS = 3_600_000;
/** An older list says nothing of what was needed since; nor does one that a clock dates so far ahead. */
const FORGET_AFTER_HOURS = 30 * 24;
const AHEAD_HOURS = 24;
/** Keys in one list: each is a request when its day has come. */
export const MAX_SURPLUS = 1_000;

/** The same moment by the servers' clocks of both clouds. */
export interface Moments {
  readonly backupMs: number;
  readonly primaryMs: number;
}

/** What a device found to be surplus in a backup, and when. */
export interface Surplus extends Moments {
  readonly lineage: string;
  /** Of the head that both clouds had then. */
  readonly generation: number;
  /** The oldest first. */
  readonly keys: readonly ObjectKey[];
}

/** What may be surplus, the oldest first: a week old, ours, and not in the primary. */
export function suspects(
  inBackup: Iterable<ListedKey>,
  inPrimary: ReadonlySet<ObjectKey>,
  nowMs: number,
): readonly ObjectKey[] {
  const found = condemn({
    listed: inBackup,
    reachable: inPrimary,
    condemned: undefined,
    nowMs,
    limit: Infinity,
  });
  return found?.keys ?? [];
}

type Line = Pick<Surplus, 'lineage' | 'generation'>;

/** Whether the list is of this line of history, and of a time that can be compared. */
export function isOfUse(list: Surplus | undefined, head: Line, now: Moments): list is Surplus {
  if (list === undefined || list.keys.length === 0) return false;
  const waited = [now.backupMs - list.backupMs, now.primaryMs - list.primaryMs];
  const isDated = waited.every((ms) => ms >= -AHEAD_HOURS * HOUR_MS && ms <= FORGET_AFTER_HOURS * HOUR_MS);
  return isDated && list.lineage === head.lineage && list.generation <= head.generation;
}

/** Whether its day is not over, by either clock: one of the two may have been put right meanwhile. */
export function isWaiting(list: Surplus, now: Moments): boolean {
  const waitedMs = Math.min(now.backupMs - list.backupMs, now.primaryMs - list.primaryMs);
  return waitedMs < DELETE_AFTER_HOURS * HOUR_MS;
}

/** Of a list whose day is over what is surplus today as well, and is the object that was noted. */
export function mayGo(
  list: Surplus,
  surplus: Iterable<ObjectKey>,
  inBackup: ReadonlyMap<ObjectKey, ListedKey>,
): readonly ObjectKey[] {
  const today = new Set(surplus);
  const isSame = (key: ObjectKey): boolean =>
    (inBackup.get(key)?.lastModifiedMs ?? Infinity) <= list.backupMs;
  return list.keys.filter((key) => today.has(key) && isSame(key));
}
