import { inLanes } from '../lanes.ts';
import { shardKey } from '../../core/format/keys.ts';
import { reachableKeys } from '../../core/model/collection.ts';
import type { Entry } from '../../core/model/entry.ts';
import type { Head } from '../../core/model/head.ts';
import type { ObjectKey } from '../../core/model/ids.ts';
import type { CloudDeps } from '../api.ts';
import type { Cloud } from '../cloud/cloud.ts';
import { readDelta, readShard } from '../cloud/tree-reader.ts';

const OBJECTS_AT_ONCE = 8;

/**
 * What heads and roots refer to. Their shards and deltas overlap, so each is read once and only the
 * keys that it names are kept.
 */
export class Reach {
  readonly #deps: CloudDeps;
  readonly #cloud: Cloud;
  readonly #named = new Map<ObjectKey, ReadonlySet<ObjectKey>>();
  readonly #interned = new Map<ObjectKey, ObjectKey>();

  constructor(deps: CloudDeps, cloud: Cloud) {
    this.#deps = deps;
    this.#cloud = cloud;
  }

  /** Adds all that the snapshot needs. Rejects with kind `format` when a part of it cannot be read. */
  async addTo(keys: Set<ObjectKey>, head: Head): Promise<void> {
    const inline = head.delta.flatMap((record) => record.entries);
    for (const key of reachableKeys([{ head, entries: inline }], [])) keys.add(this.#intern(key));
    const deltas = head.deltas.map((key) => ({
      key,
      read: async () => (await readDelta(this.#deps, this.#cloud, key)).flatMap((record) => record.entries),
    }));
    const shards = head.shards.map((hash) => ({
      key: shardKey(hash),
      read: () => readShard(this.#deps, this.#cloud, hash),
    }));
    const named = await inLanes([...deltas, ...shards], OBJECTS_AT_ONCE, ({ key, read }) =>
      this.#namedIn(key, read),
    );
    for (const set of named) for (const key of set) keys.add(key);
  }

  async #namedIn(key: ObjectKey, read: () => Promise<readonly Entry[]>): Promise<ReadonlySet<ObjectKey>> {
    const known = this.#named.get(key);
    if (known !== undefined) return known;
    const keys = new Set<ObjectKey>();
    for (const { at } of await read()) {
      if (at !== undefined) keys.add(this.#intern('pack' in at ? at.pack : at.blob));
    }
    this.#named.set(key, keys);
    return keys;
  }

  #intern(key: ObjectKey): ObjectKey {
    const known = this.#interned.get(key);
    if (known !== undefined) return known;
    this.#interned.set(key, key);
    return key;
  }
}
