import { classifyKey, headKey, KEY_PREFIXES } from '../../core/format/keys.ts';
import type { Head } from '../../core/model/head.ts';
import { isStoreError } from '../../storage/store-error.ts';
import { EngineError } from '../api.ts';
import { orAbsent, type Cloud } from '../cloud/cloud.ts';
import { MAX_HEAD_OBJECT_BYTES, readHead, unpackHead } from '../cloud/head.ts';
import { copyMissing, isWanting, listBoth, type Both, type Route } from '../replicas/copy-objects.ts';
import { isImmutable } from '../replicas/scrub.ts';
import { proveWhole, type Proven } from './prove-whole.ts';
import { routeOf, Tally, type Sides } from './sides.ts';

/** Another device that commits meanwhile wins at most so often; each time only what it sent has to be sealed. */
const TRIES = 20;

/** `already`: another run, or another device with the same key, had done it. */
export interface SealedCloud {
  readonly kind: 'sealed' | 'already';
  readonly objects: number;
  readonly bytes: number;
}

/**
 *   plain objects ─► sealed beside them ─► read back ─► the head, sealed, in the place of the plain one
 *
 * Seals a vault where it lies: the same lineage, commits and history, and nothing plain is removed. Until the
 * head is replaced, by compare-and-swap, every device goes on in the clear; after it none can. May be cut off
 * anywhere and run again, by several devices that have the same key too: what is sealed already is not sealed
 * again. Rejects with kind `not-found` where there is no vault.
 */
export async function sealCloud(sides: Sides): Promise<SealedCloud> {
  const route = routeOf(sides);
  const proven: Proven = new Set();
  const done = { objects: 0, bytes: 0 };
  for (let tries = 0; tries < TRIES; tries += 1) {
    const plain = await plainHead(route.from, sides);
    if (plain === 'sealed') {
      // Rejects where another key sealed it.
      await readHead(route.to, sides.deps.compression);
      return { kind: 'already', ...done };
    }
    const both = await listBoth(route);
    const condemned = new Set(plain.head.condemned?.keys);
    const wanting = [...both.source.values()].filter(
      (one) => isImmutable(one.key) && !condemned.has(one.key) && isWanting(one, both.target.get(one.key)),
    );
    const tally = new Tally(sides, 'upload', wanting);
    const onCopied = tally.add.bind(tally);
    const copied = await copyMissing({ ...route, onCopied }, both, condemned);
    done.objects += copied.objects;
    done.bytes += copied.bytes;
    await copySeats(route, both);
    await proveWhole(sides, plain.head, proven, both.source);
    if (await swapHead(route.to, plain)) return { kind: 'sealed', ...done };
    sides.signal?.throwIfAborted();
  }
  throw new EngineError(
    'contended',
    'Other devices kept writing to the vault meanwhile. What is encrypted so far stays; run it again.',
  );
}

interface PlainHead {
  readonly head: Head;
  /** As it lies there: a later version may have put more into it than this one knows. */
  readonly body: Uint8Array;
  readonly etag: string;
}

async function plainHead(cloud: Cloud, { deps }: Sides): Promise<PlainHead | 'sealed'> {
  const result = await orAbsent(cloud.get(headKey, { mostBytes: MAX_HEAD_OBJECT_BYTES }));
  if (result?.kind !== 'found')
    throw new EngineError('not-found', 'There is no vault in this cloud yet. Sync first, then encrypt it.');
  const { body, etag } = result;
  try {
    return { head: await unpackHead(deps.compression, body, headKey), body, etag };
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'encrypted-bucket') return 'sealed';
    throw error;
  }
}

/** Which cloud has authority is told by an object that is never copied between clouds; here it stays in its own. */
export async function copySeats({ from, to }: Route, { source, target }: Both): Promise<void> {
  for (const { key, sizeBytes } of source.values()) {
    if (classifyKey(key) !== 'seat' || target.has(key)) continue;
    const body = sizeBytes === 0 ? undefined : await orAbsent(from.bytes(key, sizeBytes));
    await to.put(key, body ?? new TextEncoder().encode(`${key.slice(KEY_PREFIXES.seat.length)}\n`));
  }
}

/** `false`: the plain head is another by now, or it is not known whether this took effect: look again. */
async function swapHead(to: Cloud, { body, etag }: PlainHead): Promise<boolean> {
  try {
    await to.put(headKey, body, to.store.capabilities.conditionalPut ? { ifMatch: etag } : {});
    return true;
  } catch (error) {
    if (isStoreError(error, 'conflict') || isStoreError(error, 'not-found')) return false;
    throw error;
  }
}
