import { inLanes } from '../lanes.ts';
import { encodeDelta } from '../../core/format/delta-codec.ts';
import { deltaKey, headKey, rootKey, shardKey } from '../../core/format/keys.ts';
import { encodeShard } from '../../core/format/shard-codec.ts';
import { appendLog } from '../../core/model/ancestry.ts';
import { shapeCommit } from '../../core/model/commit-shape.ts';
import { datedCondemned, namesCondemned } from '../../core/model/collection.ts';
import type { Entry } from '../../core/model/entry.ts';
import { FORMAT, MAX_SHARDS, type CommitRecord, type CommitStamp, type Head } from '../../core/model/head.ts';
import type { CommitId, ObjectKey } from '../../core/model/ids.ts';
import { nextShardCount, splitIntoShards } from '../../core/model/shards.ts';
import { applyRecords } from '../../core/model/tree.ts';
import type { VaultPath } from '../../core/model/vault-path.ts';
import { isStoreError } from '../../storage/store-error.ts';
import type { EngineDeps } from '../api.ts';
import { packHead, readHead } from '../cloud/head.ts';
import type { Cloud } from '../cloud/cloud.ts';
import type { RemoteView } from '../cloud/remote-view.ts';

const SHARDS_AT_ONCE = 8;

/** What a commit writes besides its entries. */
export interface Draft {
  readonly view: RemoteView | undefined;
  readonly identity: { readonly vaultId: string; readonly lineage: string };
  readonly device: CommitRecord['device'];
  readonly deviceName: string;
  /** Entries as they shall stand, their generation still to be set. A path may come twice: versions in order. */
  readonly entries: readonly Entry[];
  /** More batches of the same run follow: compaction waits for the last. */
  readonly moreFollow: boolean;
  readonly condemned?: Head['condemned'];
  /** Rewrite the shards whatever the size, to mend lost ones. */
  readonly compact?: boolean;
  /** Tombstones that every device has passed; asked only when shards are written. */
  readonly expired: () => Promise<ReadonlySet<VaultPath>>;
  /** The entries are as they were but for their place: repair and repacking change no version. */
  readonly keepGeneration?: boolean;
}

export interface PreparedCommit {
  readonly head: Head;
  readonly record: CommitRecord;
  readonly tree: Map<VaultPath, Entry>;
  /** Where the tree differs from the one before. */
  readonly changed: ReadonlySet<VaultPath>;
  /** Objects to be put before the head. */
  readonly objects: readonly { readonly key: ObjectKey; readonly body: Uint8Array }[];
}

/** Makes the next head and what it refers to. No request, but for old tombstones at a compaction. */
export async function prepareCommit(deps: EngineDeps, draft: Draft, timeMs: number): Promise<PreparedCommit> {
  const before = draft.view?.head;
  const generation = (before?.generation ?? 0) + 1;
  const commit = deps.random.hex(16) as CommitId;
  const stamp: CommitStamp = {
    commit,
    generation,
    device: draft.device,
    deviceName: draft.deviceName,
    timeMs,
  };
  const entries =
    draft.keepGeneration === true ? draft.entries : draft.entries.map((entry) => ({ ...entry, generation }));
  const record: CommitRecord = { ...stamp, entries };
  const tree = applyRecords(draft.view?.tree ?? new Map(), [record]);
  const shape =
    draft.compact === true
      ? 'compact'
      : shapeCommit({ head: before, records: [record], isLastBatch: !draft.moreFollow }).kind;
  // Where it is not known since when the head stands that listed them first: since now at the latest.
  const carried = before === undefined ? undefined : datedCondemned(before, draft.view?.timeMs ?? timeMs);
  const condemned = draft.condemned === undefined ? carried : { ...draft.condemned, generation };
  const common = {
    format: FORMAT as 1,
    minClient: FORMAT,
    ...draft.identity,
    ...(before?.parent === undefined ? {} : { parent: before.parent }),
    ...(before?.former === undefined ? {} : { former: before.former }),
    generation,
    commit,
    log: appendLog(before?.log ?? [], commit),
    ...(condemned === undefined ? {} : { condemned }),
  };
  if (shape === 'compact') {
    const expired = await draft.expired();
    const compact = await compacted(deps, { common, before, stamp, record, tree, expired });
    if (compact !== undefined) return compact;
  }
  const old = {
    shards: before?.shards ?? [],
    ...(before?.shardsAt === undefined ? {} : { shardsAt: before.shardsAt }),
    ...(before?.root === undefined ? {} : { root: before.root }),
  };
  const changed = pathsOf(record);
  const delta = [...(before?.delta ?? []), record];
  const deltas = before?.deltas ?? [];
  const spilled = before?.spilled ?? 0;
  if (shape === 'inline') {
    return { head: { ...common, ...old, deltas, delta, spilled }, record, tree, changed, objects: [] };
  }
  const key = deltaKey(deps.random.hex(32));
  const body = await deps.compression.gzip(encodeDelta(delta));
  const count = delta.reduce((sum, one) => sum + one.entries.length, 0);
  const head = { ...common, ...old, deltas: [...deltas, key], delta: [], spilled: spilled + count };
  return { head, record, tree, changed, objects: [{ key, body }] };
}

