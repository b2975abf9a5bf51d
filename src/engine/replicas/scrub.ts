import { classifyKey, shardKey } from '../../core/format/keys.ts';
import type { RemoteTree } from '../../core/model/entry.ts';
import type { Head } from '../../core/model/head.ts';
import type { ObjectKey } from '../../core/model/ids.ts';
import type { ListedObject } from '../../storage/object-store.ts';
import { isStoreError } from '../../storage/store-error.ts';
import type { BackupScrub } from '../api.ts';
import { orAbsent } from '../cloud/cloud.ts';
import { objectOf } from '../cloud/remote-view.ts';
import { inLanes } from '../lanes.ts';
import { copyMissing, copyObject, isWanting, listBoth, type Both, type Route } from './copy-objects.ts';
import { isNamed, isProven } from './proof.ts';

const SAMPLES = 8;
const SAMPLES_AT_ONCE = 4;

export interface ScrubWork {
  readonly route: Route;
  /** The primary's head, and its tree. */
  readonly head: Head;
  readonly tree: RemoteTree;
  /** Look into every object, not only into some. */
  readonly full: boolean;
}

/**
 * Compares what both clouds hold, and what they hold with its own name or index; puts again what lacks or
 * is spoilt in the one from the other. To be called when the backup has the primary's head.
 */
export async function scrub(work: ScrubWork): Promise<Omit<BackupScrub, 'name'>> {
  const { route, head } = work;
  const both = await listBoth(route);
  const condemned = new Set(head.condemned?.keys);
  const mended = await mendPrimary(work, both);
  const copied = await copyMissing(route, both, condemned);
  const held = [...both.source.values()].filter(
    (object) => isImmutable(object.key) && !condemned.has(object.key),
  );
  const sound = held.filter((object) => !isWanting(object, both.target.get(object.key)));
  const looked = work.full ? sound : sampleOf(sound, route);
  const spoilt: ObjectKey[] = [];
  const lost: ObjectKey[] = [...copied.damaged];
  await inLanes(looked, SAMPLES_AT_ONCE, async (object) => {
    if (await isSound(route, object)) return;
    if (await copyObject(route, object)) spoilt.push(object.key);
    else lost.push(object.key);
  });
  return {
    objects: held.length,
    bytes: held.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    lookedInto: looked.length,
    repaired: copied.objects + spoilt.length,
    mendedInPrimary: mended,
    lost,
  };
}

/** Written once under its key; of these a vault consists, beside its head. */
export function isImmutable(key: ObjectKey): boolean {
  return ['pack', 'blob', 'delta', 'shard', 'root'].includes(classifyKey(key));
}

/** Each with the same chance, another choice each time. */
function sampleOf(objects: readonly ListedObject[], { deps }: Route): readonly ListedObject[] {
  const left = [...objects];
  const chosen: ListedObject[] = [];
  while (chosen.length < SAMPLES && left.length > 0) {
    const [one] = left.splice(Math.floor(deps.random.fraction() * left.length), 1);
    if (one !== undefined) chosen.push(one);
  }
  return chosen;
}

/** Whether the target's object, read back whole, is what its name or index says. */
export async function isSound(
  { deps, to }: Pick<Route, 'deps' | 'to'>,
  { key, sizeBytes }: ListedObject,
): Promise<boolean> {
  if (sizeBytes === 0) return false;
  try {
    if (sizeBytes > deps.settings.bodyBytes) return await isWholeBlob({ deps, to }, key, sizeBytes);
    const bytes = await orAbsent(to.bytes(key, sizeBytes));
    return bytes?.length === sizeBytes && (await isProven(deps, key, bytes));
  } catch (error) {
    if (isStoreError(error, 'corrupt')) return false;
    throw error;
  }
}

async function isWholeBlob(
  { deps, to }: Pick<Route, 'deps' | 'to'>,
  key: ObjectKey,
  sizeBytes: number,
): Promise<boolean> {
  const hash = deps.hashing.sha256Stream();
  const { bodyBytes } = deps.settings;
  for (let offset = 0; offset < sizeBytes; offset += bodyBytes) {
    const piece = await to.store.get(key, { ...to.options, range: { offset, length: bodyBytes } });
    if (piece.kind === 'found') hash.update(piece.body);
  }
  return isNamed(key, hash.digest());
}

/** What the primary's head needs and the primary lacks, from the backup; how many. */
async function mendPrimary({ route, head, tree }: ScrubWork, both: Both): Promise<number> {
  const needed = new Set<ObjectKey>([...head.shards.map(shardKey), ...head.deltas]);
  for (const { at } of tree.values()) if (at !== undefined) needed.add(objectOf(at));
  const back: Route = { deps: route.deps, from: route.to, to: route.from };
  const lacking = [...needed].flatMap((key) => {
    const there = both.target.get(key);
    return there === undefined || both.source.has(key) ? [] : [there];
  });
  const mended = await inLanes(lacking, route.deps.settings.concurrency, (object) =>
    copyObject(back, object),
  );
  return mended.filter(Boolean).length;
}
