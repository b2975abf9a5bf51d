import type { ObjectKey } from '../../core/model/ids.ts';
import { bodySize } from '../body.ts';
import type {
  CallOptions,
  GetOptions,
  ListOptions,
  ListPage,
  ObjectBody,
  ObjectStore,
  PutOptions,
  WriteOptions,
} from '../object-store.ts';

export type CallKind = 'get' | 'put' | 'copy' | 'delete' | 'head' | 'list';

/** A call of the port as a wrapper sees it; of a listing, the call for one page. */
export interface StoreCall {
  readonly kind: CallKind;
  /** Of a listing, its prefix. */
  readonly key: string;
  /** A put with a condition: the one call that must not be made twice. */
  readonly conditional: boolean;
  /** Bytes that the caller sends. */
  readonly bytesUp: number;
  /** Bytes that it asked for; `undefined` where only the answer tells. */
  readonly bytesAsked?: number;
  readonly signal: AbortSignal | undefined;
}

/** Makes the call by `run`, any number of times, with the caller's signal or one that fires no later. */
export type Around = <T>(call: StoreCall, run: (signal: AbortSignal | undefined) => Promise<T>) => Promise<T>;

/** The store with every call led through `around`. */
export function intercept(store: ObjectStore, around: Around): ObjectStore {
  const call = (
    kind: CallKind,
    key: string,
    options: CallOptions,
    rest: Partial<StoreCall> = {},
  ): StoreCall => ({ kind, key, conditional: false, bytesUp: 0, ...rest, signal: options.signal });
  return {
    capabilities: store.capabilities,
    get: (key: ObjectKey, options: GetOptions = {}) => {
      const asked = options.range === undefined ? {} : { bytesAsked: options.range.length };
      return around(call('get', key, options, asked), (signal) =>
        store.get(key, withSignal(options, signal)),
      );
    },
    put: (key: ObjectKey, body: ObjectBody, options: PutOptions = {}) => {
      const conditional = options.ifMatch !== undefined || options.ifNoneMatch !== undefined;
      return around(call('put', key, options, { conditional, bytesUp: bodySize(body) }), (signal) =>
        store.put(key, body, withSignal(options, signal)),
      );
    },
    copy: (from: ObjectKey, to: ObjectKey, options: WriteOptions = {}) =>
      around(call('copy', to, options), (signal) => store.copy(from, to, withSignal(options, signal))),
    delete: (key: ObjectKey, options: CallOptions = {}) =>
      around(call('delete', key, options), (signal) => store.delete(key, withSignal(options, signal))),
    head: (key: ObjectKey, options: CallOptions = {}) =>
      around(call('head', key, options), (signal) => store.head(key, withSignal(options, signal))),
    list: (prefix: string, options: ListOptions = {}) =>
      listPages(store, { call: call('list', prefix, options, { bytesAsked: 0 }), options, around }),
    close: () => store.close(),
  };
}

/** The options with another signal, which may only be absent where theirs is. */
export function withSignal<T extends CallOptions>(options: T, signal: AbortSignal | undefined): T {
  return signal === undefined || signal === options.signal ? options : { ...options, signal };
}

async function* listPages(
  store: ObjectStore,
  request: { readonly call: StoreCall; readonly options: ListOptions; readonly around: Around },
): AsyncGenerator<ListPage> {
  const { call, options, around } = request;
  // A page's signal may fire before the listing's; the inner listing has one for all its pages.
  const inner = new AbortController();
  const pages = store.list(call.key, withSignal(options, inner.signal))[Symbol.asyncIterator]();
  const next = async (signal: AbortSignal | undefined): Promise<IteratorResult<ListPage, unknown>> => {
    const stop = (): void => {
      inner.abort(signal?.reason);
    };
    if (signal?.aborted === true) stop();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      return await pages.next();
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  };
  try {
    for (;;) {
      const result = await around(call, next);
      if (result.done === true) return;
      yield result.value;
    }
  } finally {
    await pages.return?.();
  }
}
