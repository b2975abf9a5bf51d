import { CLOUD_FOLDER, headKey, shardKey } from '../../core/format/keys.ts';
import { keptRoots } from '../../core/model/collection.ts';
import type { Head } from '../../core/model/head.ts';
import type { ObjectKey } from '../../core/model/ids.ts';
import {
  isOfUse,
  isWaiting,
  MAX_SURPLUS,
  mayGo,
  suspects,
  type Moments,
  type Surplus,
} from '../../core/model/surplus.ts';
import type { ListedObject } from '../../storage/object-store.ts';
import { readHead, type TaggedHead } from '../cloud/head.ts';
import { listTimed, rootTimes, type TimedListing } from '../history/listing.ts';
import { inLanes } from '../lanes.ts';
import type { Route } from './copy-objects.ts';
import { neededIn } from './needed.ts';

/** Between two looks at both heads: no device that has slept goes on with what it knew before. */
const DELETED_AT_ONCE = 100;

export interface SurplusFound {
  /** What waits for its day from now on; absent: there is nothing. */
  readonly list?: Surplus;
  readonly deleted: number;
  /** `moved`: one of the clouds went on meanwhile; what the backup has is to be looked at again. */
  readonly outcome: 'done' | 'waits' | 'moved' | 'unknown';
}

interface Heads {
  readonly head: Head;
  readonly backupTag: string;
  readonly primaryTag: string;
}

/**
 *   heads equal ─► both listed ─► in the backup alone, and old? ─► needed by its head or a kept root?
 *                    ├─ noted a day ago ─► heads still the same? ─► deleted
 *                    └─ not yet noted   ─► noted by this device
 *
 * Removes from the backup `route.to` what neither it nor the primary `route.from` needs. To be called when the
 * backup has just got all that the primary has.
 */
export async function collectSurplus(route: Route, known: Surplus | undefined): Promise<SurplusFound> {
  const heads = await equalHeads(route);
  if (heads === undefined) return { ...keeping(known), deleted: 0, outcome: 'moved' };
  // The primary after the backup: what comes to it meanwhile is seen.
  const there = await listTimed(route.to, CLOUD_FOLDER);
  const here = await listTimed(route.from, CLOUD_FOLDER);
  const now = momentsOf(there, here);
  if (now === undefined || !isWhole(here, heads.head)) return { deleted: 0, outcome: 'unknown' };
  const list = isOfUse(known, heads.head, now) ? known : undefined;
  if (list !== undefined && isWaiting(list, now)) return { list, deleted: 0, outcome: 'waits' };
  const surplus = await surplusOf(route, heads.head, { there, here, now });
  const byKey = new Map(there.objects.map((object) => [object.key, object]));
  const doomed = list === undefined ? [] : mayGo(list, surplus, byKey);
  const gone = await remove(route, heads, doomed);
  const { lineage, generation } = heads.head;
  const left = surplus.filter((key) => !gone.has(key)).slice(0, MAX_SURPLUS);
  const next = left.length === 0 ? {} : { list: { ...now, lineage, generation, keys: left } };
  const isQuiet = doomed.length === 0 || (await areStill(route, heads));
  return { ...next, deleted: gone.size, outcome: isQuiet ? 'done' : 'moved' };
}

function keeping(list: Surplus | undefined): Pick<SurplusFound, 'list'> {
  return list === undefined ? {} : { list };
}

/** `undefined`: the backup does not have what the primary has, or no more. */
async function equalHeads({ deps, from, to }: Route): Promise<Heads | undefined> {
  const primary = await readHead(from, deps.compression);
  const backup = await readHead(to, deps.compression);
  if (primary.kind !== 'found' || backup.kind !== 'found' || !isSame(primary, backup)) return undefined;
  return { head: backup.head, backupTag: backup.etag, primaryTag: primary.etag };
}

function isSame({ head: one }: TaggedHead, { head: other }: TaggedHead): boolean {
  const isOne = one.vaultId === other.vaultId && one.lineage === other.lineage;
  return isOne && one.commit === other.commit && one.generation === other.generation;
}

/** Whether both heads are what they were. */
async function areStill({ deps, from, to }: Route, heads: Heads): Promise<boolean> {
  const primary = await readHead(from, deps.compression, heads.primaryTag);
  const backup = await readHead(to, deps.compression, heads.backupTag);
  return primary.kind === 'unchanged' && backup.kind === 'unchanged';
}

/** `undefined` where a store does not tell its time: then nothing is old enough for anything. */
function momentsOf(there: TimedListing, here: TimedListing): Moments | undefined {
  const { serverMs: backupMs } = there;
  const { serverMs: primaryMs } = here;
  return backupMs === undefined || primaryMs === undefined ? undefined : { backupMs, primaryMs };
}

/** Whether the listing names what it must: one that lacks this may lack other things. */
function isWhole({ objects }: TimedListing, head: Head): boolean {
  const keys = new Set(objects.map(({ key }) => key));
  return [headKey, ...head.shards.map(shardKey), ...head.deltas].every((key) => keys.has(key));
}

interface Listed {
  readonly there: TimedListing;
  readonly here: TimedListing;
  readonly now: Moments;
}

async function surplusOf(
  route: Route,
  head: Head,
  { there, here, now }: Listed,
): Promise<readonly ObjectKey[]> {
  const nowMs = now.backupMs;
  // A time that is none makes an object young.
  const listed = there.objects.map((object): ListedObject =>
    object.lastModifiedMs > 0 ? object : { ...object, lastModifiedMs: nowMs },
  );
  const inPrimary = new Set(here.objects.map(({ key }) => key));
  const found = suspects(listed, inPrimary, nowMs);
  if (found.length === 0) return [];
  const keptThere = keptRoots(rootTimes(here.objects), now.primaryMs);
  const needed = await neededIn(route, { head, listed, keptThere, nowMs });
  return found.filter((key) => !needed.has(key));
}

/** What was deleted: less than was to be where a cloud went on meanwhile. */
async function remove(
  route: Route,
  heads: Heads,
  doomed: readonly ObjectKey[],
): Promise<ReadonlySet<ObjectKey>> {
  const { deps, to } = route;
  const gone = new Set<ObjectKey>();
  for (let from = 0; from < doomed.length; from += DELETED_AT_ONCE) {
    if (!(await areStill(route, heads))) break;
    const some = doomed.slice(from, from + DELETED_AT_ONCE);
    await inLanes(some, Math.max(1, deps.settings.concurrency), (key) => to.store.delete(key, to.options));
    for (const key of some) gone.add(key);
  }
  return gone;
}
