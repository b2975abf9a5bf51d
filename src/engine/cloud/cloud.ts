import type { ObjectKey } from '../../core/model/ids.ts';
import { isStoreError, StoreError } from '../../storage/store-error.ts';
import type {
  GetResult,
  ListedObject,
  ObjectBody,
  ObjectStore,
  ObjectVersion,
  PutOptions,
} from '../../storage/object-store.ts';
import { EngineError, type CloudDeps } from '../api.ts';

export interface CloudGetOptions {
  readonly ifNoneMatch?: string;
  /**
   * An object that is larger rejects with kind `format`, and no more of it is fetched; nor may it be
   * empty. Whoever writes to the bucket could else fill the memory of every device.
   */
  readonly mostBytes?: number;
}

/**
 * The store with what the engine adds to it: one abort signal, and the server's clock learned from
 * its answers. Errors stay `StoreError`s.
 */
export class Cloud {
  readonly store: ObjectStore;
  readonly signal: AbortSignal | undefined;
  readonly #now: () => number;
  #offsetMs = 0;

  constructor(deps: CloudDeps, signal: AbortSignal | undefined) {
    this.store = deps.store;
    this.signal = signal;
    this.#now = () => deps.clock.now();
  }

  /** The server's time, as far as known; else this device's. */
  nowMs(): number {
    return this.#now() + this.#offsetMs;
  }

  /** Learns the server's clock from an answer. */
  observe(answer: { readonly serverTimeMs?: number }): void {
    if (answer.serverTimeMs !== undefined) this.#offsetMs = answer.serverTimeMs - this.#now();
  }

  get options(): { readonly signal?: AbortSignal } {
    return this.signal === undefined ? {} : { signal: this.signal };
  }

  async get(key: ObjectKey, options: CloudGetOptions = {}): Promise<GetResult> {
    const { ifNoneMatch, mostBytes } = options;
    const asked = this.store.get(key, {
      ...this.options,
      ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
      ...(mostBytes === undefined ? {} : { range: { offset: 0, length: mostBytes } }),
    });
    const result = await asked.catch((error: unknown) => {
      // As damaged as one that does not unpack.
      if (isStoreError(error, 'corrupt') && error.details.reason === 'broken-seal')
        throw formatError(
          key,
          'its seal does not hold: it was cut, changed, swapped, or made without the key.',
        );
      throw error;
    });
    this.observe(result);
    if (result.kind === 'found' && result.sizeBytes > (mostBytes ?? Infinity))
      throw formatError(key, `it has ${String(result.sizeBytes)} bytes, more than any of its kind.`);
    return result;
  }

  /** The whole object, which is never empty. Absent: rejects with `not-found`; larger: with kind `format`. */
  async bytes(key: ObjectKey, mostBytes: number): Promise<Uint8Array> {
    const result = await this.get(key, { mostBytes });
    if (result.kind === 'unchanged') {
      throw new StoreError('unexpected', {
        provider: 'engine',
        key,
        detail: 'unchanged without a condition',
      });
    }
    return result.body;
  }

  async put(key: ObjectKey, body: ObjectBody, options: PutOptions = {}): Promise<ObjectVersion> {
    const version = await this.store.put(key, body, { ...this.options, ...options });
    this.observe(version);
    return version;
  }

  /** All objects below `prefix`, pages flattened. */
  async *list(prefix: string): AsyncIterable<ListedObject> {
    for await (const page of this.store.list(prefix, this.options)) {
      this.observe(page);
      yield* page.objects;
    }
  }
}

/** `undefined` instead of a rejection with `not-found`. */
export async function orAbsent<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isStoreError(error, 'not-found') && error.details.reason === undefined) return undefined;
    throw error;
  }
}

export function formatError(key: string, message: string): EngineError {
  return new EngineError(
    'format',
    `The cloud's ${key} cannot be used: ${message} Nothing was changed. Sync again; if it stays so, put that object back from the bucket's versions or a backup.`,
  );
}
