import { classifyKey, CLOUD_FOLDER } from '../../core/format/keys.ts';
import type { RemoteTree } from '../../core/model/entry.ts';
import type { ObjectKey } from '../../core/model/ids.ts';
import { isLive } from '../../core/model/tree.ts';
import { parseVaultPath } from '../../core/model/vault-path.ts';
import type { ListedObject } from '../../storage/object-store.ts';
import { EngineError } from '../api.ts';
import { orAbsent, type Cloud } from '../cloud/cloud.ts';
import { readHead } from '../cloud/head.ts';
import { readTree } from '../cloud/tree-reader.ts';
import { inLanes } from '../lanes.ts';
import { isOvertaken, PROJECTED_METADATA, readPlain } from '../readable/plain-objects.ts';
import { listBoth, type Route } from '../replicas/copy-objects.ts';
import { isImmutable, isSound } from '../replicas/scrub.ts';
import { proveWhole, type Proof } from './prove-whole.ts';
import { copySeats } from './seal-cloud.ts';
import { routeOf, Tally, type Sides } from './sides.ts';

/** What lies in a cloud unencrypted. */
export interface Plain {
  /** The vault's own objects, as an unencrypted vault has them. */
  readonly own: readonly ListedObject[];
  /** Everything else: the readable copy, and what other programs put there. */
  readonly files: readonly ListedObject[];
}

export interface Cleared {
  readonly removed: number;
  readonly bytes: number;
  /** Files that are not a copy of what the vault holds: edited there meanwhile, or another program's. */
  readonly otherFiles: readonly string[];
  /** Damaged objects that the history needs, and that could not be sealed for it. */
  readonly damaged: readonly string[];
}

/** One listing. */
export async function listPlain(cloud: Cloud): Promise<Plain> {
  const own: ListedObject[] = [];
  const files: ListedObject[] = [];
  for await (const object of cloud.list('')) {
    const kind = classifyKey(object.key);
    if (kind === 'plain') files.push(object);
    else if (kind !== 'head' && kind !== 'foreign') own.push(object);
  }
  return { own, files };
}

/**
 * Removes what an unencrypted vault left beside the sealed one: its objects, its history and its readable copy.
 * First all that is sealed is read back and followed from head and roots; rejects, and removes nothing, where
 * that is not whole (kind `format`) or the head is not sealed. A file is removed only where its contents, as
 * they are now, are what the vault has or had at that path. May be cut off anywhere and run again.
 */
export async function clearPlain(sides: Sides): Promise<Cleared> {
  const route = routeOf(sides);
  const { deps } = route;
  const plain = await listPlain(route.from);
  if (plain.own.length + plain.files.length === 0) return NOTHING;
  const read = await readHead(route.to, deps.compression);
  if (read.kind !== 'found') throw new EngineError('not-found', 'There is no vault in this cloud.');
  await copySeats(route, await listBoth(route));
  const proof = await proveWhole(sides, read.head, new Set());
  const tree = await readTree(deps, route.to, read.head);
  const damaged = await damagedOf(route, proof, plain.own);
  const tally = new Tally(sides, 'audit', [...plain.own, ...plain.files]);
  const gone: ListedObject[] = [];
  const otherFiles: string[] = [];
  await inLanes([...plain.files, ...plain.own], deps.settings.concurrency, async (object) => {
    sides.signal?.throwIfAborted();
    const isOwn = object.key.startsWith(CLOUD_FOLDER);
    const isRemoved = isOwn ? !damaged.has(object.key) : await isCopyOf(sides, tree, object);
    if (isRemoved) {
      await route.from.store.delete(object.key, route.from.options);
      gone.push(object);
    } else if (!isOwn) otherFiles.push(object.key);
    tally.add(object);
  });
  return {
    removed: gone.length,
    bytes: gone.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    otherFiles: otherFiles.sort(),
    damaged: [...damaged],
  };
}

const NOTHING: Cleared = { removed: 0, bytes: 0, otherFiles: [], damaged: [] };

/**
 * What must stay: objects without a proven sealed twin that something refers to, and damaged ones while a root
 * is damaged, so that nobody knows what it needs. All else without a twin is of a commit that never came to be,
 * was condemned, or has been collected since.
 */
async function damagedOf(
  route: Route,
  { proven, needed }: Proof,
  own: readonly ListedObject[],
): Promise<ReadonlySet<ObjectKey>> {
  const unproven = own.filter(({ key }) => isImmutable(key) && !proven.has(key));
  const damaged = new Set<ObjectKey>();
  await inLanes(unproven, route.deps.settings.concurrency, async (object) => {
    if (!(await isSound({ deps: route.deps, to: route.from }, object))) damaged.add(object.key);
  });
  const isUnread = [...damaged].some((key) => classifyKey(key) === 'root');
  return new Set(
    unproven.map(({ key }) => key).filter((key) => needed.has(key) || (isUnread && damaged.has(key))),
  );
}

/** Read as late as can be: it may have been edited since it was listed. */
async function isCopyOf(sides: Sides, tree: RemoteTree, object: ListedObject): Promise<boolean> {
  const path = parseVaultPath(object.key);
  const entry = path === undefined ? undefined : tree.get(path);
  const { from, deps } = routeOf(sides);
  // What the vault knows nothing of may be large, and is another program's unless we marked it.
  if (entry === undefined && !(await isMarked(from, object))) return false;
  const contents = await orAbsent(readPlain({ deps, cloud: from }, object));
  if (contents === undefined) return true;
  const file = entry !== undefined && isLive(entry) ? entry : undefined;
  return file?.hash === contents.hash || isOvertaken(contents, file);
}

async function isMarked({ store, options }: Cloud, { key }: ListedObject): Promise<boolean> {
  const info = await orAbsent(store.head(key, options));
  return info?.metadata[PROJECTED_METADATA] !== undefined;
}
