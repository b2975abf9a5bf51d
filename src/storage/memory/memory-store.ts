import { md5 as nobleMd5 } from '@noble/hashes/legacy.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { ObjectKey } from '../../core/model/ids.ts';
import { clampRange, throwIfAborted, wholeBody } from '../body.ts';
import { checkKey, compareKeys, indexAfter } from '../key.ts';
import type {
  CallOptions,
  GetOptions,
  GetResult,
  ListOptions,
  ListPage,
  ObjectBody,
  ObjectInfo,
  ObjectStore,
  ObjectVersion,
  PutOptions,
  StoreCapabilities,
  WriteOptions,
} from '../object-store.ts';
import { StoreError } from '../store-error.ts';
import type { Now } from '../time.ts';
import { listPage } from './listing.ts';

/** Never changed once stored, so that snapshots and pages may share it. */
export interface StoredObject {
  readonly body: Uint8Array;
  readonly etag: string;
  readonly lastModifiedMs: number;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface MemoryStoreOptions {
  readonly clock: Now;
  /** Hexadecimal MD5, which is the tag. */
  readonly md5?: (bytes: Uint8Array) => string;
  /** `ignored` answers as if the condition held; `unsupported` rejects. Both as some servers do. */
  readonly conditions?: 'honoured' | 'ignored' | 'unsupported';
  /** What the store claims of itself, where that shall differ from the truth. */
  readonly claims?: Partial<StoreCapabilities>;
}

/** A bucket as it stood; give it to `rollback`. */
export type MemorySnapshot = ReadonlyMap<string, StoredObject>;

const PROVIDER = 'memory';
const MAX_PAGE = 1000;

/** The port in memory, exact and deterministic: what tests and simulations run on. */
export class MemoryStore implements ObjectStore {
  readonly capabilities: StoreCapabilities;
  readonly #clock: Now;
  readonly #md5: (bytes: Uint8Array) => string;
  readonly #conditions: 'honoured' | 'ignored' | 'unsupported';
  #objects = new Map<string, StoredObject>();
  /** Made by the first listing, then kept in order by each write. */
  #sortedKeys: string[] | undefined;
  #closed = false;

  constructor(options: MemoryStoreOptions) {
    this.#clock = options.clock;
    this.#md5 = options.md5 ?? ((bytes) => bytesToHex(nobleMd5(bytes)));
    this.#conditions = options.conditions ?? 'honoured';
    this.capabilities = {
      conditionalPut: this.#conditions === 'honoured',
      serverCopy: true,
      listingHash: 'md5',
      maxSinglePutBytes: 5 * 1024 ** 3,
      writesPerSecondPerKey: Infinity,
      ...options.claims,
    };
  }

