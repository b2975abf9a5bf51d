import type { ObjectKey } from '../../../core/model/ids.ts';
import type { ObjectStore } from '../../../storage/object-store.ts';
import { PROBE_PREFIX } from '../../../storage/probe.ts';
import { isStoreError } from '../../../storage/store-error.ts';

const METADATA = { probe: 'twincloud' };
const BODY = new TextEncoder().encode('Twincloud tries a road. This object may be deleted.\n');

/**
 * Whether all that syncing needs comes through this store's transport. A bucket's cross-origin rules may
 * let requests pass and yet hide headers of the answer (tag, range, metadata, date), which would be taken
 * for absent. Rejects with `aborted` alone.
 */
export async function roadIsOpen(
  store: ObjectStore,
  options: { readonly random: { hex(digits: number): string }; readonly signal?: AbortSignal },
): Promise<boolean> {
  const { random, signal } = options;
  const call = signal === undefined ? {} : { signal };
  const key = `${PROBE_PREFIX}${random.hex(16)}` as ObjectKey;
  const copy = `${PROBE_PREFIX}${random.hex(16)}` as ObjectKey;
  try {
    const { etag, serverTimeMs } = await store.put(key, BODY, { ...call, metadata: METADATA });
    if (serverTimeMs === undefined) return false;
    const seen = await store.head(key, call);
    if (seen.metadata['probe'] !== METADATA.probe || seen.etag !== etag) return false;
    const part = await store.get(key, { ...call, range: { offset: 1, length: 4 } });
    if (part.kind !== 'found' || part.body.length !== 4 || part.sizeBytes !== BODY.length) return false;
    if (!(await isAbsent(store, copy, call))) return false;
    await store.copy(key, copy, call);
    for (const one of [key, copy]) await store.delete(one, call);
    return true;
  } catch (error) {
    if (!isStoreError(error) || error.kind === 'aborted') throw error;
    return false;
  } finally {
    for (const one of [key, copy]) await store.delete(one, call).catch(() => undefined);
  }
}

/** Azure says what is absent in a header, which a page may not see: then nothing could be told to be gone. */
async function isAbsent(
  store: ObjectStore,
  key: ObjectKey,
  call: { readonly signal?: AbortSignal },
): Promise<boolean> {
  const error: unknown = await store.head(key, call).then(
    () => undefined,
    (rejected: unknown) => rejected,
  );
  if (isStoreError(error, 'aborted')) throw error;
  return isStoreError(error, 'not-found');
}
