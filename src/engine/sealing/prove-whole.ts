import { classifyKey, CLOUD_FOLDER, headKey, KEY_PREFIXES } from '../../core/format/keys.ts';
import type { Head } from '../../core/model/head.ts';
import type { CommitId, ObjectKey } from '../../core/model/ids.ts';
import type { ListedObject } from '../../storage/object-store.ts';
import { EngineError } from '../api.ts';
import { readableRoot } from '../history/chain.ts';
import { inLanes } from '../lanes.ts';
import { copyObject, type Route } from '../replicas/copy-objects.ts';
import { isImmutable, isSound } from '../replicas/scrub.ts';
import { Reach } from '../upkeep/reach.ts';
import { routeOf, Tally, type Sides } from './sides.ts';

/** Sealed objects that were read back and are what their names say; carried from one look to the next. */
export type Proven = Set<ObjectKey>;

export interface Proof {
  readonly proven: ReadonlySet<ObjectKey>;
  /** All that the head and the roots refer to. */
  readonly needed: ReadonlySet<ObjectKey>;
}

/**
 * Reads every sealed object back, and follows the head and each root to what they need. What does not open or
 * is not what it should be is sealed again from `source`, where that has it. Rejects with kind `format` where
 * the head's own tree is not whole; what only history needs may be missing from `proven`.
 */
export async function proveWhole(
  sides: Sides,
  head: Head,
  proven: Proven,
  source: ReadonlyMap<ObjectKey, ListedObject> = new Map(),
): Promise<Proof> {
  const route = routeOf(sides);
  const listed: ListedObject[] = [];
  for await (const object of route.to.list(CLOUD_FOLDER))
    if (isImmutable(object.key) && !proven.has(object.key)) listed.push(object);
  const tally = new Tally(sides, 'audit', listed);
  await inLanes(listed, sides.deps.settings.concurrency, async (object) => {
    sides.signal?.throwIfAborted();
    if (await isMadeSound(route, object, source.get(object.key))) proven.add(object.key);
    tally.add(object);
  });
  return { proven, needed: await neededBy(route, head, proven) };
}

async function isMadeSound(
  route: Route,
  object: ListedObject,
  source: ListedObject | undefined,
): Promise<boolean> {
  if (await isSound(route, object)) return true;
  if (source === undefined || !(await copyObject(route, source))) return false;
  return isSound(route, source);
}

async function neededBy(route: Route, head: Head, proven: Proven): Promise<ReadonlySet<ObjectKey>> {
  const { deps, to } = route;
  const reach = new Reach(deps, to);
  const needed = new Set<ObjectKey>();
  await reach.addTo(needed, head);
  const lacking = [...needed].filter((key) => isOfTree(key) && !proven.has(key));
  if (lacking.length > 0) throw notWhole(lacking);
  for (const key of [...proven]) {
    if (classifyKey(key) !== 'root') continue;
    const root = await readableRoot(deps, to, key.slice(KEY_PREFIXES.root.length) as CommitId);
    if (root !== undefined) await addHistory(reach, needed, root);
  }
  needed.delete(headKey);
  return needed;
}

/** A part of history that is damaged can be followed no further. */
async function addHistory(reach: Reach, needed: Set<ObjectKey>, root: Head): Promise<void> {
  try {
    await reach.addTo(needed, root);
  } catch (error) {
    if (!(error instanceof EngineError) || error.kind !== 'format') throw error;
  }
}

/** The head's own root is history. */
function isOfTree(key: ObjectKey): boolean {
  return key !== headKey && classifyKey(key) !== 'root';
}

function notWhole(lacking: readonly ObjectKey[]): EngineError {
  const [first = ''] = lacking;
  const more = lacking.length === 1 ? '' : ` and ${String(lacking.length - 1)} more`;
  return new EngineError(
    'format',
    `What this cloud holds of the vault is not whole: ${first}${more} is missing or damaged, so it cannot be encrypted as it is. Nothing was removed. Run \`twincloud verify --full\` on each device, which repairs what it still has, and try again.`,
  );
}
