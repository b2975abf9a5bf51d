import type { ObjectKey } from '../../core/model/ids.ts';
import { checkKey } from '../key.ts';
import type { ListOptions, ListPage, ObjectStore } from '../object-store.ts';
import { isStoreError, StoreError } from '../store-error.ts';

const PROVIDER = 'prefix';

/**
 * The part of a store whose keys begin with `prefix`, seen as a store of its own: keys, listings and
 * errors leave the prefix out. Keys may be so much shorter as the prefix is long.
 */
export function withPrefix(store: ObjectStore, prefix: string): ObjectStore {
  if (prefix === '') return store;
  const outer = (key: string): ObjectKey => {
    // An empty key would be the prefix itself, which is a legal key outside.
    checkKey(key, PROVIDER);
    return (prefix + key) as ObjectKey;
  };
  const inner = (key: string): ObjectKey => key.slice(prefix.length) as ObjectKey;
  const led = async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      throw withoutPrefix(error, prefix);
    }
  };
  return {
    capabilities: store.capabilities,
    get: (key, options) => led(() => store.get(outer(key), options)),
    put: (key, body, options) => led(() => store.put(outer(key), body, options)),
    copy: (from, to, options) => led(() => store.copy(outer(from), outer(to), options)),
    delete: (key, options) => led(() => store.delete(outer(key), options)),
    head: (key, options) => led(() => store.head(outer(key), options)),
    list: async function* (within: string, options: ListOptions = {}): AsyncGenerator<ListPage> {
      const { startAfter } = options;
      const moved = startAfter === undefined ? options : { ...options, startAfter: prefix + startAfter };
      try {
        for await (const page of store.list(prefix + within, moved)) {
          yield {
            ...page,
            objects: page.objects.map((object) => ({ ...object, key: inner(object.key) })),
            prefixes: page.prefixes.map(inner),
          };
        }
      } catch (error) {
        throw withoutPrefix(error, prefix);
      }
    },
    close: () => store.close(),
  };
}

function withoutPrefix(error: unknown, prefix: string): unknown {
  if (!isStoreError(error) || error.details.key?.startsWith(prefix) !== true) return error;
  const key = error.details.key.slice(prefix.length);
  return new StoreError(error.kind, { ...error.details, key, cause: error });
}
