import type { ObjectKey } from '../core/model/ids.ts';
import type { ObjectStore, ObjectVersion, PutOptions } from '../storage/object-store.ts';
import { isStoreError, StoreError } from '../storage/store-error.ts';

/** Below it lie the vault's own objects; all else is the readable copy. */
const OWN_PREFIX = '.twincloud/';

/**
 * A folder keeps what is written with a condition as numbered versions out of sight, but a readable
 * copy is there to be read: its condition is looked at first, and the file then put as a plain one.
 * What another program writes within those milliseconds is overwritten.
 */
export function withPlainReadableCopy(store: ObjectStore): ObjectStore {
  return {
    ...store,
    put: async (key, body, options: PutOptions = {}) => {
      const { ifMatch, ifNoneMatch, ...rest } = options;
      const isConditional = ifMatch !== undefined || ifNoneMatch !== undefined;
      if (!isConditional || key.startsWith(OWN_PREFIX)) return store.put(key, body, options);
      const present = await presentOf(store, key, options);
      if (present?.etag !== ifMatch) {
        const kind = present === undefined ? 'not-found' : 'conflict';
        throw new StoreError(kind, { provider: 'folder', key });
      }
      return store.put(key, body, rest);
    },
  };
}

async function presentOf(
  store: ObjectStore,
  key: ObjectKey,
  { signal }: PutOptions,
): Promise<ObjectVersion | undefined> {
  try {
    return await store.head(key, signal === undefined ? {} : { signal });
  } catch (error) {
    if (isStoreError(error, 'not-found')) return undefined;
    throw error;
  }
}
