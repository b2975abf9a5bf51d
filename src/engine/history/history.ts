import { inLanes } from '../lanes.ts';
import type { Entry } from '../../core/model/entry.ts';
import type { CommitRecord, Head } from '../../core/model/head.ts';
import { versionsOf, type PathVersion, type Snapshot } from '../../core/model/history.ts';
import { shardIndex } from '../../core/model/shards.ts';
import type { VaultPath } from '../../core/model/vault-path.ts';
import { EngineError, type EngineDeps, type Version } from '../api.ts';
import { Cloud } from '../cloud/cloud.ts';
import { readDelta, readShard } from '../cloud/tree-reader.ts';
import { onFreshHead, readChain } from './chain.ts';

const SNAPSHOTS_AT_ONCE = 4;
const OBJECTS_AT_ONCE = 4;

/** Versions of a path in the head and the kept roots, newest first; deletions are among them. */
export async function history(
  deps: EngineDeps,
  path: VaultPath,
  signal?: AbortSignal,
): Promise<readonly Version[]> {
  return (await pathVersions(deps, new Cloud(deps, signal), path)).map(versionOf);
}

/** The same as entries of the tree, which say where the contents are. */
export async function pathVersions(
  deps: EngineDeps,
  cloud: Cloud,
  path: VaultPath,
): Promise<readonly PathVersion[]> {
  return onFreshHead(deps, cloud, async (head) => {
    const chain = await readChain(deps, cloud, head);
    const reader = new PathReader(deps, cloud, path);
    const snapshots = await inLanes(chain, SNAPSHOTS_AT_ONCE, (one, index) =>
      reader.snapshot(one, index === 0),
    );
    return versionsOf(path, snapshots);
  });
}

function versionOf({ entry, stamp }: PathVersion): Version {
  const { path, generation, hash, sizeBytes } = entry;
  return {
    path,
    commit: stamp?.commit,
    generation,
    timeMs: stamp?.timeMs ?? (entry.deleted === true ? entry.timeMs : undefined),
    deviceName: stamp?.deviceName,
    deleted: entry.deleted === true,
    hash,
    sizeBytes,
  };
}

/** What snapshots say of one path; an object that several name is read once. */
class PathReader {
  readonly #path: VaultPath;
  readonly #deps: EngineDeps;
  readonly #cloud: Cloud;
  readonly #shards = new Map<string, Promise<readonly Entry[]>>();

  constructor(deps: EngineDeps, cloud: Cloud, path: VaultPath) {
    this.#path = path;
    this.#deps = deps;
    this.#cloud = cloud;
  }

  /** Of a root, parts that are gone or damaged count as empty; of the head they are an error. */
  async snapshot(head: Head, isHead: boolean): Promise<Snapshot> {
    const hash = head.shards[shardIndex(this.#path, head.shards.length)];
    const shardEntries = hash === undefined ? [] : await this.#tolerant(isHead, this.#shard(hash));
    const spilled = await inLanes(head.deltas, OBJECTS_AT_ONCE, (key) =>
      this.#tolerant(isHead, readDelta(this.#deps, this.#cloud, key)),
    );
    const records = [...spilled.flat(), ...head.delta].map((record) => this.#only(record));
    return { head, shardEntries, records: [...this.#lastOfShards(head, shardEntries), ...records] };
  }

  #shard(hash: string): Promise<readonly Entry[]> {
    const known = this.#shards.get(hash);
    if (known !== undefined) return known;
    const reading = readShard(this.#deps, this.#cloud, hash).then((entries) =>
      entries.filter(({ path }) => path === this.#path),
    );
    this.#shards.set(hash, reading);
    return reading;
  }

  async #tolerant<T>(isHead: boolean, reading: Promise<readonly T[]>): Promise<readonly T[]> {
    try {
      return await reading;
    } catch (error) {
      if (isHead || !(error instanceof EngineError) || error.kind !== 'format') throw error;
      this.#deps.log.write('warn', 'history-gap', { detail: error.message });
      return [];
    }
  }

  /** Newest first, as snapshots are walked: a commit may hold two versions of a path, in their order. */
  #only(record: CommitRecord): CommitRecord {
    return { ...record, entries: record.entries.filter(({ path }) => path === this.#path).reverse() };
  }

  /** The commit that wrote the shards left no record of its own, but its stamp. */
  #lastOfShards(head: Head, shardEntries: readonly Entry[]): readonly CommitRecord[] {
    const { shardsAt } = head;
    if (shardsAt === undefined || head.delta[0]?.generation === shardsAt.generation) return [];
    const entries = shardEntries.filter(({ generation }) => generation === shardsAt.generation);
    return entries.length === 0 ? [] : [{ ...shardsAt, entries }];
  }
}