  async get(key: ObjectKey, options: GetOptions = {}): Promise<GetResult> {
    const object = this.#find(key, options.signal);
    if (options.ifNoneMatch === object.etag) return { kind: 'unchanged', serverTimeMs: this.#clock.now() };
    const { range } = options;
    if (range === undefined) return { kind: 'found', body: object.body.slice(), ...this.#info(object) };
    const { start, end } = clampRange(range, object.body.length, { provider: PROVIDER, key });
    return { kind: 'found', body: object.body.slice(start, end), ...this.#info(object) };
  }

  async put(key: ObjectKey, body: ObjectBody, options: PutOptions = {}): Promise<ObjectVersion> {
    this.#begin(key, options.signal);
    const whole = await wholeBody(body, PROVIDER);
    // From here on nothing waits: the condition and the write are one step.
    this.#begin(key, options.signal);
    this.#checkConditions(key, options);
    return this.#store(key, whole, options.metadata);
  }

  async copy(from: ObjectKey, to: ObjectKey, options: WriteOptions = {}): Promise<ObjectVersion> {
    const source = this.#find(from, options.signal);
    checkKey(to, PROVIDER);
    return this.#store(to, source.body, options.metadata);
  }

  async delete(key: ObjectKey, options: CallOptions = {}): Promise<void> {
    this.#begin(key, options.signal);
    if (!this.#objects.delete(key) || this.#sortedKeys === undefined) return;
    this.#sortedKeys.splice(indexAfter(this.#sortedKeys, key, true), 1);
  }

  async head(key: ObjectKey, options: CallOptions = {}): Promise<ObjectInfo> {
    return this.#info(this.#find(key, options.signal));
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListPage> {
    const { startAfter, delimiter, signal } = options;
    const limit = Math.max(1, Math.min(options.limit ?? MAX_PAGE, MAX_PAGE));
    let after = startAfter;
    let more = true;
    while (more) {
      this.#begin(undefined, signal);
      const page = listPage(this.#keys(), { prefix, after, delimiter, limit });
      yield {
        objects: page.keys.flatMap((key) => this.#listed(key)),
        prefixes: page.prefixes,
        serverTimeMs: this.#clock.now(),
      };
      after = page.last;
      more = page.more;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  /** What stands under the key, past all options and faults. */
  peek(key: string): StoredObject | undefined {
    return this.#objects.get(key);
  }

  /** The bucket itself, to look at: it changes with the next write. */
  get objects(): MemorySnapshot {
    return this.#objects;
  }

  /** The bucket as it is now, for `rollback`: a backup taken. */
  snapshot(): MemorySnapshot {
    return new Map(this.#objects);
  }

  /** The bucket as it was: an old backup put back. */
  rollback(snapshot: MemorySnapshot): void {
    this.#objects = new Map(snapshot);
    this.#sortedKeys = undefined;
  }

  #begin(key: string | undefined, signal: AbortSignal | undefined): void {
    if (this.#closed) throw new StoreError('aborted', { provider: PROVIDER, detail: 'the store is closed' });
    throwIfAborted(signal, PROVIDER, key);
    if (key !== undefined) checkKey(key, PROVIDER);
  }

  #find(key: string, signal: AbortSignal | undefined): StoredObject {
    this.#begin(key, signal);
    const object = this.#objects.get(key);
    if (object === undefined) throw new StoreError('not-found', { provider: PROVIDER, key });
    return object;
  }

  #checkConditions(key: string, options: PutOptions): void {
    const { ifMatch, ifNoneMatch } = options;
    if (ifMatch === undefined && ifNoneMatch === undefined) return;
    if (this.#conditions === 'ignored') return;
    if (this.#conditions === 'unsupported' || (ifMatch !== undefined && ifNoneMatch !== undefined)) {
      throw new StoreError('unsupported', { provider: PROVIDER, key, detail: 'conditions' });
    }
    const now = this.#objects.get(key);
    if (ifNoneMatch !== undefined && now !== undefined) {
      throw new StoreError('conflict', { provider: PROVIDER, key, detail: 'it exists' });
    }
    if (ifMatch === undefined) return;
    if (now === undefined) throw new StoreError('not-found', { provider: PROVIDER, key });
    if (now.etag !== ifMatch)
      throw new StoreError('conflict', { provider: PROVIDER, key, detail: 'it changed' });
  }

  #store(key: string, body: Uint8Array, metadata: Readonly<Record<string, string>> = {}): ObjectVersion {
    const nowMs = this.#clock.now();
    const object = { body, etag: this.#md5(body), lastModifiedMs: nowMs, metadata: { ...metadata } };
    if (!this.#objects.has(key) && this.#sortedKeys !== undefined) {
      this.#sortedKeys.splice(indexAfter(this.#sortedKeys, key), 0, key);
    }
    this.#objects.set(key, object);
    return { etag: object.etag, serverTimeMs: nowMs };
  }

  #info(object: StoredObject): ObjectInfo {
    return {
      etag: object.etag,
      serverTimeMs: this.#clock.now(),
      sizeBytes: object.body.length,
      lastModifiedMs: object.lastModifiedMs,
      metadata: { ...object.metadata },
    };
  }

  #keys(): readonly string[] {
    this.#sortedKeys ??= [...this.#objects.keys()].sort(compareKeys);
    return this.#sortedKeys;
  }

  #listed(key: string): ListPage['objects'] {
    const object = this.#objects.get(key);
    if (object === undefined) return [];
    const { etag, lastModifiedMs, body } = object;
    return [{ key: key as ObjectKey, sizeBytes: body.length, etag, lastModifiedMs, md5: etag }];
  }
}
