import type { ObjectKey } from '../core/model/ids.ts';

/**
 * Bytes under keys in one bucket (or folder). Knows nothing of vaults.
 *
 * Every method rejects with a `StoreError` and nothing else; with kind `aborted` soon after
 * `signal` fires, whether or not the request had its effect. A rejected write may have had its
 * effect: only `conflict`, `denied`, `quota` and `unsupported` say that it had none.
 * Reads see a completed write at once. Keys are any well-formed Unicode of at most 1,024 UTF-8 bytes.
 */
export interface ObjectStore {
  readonly capabilities: StoreCapabilities;

  /** The object, a range of it, or word that it is still `ifNoneMatch`. Absent: `not-found`. */
  get(key: ObjectKey, options?: GetOptions): Promise<GetResult>;

  /**
   * Stores `body` unless a condition does not hold; then rejects with `conflict`, or `not-found`
   * where `ifMatch` names an object that is gone. Atomic: readers see old or new, never part.
   */
  put(key: ObjectKey, body: ObjectBody, options?: PutOptions): Promise<ObjectVersion>;

  /** Copies inside the store without moving the body here; metadata is replaced by the given. */
  copy(from: ObjectKey, to: ObjectKey, options?: WriteOptions): Promise<ObjectVersion>;

  /** Removes the object; absent already is success. */
  delete(key: ObjectKey, options?: CallOptions): Promise<void>;

  /** Size, tag and metadata without the body. Absent: `not-found`. */
  head(key: ObjectKey, options?: CallOptions): Promise<ObjectInfo>;

  /** Pages in ascending order of the keys' UTF-8 bytes; with `delimiter`, folders as prefixes. */
  list(prefix: string, options?: ListOptions): AsyncIterable<ListPage>;

  /** Frees what the store holds; idempotent. Calls after it reject. */
  close(): Promise<void>;
}

export interface StoreCapabilities {
  /** Conditions on `put` hold, also when many race. Only a probe can tell (`probe.ts`). */
  readonly conditionalPut: boolean;
  readonly serverCopy: boolean;
  /** What a listing's tag tells of the contents of objects put in one piece. */
  readonly listingHash: 'md5' | 'none';
  /** Largest body that `put` sends in one request, bytes. */
  readonly maxSinglePutBytes: number;
  readonly writesPerSecondPerKey: number;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface GetOptions extends CallOptions {
  /** `length` bytes from `offset`; fewer where the object ends; at or past its end: `corrupt`. */
  readonly range?: { readonly offset: number; readonly length: number };
  readonly ifNoneMatch?: string;
}

export type GetResult =
  | ({ readonly kind: 'found'; readonly body: Uint8Array } & ObjectInfo)
  | { readonly kind: 'unchanged'; readonly serverTimeMs?: number };

/** Whole bytes, or a source read in pieces so that a large file is never in memory at once. */
export type ObjectBody = Uint8Array | BodySource;

export interface BodySource {
  readonly sizeBytes: number;
  /** Exactly `length` bytes from `offset`; a piece may be asked for again. Its rejection aborts the put and passes through unchanged. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

export interface WriteOptions extends CallOptions {
  /** Keys lower-case ASCII; values may be any text (the provider encodes what headers cannot carry). */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly contentType?: string;
}

export interface PutOptions extends WriteOptions {
  readonly ifMatch?: string;
  readonly ifNoneMatch?: '*';
}

export interface ObjectVersion {
  /** Opaque; equal tags mean equal objects. Without quotes. */
  readonly etag: string;
  /** The server's clock at the answer, where it tells. */
  readonly serverTimeMs?: number;
}

export interface ObjectInfo extends ObjectVersion {
  /** Of the whole object, also when a range was asked for. */
  readonly sizeBytes: number;
  readonly lastModifiedMs: number;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface ListOptions extends CallOptions {
  /** Only keys that come after it. */
  readonly startAfter?: string;
  readonly delimiter?: '/';
  /** Objects a page, at most 1,000. */
  readonly limit?: number;
}

export interface ListedObject {
  readonly key: ObjectKey;
  readonly sizeBytes: number;
  readonly etag: string;
  readonly lastModifiedMs: number;
  /** Hexadecimal, where the listing carries it. */
  readonly md5?: string;
}

export interface ListPage {
  readonly objects: readonly ListedObject[];
  readonly prefixes: readonly string[];
  readonly serverTimeMs?: number;
}
