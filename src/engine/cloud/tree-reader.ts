import { inLanes } from '../lanes.ts';
import { decodeDelta } from '../../core/format/delta-codec.ts';
import { shardKey } from '../../core/format/keys.ts';
import { decodeShard } from '../../core/format/shard-codec.ts';
import type { Entry, RemoteTree } from '../../core/model/entry.ts';
import type { CommitRecord, Head } from '../../core/model/head.ts';
import type { ObjectKey } from '../../core/model/ids.ts';
import { shardIndex } from '../../core/model/shards.ts';
import { applyRecords } from '../../core/model/tree.ts';
import type { VaultPath } from '../../core/model/vault-path.ts';
import type { CloudDeps } from '../api.ts';
import { CompressionError } from '../ports.ts';
import { formatError, orAbsent, type Cloud } from './cloud.ts';

/** 100,000 entries in 256 shards are some 150 KB each; this only stops what is no shard. */
const MAX_PLAIN_BYTES = 64 * 1024 * 1024;
/** As it lies in the cloud: a hundred times what one of ours has. */
const MAX_PACKED_BYTES = 16 * 1024 * 1024;
const SHARDS_AT_ONCE = 8;

/** A tree and the head it belongs to. */
export interface KnownTree {
  readonly head: Head;
  readonly tree: RemoteTree;
}

/**
 * The tree of `head`. Of `known` as much is kept as the two heads share: only shards and records that
 * are new are fetched. Rejects with kind `format` when a part is missing or damaged.
 */
export async function readTree(
  deps: CloudDeps,
  cloud: Cloud,
  head: Head,
  known?: KnownTree,
): Promise<Map<VaultPath, Entry>> {
  // A head that does not descend from the known one may have other entries under the same generations.
  const isLater = head.lineage === known?.head.lineage && head.log.includes(known.head.commit);
  const usable = isLater ? known : undefined;
  const sameShards = usable !== undefined && sameList(usable.head.shards, head.shards);
  const tree = sameShards ? usable.tree : await shardTree(deps, cloud, head, usable);
  const from = sameShards ? usable.head.generation : -1;
  return applyRecords(
    tree,
    await recordsAfter({ deps, cloud }, head, from, sameShards ? usable.head.deltas : []),
  );
}

/** All entries of the shards of a head, before its deltas. */
export async function shardTree(
  deps: CloudDeps,
  cloud: Cloud,
  head: Head,
  known?: KnownTree,
): Promise<Map<VaultPath, Entry>> {
  const count = head.shards.length;
  const kept = known?.head.shards.length === count ? known : undefined;
  const tree = new Map<VaultPath, Entry>();
  const changed = head.shards
    .map((hash, index) => ({ hash, index }))
    .filter((one) => kept?.head.shards[one.index] !== one.hash);
  if (kept !== undefined && count > 0) {
    const stale = new Set(changed.map((one) => one.index));
    for (const [path, entry] of kept.tree) if (!stale.has(shardIndex(path, count))) tree.set(path, entry);
  }
  const lists = await inLanes(changed, SHARDS_AT_ONCE, ({ hash }) => readShard(deps, cloud, hash));
  for (const entries of lists) for (const entry of entries) tree.set(entry.path, entry);
  return tree;
}

export async function readShard(deps: CloudDeps, cloud: Cloud, hash: string): Promise<readonly Entry[]> {
  const key = shardKey(hash);
  const plain = await unpack(deps, cloud, key);
  if ((await deps.hashing.sha256(plain)) !== hash)
    throw formatError(key, 'it holds other bytes than it should.');
  const decoded = decodeShard(plain);
  if (!decoded.ok) throw formatError(key, decoded.problem.message);
  return decoded.value;
}

/**
 * Records of `head` with a generation above `from`, oldest first. Delta objects in `skip` are known
 * to hold none.
 */
export async function recordsAfter(
  { deps, cloud }: { readonly deps: CloudDeps; readonly cloud: Cloud },
  head: Head,
  from: number,
  skip: readonly ObjectKey[] = [],
): Promise<CommitRecord[]> {
  const inlineFrom = head.delta[0]?.generation ?? head.generation + 1;
  const needed = inlineFrom <= from + 1 ? [] : head.deltas.filter((key) => !skip.includes(key));
  const spilled = await inLanes(needed, SHARDS_AT_ONCE, (key) => readDelta(deps, cloud, key));
  return [...spilled.flat(), ...head.delta].filter((record) => record.generation > from);
}

export async function readDelta(
  deps: CloudDeps,
  cloud: Cloud,
  key: ObjectKey,
): Promise<readonly CommitRecord[]> {
  const decoded = decodeDelta(await unpack(deps, cloud, key));
  if (!decoded.ok) throw formatError(key, decoded.problem.message);
  return decoded.value;
}

async function unpack(deps: CloudDeps, cloud: Cloud, key: ObjectKey): Promise<Uint8Array> {
  const body = await orAbsent(cloud.bytes(key, MAX_PACKED_BYTES));
  if (body === undefined) throw formatError(key, 'it is missing.');
  try {
    return await deps.compression.gunzip(body, MAX_PLAIN_BYTES);
  } catch (error) {
    if (error instanceof CompressionError) throw formatError(key, 'it is cut short or damaged.');
    throw error;
  }
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}
