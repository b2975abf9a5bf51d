import { decodeDelta } from '../../src/core/format/delta-codec.ts';
import type { Decoded } from '../../src/core/format/decoded.ts';
import { decodeHead } from '../../src/core/format/head-codec.ts';
import { headKey, shardKey } from '../../src/core/format/keys.ts';
import { decodeShard } from '../../src/core/format/shard-codec.ts';
import type { ContentLocation, Entry } from '../../src/core/model/entry.ts';
import type { CommitRecord, Head } from '../../src/core/model/head.ts';
import { EMPTY_HASH } from '../../src/core/model/ids.ts';
import type { VaultPath } from '../../src/core/model/vault-path.ts';
import type { MemorySnapshot } from '../../src/storage/memory/memory-store.ts';
import { gunzip, hashOf, inflate } from './bytes.ts';

/** A head as it lies in the bucket, read without any code of the engine. */
export interface CloudView {
  readonly head: Head;
  readonly tree: ReadonlyMap<VaultPath, Entry>;
  /** Records since the shards, oldest first. */
  readonly records: readonly CommitRecord[];
}

function value<T>(decoded: Decoded<T>): T {
  if (!decoded.ok) throw new Error(decoded.problem.message);
  return decoded.value;
}

const cache = new WeakMap<Uint8Array, unknown>();

/** Bodies in the memory store never change, so each is decoded once. */
function cached<T>(body: Uint8Array, decode: (plain: Uint8Array) => Decoded<T>): T {
  const known = cache.get(body);
  if (known !== undefined) return known as T;
  const made = value(decode(gunzip(body)));
  cache.set(body, made);
  return made;
}

function bodyOf(objects: MemorySnapshot, key: string): Uint8Array {
  const object = objects.get(key);
  if (object === undefined) throw new Error(`${key} is missing`);
  return object.body;
}

/** One object, decoded; `undefined` where it is missing or damaged. */
export function readPart<T>(
  objects: MemorySnapshot,
  key: string,
  decode: (plain: Uint8Array) => Decoded<T>,
): T | undefined {
  const object = objects.get(key);
  if (object === undefined) return undefined;
  try {
    return cached(object.body, decode);
  } catch {
    return undefined;
  }
}

/** The tree that a reader would see now; `undefined` while there is no head. Throws when a part is missing. */
export function readCloud(objects: MemorySnapshot): CloudView | undefined {
  if (!objects.has(headKey)) return undefined;
  const head = cached(bodyOf(objects, headKey), decodeHead);
  const tree = new Map<VaultPath, Entry>();
  for (const hash of head.shards) {
    for (const entry of cached(bodyOf(objects, shardKey(hash)), decodeShard)) tree.set(entry.path, entry);
  }
  const spilled = head.deltas.flatMap((key) => cached(bodyOf(objects, key), decodeDelta));
  const records = [...spilled, ...head.delta];
  for (const record of records) for (const entry of record.entries) tree.set(entry.path, entry);
  return { head, tree, records };
}

/** Why the contents of an entry are not in the bucket as it says, or `undefined` where they are. */
export function contentProblem(objects: MemorySnapshot, entry: Entry): string | undefined {
  if (entry.hash === EMPTY_HASH) return undefined;
  if (entry.at === undefined) return 'the entry has no place';
  try {
    const bytes = storedContent(objects, entry.at);
    return hashOf(bytes) === entry.hash ? undefined : 'the place holds other bytes';
  } catch (error) {
    return String(error);
  }
}

/** The plain bytes at a place. Throws when the object is not there. */
export function storedContent(objects: MemorySnapshot, at: ContentLocation): Uint8Array {
  if ('blob' in at) return bodyOf(objects, at.blob);
  const stored = bodyOf(objects, at.pack).subarray(at.offset, at.offset + at.length);
  return at.encoding === 'deflate' ? inflate(stored) : stored;
}
