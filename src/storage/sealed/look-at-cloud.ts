import { classifyKey, headKey } from '../../core/format/keys.ts';
import type { ObjectStore } from '../object-store.ts';
import { isStoreError } from '../store-error.ts';
import { readEnvelope, type Gzip } from './sealed-head.ts';
import { readWrappedKey, type WrappedKey } from './wrapped-key.ts';

const MAX_HEAD_BYTES = 8 * 1024 * 1024;

/** What a cloud holds. `sealed`: an encrypted vault, with its key under the passphrase where that is still there. */
export type Found =
  | { readonly kind: 'empty' | 'plain' | 'files' }
  | { readonly kind: 'sealed'; readonly wrapped: WrappedKey | undefined };

/** `store`: the bare cloud. A few requests, none of which writes. */
export async function lookAtCloud(store: ObjectStore, gzip: Gzip, signal: AbortSignal): Promise<Found> {
  const head = await envelopeOf(store, gzip, signal);
  if (head === 'plain') return { kind: 'plain' };
  const wrapped = await readWrappedKey(store, { signal });
  if (head === 'sealed' || wrapped !== undefined) return { kind: 'sealed', wrapped };
  for await (const { objects } of store.list('', { signal }))
    if (objects.some(({ key }) => classifyKey(key) !== 'foreign')) return { kind: 'files' };
  return { kind: 'empty' };
}

/** Whether anything of an unencrypted vault, or of other programs, lies there. */
export async function hasPlain(store: ObjectStore, signal: AbortSignal): Promise<boolean> {
  for await (const { objects } of store.list('', { signal }))
    if (objects.some(({ key }) => !['head', 'foreign'].includes(classifyKey(key)))) return true;
  return false;
}

/** A head that cannot be understood counts as plain: nothing may be begun beside it. */
async function envelopeOf(
  store: ObjectStore,
  gzip: Gzip,
  signal: AbortSignal,
): Promise<'absent' | 'plain' | 'sealed'> {
  try {
    const result = await store.get(headKey, { signal, range: { offset: 0, length: MAX_HEAD_BYTES } });
    if (result.kind === 'unchanged') return 'plain';
    return (await readEnvelope(gzip, result.body)).kind === 'sealed' ? 'sealed' : 'plain';
  } catch (error) {
    if (isStoreError(error, 'not-found')) return 'absent';
    throw error;
  }
}