interface Compaction {
  readonly common: Omit<Head, 'shards' | 'deltas' | 'delta' | 'spilled'>;
  readonly before: Head | undefined;
  readonly stamp: CommitStamp;
  readonly record: CommitRecord;
  readonly tree: ReadonlyMap<VaultPath, Entry>;
  readonly expired: ReadonlySet<VaultPath>;
}

/**
 * `undefined` where a shard's key is condemned: lines of old come again under a key that nobody may
 * write. Another number of shards makes other keys.
 */
async function compacted(deps: EngineDeps, compaction: Compaction): Promise<PreparedCommit | undefined> {
  const { common, before, stamp, record, expired } = compaction;
  const objects: { key: ObjectKey; body: Uint8Array }[] = [];
  const tree = new Map(compaction.tree);
  const own = pathsOf(record);
  const changed = new Set(own);
  for (const path of expired) {
    if (!own.has(path) && tree.delete(path)) changed.add(path);
  }
  const wanted = nextShardCount(before?.shards.length ?? 0, tree.size);
  const other = wanted === MAX_SHARDS ? wanted / 2 : wanted * 2;
  const condemned = [common.condemned, before?.condemned];
  const made =
    (await shardsOf(deps, tree, wanted, condemned)) ?? (await shardsOf(deps, tree, other, condemned));
  if (made === undefined) return undefined;
  const former = new Set(before?.shards);
  for (const { hash, plain } of made) {
    if (!former.has(hash)) objects.push({ key: shardKey(hash), body: await deps.compression.gzip(plain) });
  }
  const shards = made.map(({ hash }) => hash);
  if (before !== undefined)
    objects.push({ key: rootKey(before.commit), body: await packHead(deps.compression, before) });
  // Shards keep the last version of a path alone: what a commit merged away stays readable in its record.
  const delta = own.size < record.entries.length ? [record] : [];
  const root = before?.commit;
  const head: Head = {
    ...common,
    shards,
    shardsAt: stamp,
    deltas: [],
    delta,
    spilled: 0,
    ...(root === undefined ? {} : { root }),
  };
  return { head, record, tree, changed, objects };
}

function pathsOf({ entries }: CommitRecord): ReadonlySet<VaultPath> {
  return new Set(entries.map(({ path }) => path));
}

interface Shard {
  readonly hash: string;
  readonly plain: Uint8Array;
}

/** `undefined` where one of them would have a condemned key. */
async function shardsOf(
  deps: EngineDeps,
  tree: ReadonlyMap<VaultPath, Entry>,
  count: number,
  condemned: readonly Head['condemned'][],
): Promise<Shard[] | undefined> {
  const shards: Shard[] = [];
  for (const entries of splitIntoShards(tree, count)) {
    const plain = encodeShard(entries);
    shards.push({ hash: await deps.hashing.sha256(plain), plain });
  }
  const hashes = shards.map(({ hash }) => hash);
  return condemned.some((list) => namesCondemned(list, hashes)) ? undefined : shards;
}

/** `lost`: another head stands there; nothing was committed. */
export type HeadWrite =
  ({ readonly kind: 'won' } & Pick<RemoteView, 'etag' | 'timeMs'>) | { readonly kind: 'lost' };

/** Puts what the head refers to. */
export async function putObjects(cloud: Cloud, prepared: PreparedCommit): Promise<void> {
  await inLanes(prepared.objects, SHARDS_AT_ONCE, ({ key, body }) => cloud.put(key, body));
}

/**
 * The compare-and-swap. A retried success looks like a lost race, and a time-out may have had its
 * effect: after any failure the head is read, and tells by its log whether this commit is in it.
 * Rejects with the store's error when that cannot be told or the store refuses.
 */
export async function writeHead(
  deps: EngineDeps,
  cloud: Cloud,
  prepared: Pick<PreparedCommit, 'head'>,
  former: Pick<RemoteView, 'etag'> | undefined,
): Promise<HeadWrite> {
  const body = await packHead(deps.compression, prepared.head);
  const condition = former === undefined ? { ifNoneMatch: '*' as const } : { ifMatch: former.etag };
  try {
    const version = await cloud.put(headKey, body, condition);
    const { etag, serverTimeMs } = version;
    return { kind: 'won', etag, ...(serverTimeMs === undefined ? {} : { timeMs: serverTimeMs }) };
  } catch (error) {
    if (!isStoreError(error) || isStoreError(error, 'aborted')) throw error;
    const now = await readHead(cloud, deps.compression);
    if (now.kind === 'found' && now.head.log.includes(prepared.head.commit)) {
      // The tag is ours only if nobody committed since; else the next refresh fetches what is new.
      return now.head.commit === prepared.head.commit ? { ...now, kind: 'won' } : { kind: 'lost' };
    }
    if (isStoreError(error, 'conflict') || isStoreError(error, 'not-found')) return { kind: 'lost' };
    if (now.kind === 'found' && now.etag !== former?.etag) return { kind: 'lost' };
    throw error;
  }
}
