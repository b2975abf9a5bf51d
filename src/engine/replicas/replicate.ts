import { headKey, rootKey } from '../../core/format/keys.ts';
import type { Head } from '../../core/model/head.ts';
import type { ObjectKey } from '../../core/model/ids.ts';
import { replicationStep } from '../../core/model/replication.ts';
import { isStoreError } from '../../storage/store-error.ts';
import type { Problem } from '../api.ts';
import type { Cloud } from '../cloud/cloud.ts';
import { MAX_HEAD_OBJECT_BYTES, packHead, readHead, unpackHead, type TaggedHead } from '../cloud/head.ts';
import { descends } from '../cloud/remote-view.ts';
import { absorb, type SyncDevice, type Tail } from './absorb.ts';
import { copyMissing, listBoth, type Route } from './copy-objects.ts';

/** Another device that replicates at the same time wins at most so often. */
const TRIES = 5;

export type Replicated =
  | {
      readonly kind: 'protected';
      readonly head: Pick<Head, 'lineage' | 'commit' | 'generation'>;
      readonly objects: number;
      readonly bytes: number;
      /** Objects of the primary that could not be copied, for they are missing or damaged there. */
      readonly damaged: readonly ObjectKey[];
    }
  /** The backup's head was left, for these could not be copied: an answer may have been harmed on its way. */
  | { readonly kind: 'doubtful'; readonly damaged: readonly ObjectKey[] }
  /** The backup had authority before, and of what was committed there since these could not be read. */
  | { readonly kind: 'unread'; readonly problems: readonly Problem[] }
  /** The backup has taken over, or holds what took over. */
  | { readonly kind: 'succeeded'; readonly head: Head }
  /** Nothing of the backup's head was changed. */
  | { readonly kind: 'refused'; readonly reason: 'other-vault' | 'other-lineage' | 'ahead' | 'contended' };

interface ReplicateOptions {
  /** Look for what the backup lacks also where it has the primary's head. */
  readonly thorough: boolean;
  /** What could not be copied could not be the last time either: go on without it. */
  readonly confirmed: boolean;
  readonly sync: SyncDevice;
  /** Told where commits of a former primary were brought into the one of today. */
  readonly onAbsorbed?: () => void;
}

/**
 *   primary's head ─► compare ─► copy what lacks ─► (keep the backup's head as a root) ─► the backup's head
 *
 * Brings the backup `route.to` up to the primary `route.from`. Idempotent; may be cut off anywhere, and
 * may run on several devices at once. Rejects with the `StoreError` of whichever cloud failed, or with
 * an `EngineError` of kind `format` where a head cannot be understood.
 */
export async function replicate(route: Route, options: ReplicateOptions): Promise<Replicated> {
  const { deps, from, to } = route;
  const done = { objects: 0, bytes: 0 };
  for (let tries = 0; tries < TRIES; tries += 1) {
    let primary = await readRaw(route);
    const found = await readHead(to, deps.compression);
    const backup = found.kind === 'found' ? found : undefined;
    const step = replicationStep(primary.head, backup?.head);
    // Another device committed and replicated between the two looks.
    if (step === 'ahead' && (await readRaw(route)).head.commit !== primary.head.commit) continue;
    if (step === 'other-vault' || step === 'other-lineage' || step === 'ahead')
      return { kind: 'refused', reason: step };
    if (step === 'succeeded') return { kind: 'succeeded', head: backup?.head ?? primary.head };
    if (step === 'same' && !options.thorough)
      return { kind: 'protected', head: primary.head, ...done, damaged: [] };
    const isAncestor = step === 'advance' || step === 'same' || (await isOlder(route, primary.head, backup));
    if (step === 'former' && !isAncestor && backup !== undefined) {
      const problems = await takeOver(route, { own: primary.head, old: backup.head }, options.sync);
      options.onAbsorbed?.();
      if (problems.length > 0 && !options.confirmed) return { kind: 'unread', problems };
      primary = await readRaw(route);
    }
    const both = await listBoth(route);
    const copied = await copyMissing(route, both, new Set(primary.head.condemned?.keys));
    done.objects += copied.objects;
    done.bytes += copied.bytes;
    const { damaged } = copied;
    if (damaged.length > 0 && !options.confirmed) return { kind: 'doubtful', damaged };
    if (step === 'same') return { kind: 'protected', head: primary.head, ...done, damaged };
    if (!isAncestor && backup !== undefined) await keepAsRoot(route, backup.head);
    if (await putHead(to, primary.body, backup?.etag))
      return { kind: 'protected', head: primary.head, ...done, damaged };
    from.signal?.throwIfAborted();
  }
  return { kind: 'refused', reason: 'contended' };
}

/** Its commits stay restorable too, from the cloud of today: what they need is copied first. */
async function takeOver(route: Route, tail: Tail, sync: SyncDevice): Promise<readonly Problem[]> {
  const back: Route = { ...route, from: route.to, to: route.from };
  await copyMissing(back, await listBoth(back), new Set(tail.old.condemned?.keys));
  await keepAsRoot(back, tail.old);
  return absorb(route, tail, sync);
}

interface RawHead {
  readonly head: Head;
  readonly body: Uint8Array;
}

/** The primary's head, and its bytes as they are. Absent: rejects with `not-found`. */
async function readRaw({ deps, from }: Route): Promise<RawHead> {
  const body = await from.bytes(headKey, MAX_HEAD_OBJECT_BYTES);
  return { body, head: await unpackHead(deps.compression, body, headKey) };
}

async function isOlder({ deps, from }: Route, head: Head, backup: TaggedHead | undefined): Promise<boolean> {
  return backup === undefined || descends(deps, from, head, backup.head);
}

/** What the primary went back from stays restorable from the backup. */
async function keepAsRoot({ deps, to }: Route, head: Head): Promise<void> {
  await to.put(rootKey(head.commit), await packHead(deps.compression, head));
}

/** `false`: another device was quicker, or its outcome is not known. */
async function putHead(to: Cloud, body: Uint8Array, former: string | undefined): Promise<boolean> {
  const condition = former === undefined ? { ifNoneMatch: '*' as const } : { ifMatch: former };
  try {
    await to.put(headKey, body, {
      contentType: 'application/gzip',
      ...(to.store.capabilities.conditionalPut ? condition : {}),
    });
    return true;
  } catch (error) {
    if (isStoreError(error, 'conflict') || (former !== undefined && isStoreError(error, 'not-found')))
      return false;
    throw error;
  }
}
