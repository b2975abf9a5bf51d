import { CLOUD_FOLDER, classifyKey, type KeyKind } from '../../core/format/keys.ts';
import type { ObjectKey } from '../../core/model/ids.ts';
import type { BodySource, ListedObject, ObjectBody } from '../../storage/object-store.ts';
import { isStoreError } from '../../storage/store-error.ts';
import type { CloudDeps } from '../api.ts';
import { orAbsent, type Cloud } from '../cloud/cloud.ts';
import { inLanes } from '../lanes.ts';
import type { Sha256 } from '../ports.ts';
import { isNamed, isProven } from './proof.ts';

/** In this order: what stands later refers to what stands before, and a cut-off copy leaves nothing that lacks its parts. */
const ORDER: readonly (readonly KeyKind[])[] = [['pack', 'blob'], ['delta', 'shard'], ['root'], ['device']];

/** Two clouds, the objects going from the one to the other. */
export interface Route {
  readonly deps: CloudDeps;
  readonly from: Cloud;
  readonly to: Cloud;
  /** Told of each object that is copied. */
  readonly onCopied?: (object: ListedObject) => void;
}

export interface Copied {
  readonly objects: number;
  readonly bytes: number;
  /** Missing or damaged where they should come from. */
  readonly damaged: readonly ObjectKey[];
}

export interface Both {
  readonly source: ReadonlyMap<ObjectKey, ListedObject>;
  readonly target: ReadonlyMap<ObjectKey, ListedObject>;
}

/** What either cloud holds in our folder. */
export async function listBoth({ from, to }: Pick<Route, 'from' | 'to'>): Promise<Both> {
  const lists = [listOwn(from), listOwn(to)] as const;
  // Nothing of a run may go on after its end: where one fails the other is waited for.
  await Promise.allSettled(lists);
  return { source: await lists[0], target: await lists[1] };
}

async function listOwn(cloud: Cloud): Promise<ReadonlyMap<ObjectKey, ListedObject>> {
  const objects = new Map<ObjectKey, ListedObject>();
  for await (const object of cloud.list(CLOUD_FOLDER)) objects.set(object.key, object);
  return objects;
}

/** Whether the target needs the object: absent, of another size, or a device's older word. */
export function isWanting(object: ListedObject, there: ListedObject | undefined): boolean {
  if (there?.sizeBytes !== object.sizeBytes) return true;
  return classifyKey(object.key) === 'device' && object.lastModifiedMs > there.lastModifiedMs;
}

/** Copies what the target lacks and `leaveOut` does not name; each object is proven on its way. */
export async function copyMissing(
  route: Route,
  both: Both,
  leaveOut: ReadonlySet<ObjectKey>,
): Promise<Copied> {
  const wanting = [...both.source.values()].filter(
    (object) => !leaveOut.has(object.key) && isWanting(object, both.target.get(object.key)),
  );
  const damaged: ObjectKey[] = [];
  let objects = 0;
  let bytes = 0;
  for (const kinds of ORDER) {
    const now = wanting.filter(({ key }) => kinds.includes(classifyKey(key)));
    await inLanes(now, route.deps.settings.concurrency, async (object) => {
      const isCopied = await copyObject(route, object);
      // A device's word is replaced often, also while it is copied, and is none of the vault's contents.
      if (classifyKey(object.key) === 'device') return;
      if (!isCopied) damaged.push(object.key);
      else {
        objects += 1;
        bytes += object.sizeBytes;
        route.onCopied?.(object);
      }
    });
  }
  return { objects, bytes, damaged };
}

/** `false`: it is missing or damaged, and nothing was written. */
export async function copyObject(route: Route, { key, sizeBytes }: ListedObject): Promise<boolean> {
  const { deps, from, to } = route;
  from.signal?.throwIfAborted();
  const body = sizeBytes > deps.settings.bodyBytes ? new PieceSource(route, key, sizeBytes) : undefined;
  try {
    const contents: ObjectBody | undefined = body ?? (await provenBytes(route, key, sizeBytes));
    if (contents === undefined) return false;
    await to.put(key, contents);
    return true;
  } catch (error) {
    if (error instanceof DamagedObject) return false;
    throw error;
  }
}

async function provenBytes(
  { deps, from }: Route,
  key: ObjectKey,
  sizeBytes: number,
): Promise<Uint8Array | undefined> {
  if (sizeBytes === 0) return undefined;
  const bytes = await orAbsent(from.bytes(key, sizeBytes)).catch(corruptAsAbsent);
  if (bytes?.length !== sizeBytes) return undefined;
  return (await isProven(deps, key, bytes)) ? bytes : undefined;
}

function corruptAsAbsent(error: unknown): undefined {
  if (isStoreError(error, 'corrupt')) return undefined;
  throw error;
}

/** Found while it was being copied; ends the put, which then leaves nothing. */
class DamagedObject extends Error {
  override readonly name = 'DamagedObject';
}

/** A large blob, read in ranges as it is sent. Its hash is proven before the last piece leaves, where the pieces are taken in order. */
class PieceSource implements BodySource {
  readonly sizeBytes: number;
  readonly #route: Route;
  readonly #key: ObjectKey;
  #hash: Sha256;
  #hashedBytes = 0;

  constructor(route: Route, key: ObjectKey, sizeBytes: number) {
    this.#route = route;
    this.#key = key;
    this.sizeBytes = sizeBytes;
    this.#hash = route.deps.hashing.sha256Stream();
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const { from } = this.#route;
    const result = await orAbsent(
      from.store.get(this.#key, { ...from.options, range: { offset, length } }),
    ).catch(corruptAsAbsent);
    if (result?.kind !== 'found' || result.body.length !== length) throw new DamagedObject(this.#key);
    this.#prove(offset, result.body);
    return result.body;
  }

  #prove(offset: number, piece: Uint8Array): void {
    if (offset !== this.#hashedBytes) return;
    this.#hash.update(piece);
    this.#hashedBytes += piece.length;
    if (this.#hashedBytes < this.sizeBytes) return;
    const hash = this.#hash.digest();
    // Asked for again, as after a cut, the pieces are hashed anew.
    this.#hash = this.#route.deps.hashing.sha256Stream();
    this.#hashedBytes = 0;
    if (!isNamed(this.#key, hash)) throw new DamagedObject(this.#key);
  }
}
