import { classifyKey, headKey } from '../../core/format/keys.ts';
import type { ObjectKey } from '../../core/model/ids.ts';
import { clampRange, throwIfAborted } from '../body.ts';
import { compareKeys } from '../key.ts';
import { listPage } from '../memory/listing.ts';
import type {
  CallOptions,
  GetOptions,
  GetResult,
  ListedObject,
  ListOptions,
  ListPage,
  ObjectBody,
  ObjectInfo,
  ObjectStore,
  ObjectVersion,
  PutOptions,
} from '../object-store.ts';
import { isStoreError, StoreError } from '../store-error.ts';
import { PART_BYTES, plainBytes, sealedRange } from './parts.ts';
import { openParts, sealBody, SealedSource } from './sealed-body.ts';
import { openHead, sealHead, type Gzip } from './sealed-head.ts';
import { VAULT_NAMES, type SealedNames } from './sealed-names.ts';
import { BrokenSeal, type VaultKey } from './vault-key.ts';

const PROVIDER = 'encryption';
/** Damage on the way is gone at the second look, damage in the bucket is not. */
const OPEN_TRIES = 2;
const PAGE = 1000;
/** An envelope has a third more than what it holds, and some fields. */
const ENVELOPE = { times: 1.5, plusBytes: 4096 };

export interface EncryptionOptions {
  /** Asked for at the first call: a person may have to type a passphrase. Its rejection passes through. */
  readonly key: () => Promise<VaultKey>;
  readonly gzip: Gzip;
  /** `VAULT_NAMES` unless told. */
  readonly names?: SealedNames;
  /** Done before a head is put. */
  readonly beforeHead?: (options: CallOptions) => Promise<void>;
}

/**
 * A store whose objects lie sealed in `store`, under names that tell nothing: outermost of all wrappers, so
 * that nothing below it sees a note, a path or a hash. It keeps the objects of a vault and nothing else; a
 * readable copy is refused. Contents, sizes and order of listings are those of the plain objects. An object
 * that does not open is `corrupt`, reason `broken-seal`; a head that is not sealed is `denied`, reason
 * `not-sealed`. Metadata and content types are left out.
 */
export function withEncryption(store: ObjectStore, options: EncryptionOptions): ObjectStore {
  let key: Promise<VaultKey> | undefined;
  const sealed = async (): Promise<Sealed> => {
    key ??= options.key();
    const vaultKey = await key.catch((error: unknown) => {
      // Another call may ask again.
      key = undefined;
      throw error;
    });
    return new Sealed(store, vaultKey, options);
  };
  return {
    capabilities: { ...store.capabilities, serverCopy: false, listingHash: 'none' },
    get: async (name, call) => (await sealed()).get(name, call),
    put: async (name, body, call) => (await sealed()).put(name, body, call),
    copy: async (from, to, call = {}) => {
      const at = await sealed();
      const { signal } = call;
      const result = await at.get(from, signal === undefined ? {} : { signal });
      return at.put(to, result.kind === 'found' ? result.body : new Uint8Array(0), call);
    },
    delete: async (name, call) => {
      await (await sealed()).delete(name, call);
    },
    head: async (name, call) => (await sealed()).head(name, call),
    list: async function* (prefix, call) {
      yield* (await sealed()).list(prefix, call);
    },
    close: () => store.close(),
  };
}

class Sealed {
  readonly vaultKey: VaultKey;
  readonly #store: ObjectStore;
  readonly #options: EncryptionOptions;
  readonly #names: SealedNames;

  constructor(store: ObjectStore, vaultKey: VaultKey, options: EncryptionOptions) {
    this.#store = store;
    this.vaultKey = vaultKey;
    this.#options = options;
    this.#names = options.names ?? VAULT_NAMES;
  }

  /** Of the object where it lies; errors tell the name that they are about. */
  async #named<T>(name: ObjectKey, call: (key: ObjectKey) => Promise<T>): Promise<T> {
    const key = this.#names.sealedKey(this.vaultKey, name);
    if (key === undefined) {
      const detail = `an encrypted vault keeps no ${classifyKey(name)} object`;
      throw new StoreError('unsupported', { provider: PROVIDER, detail });
    }
    try {
      return await call(key);
    } catch (error) {
      if (!isStoreError(error) || error.details.key !== key) throw error;
      throw new StoreError(error.kind, { ...error.details, key: name, cause: error });
    }
  }

  async delete(name: ObjectKey, options: CallOptions | undefined): Promise<void> {
    await this.#named(name, (key) => this.#store.delete(key, options));
  }

  async get(name: ObjectKey, options: GetOptions = {}): Promise<GetResult> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await (name === headKey ? this.#getHead(options) : this.#getObject(name, options));
      } catch (error) {
        if (!(error instanceof BrokenSeal)) throw error;
        if (tries === OPEN_TRIES) throw broken(name, error);
      }
    }
  }

  async #getHead(options: GetOptions): Promise<GetResult> {
    const { range } = options;
    const length = Math.ceil((range?.length ?? 0) * ENVELOPE.times) + ENVELOPE.plusBytes;
    const result = await this.#store.get(
      headKey,
      range === undefined ? options : { ...options, range: { offset: 0, length } },
    );
    if (result.kind === 'unchanged' || result.body.length < result.sizeBytes) return result;
    const body = await openHead(this.vaultKey, this.#options.gzip, result.body);
    return { ...result, body, sizeBytes: body.length };
  }

  async #getObject(name: ObjectKey, options: GetOptions): Promise<GetResult> {
    const { range, ...rest } = options;
    const asked = range === undefined ? rest : { ...rest, range: sealedRange(range) };
    const result = await this.#named(name, (key) => this.#store.get(key, asked));
    if (result.kind === 'unchanged') return result;
    const sizeBytes = plainBytes(result.sizeBytes);
    if (sizeBytes === undefined) throw new BrokenSeal(`${name} has a size that no sealed object has`);
    const first = range === undefined ? 0 : Math.floor(range.offset / PART_BYTES);
    const wanted =
      range === undefined ? undefined : clampRange(range, sizeBytes, { provider: PROVIDER, key: name });
    const sealing = { vaultKey: this.vaultKey, name };
    const parts = await openParts(sealing, result.body, { first, plainBytes: sizeBytes });
    const start = first * PART_BYTES;
    const body = wanted === undefined ? parts : parts.subarray(wanted.start - start, wanted.end - start);
    return { ...result, body, sizeBytes, metadata: {} };
  }

  async put(name: ObjectKey, body: ObjectBody, options: PutOptions = {}): Promise<ObjectVersion> {
    const { signal } = options;
    const rest = conditionsOf(options);
    const sealing = { vaultKey: this.vaultKey, name };
    if (!(body instanceof Uint8Array))
      return this.#named(name, (key) => this.#store.put(key, new SealedSource(sealing, body), rest));
    if (name !== headKey)
      return this.#named(name, async (key) => this.#store.put(key, await sealBody(sealing, body), rest));
    await this.#options.beforeHead?.(signal === undefined ? {} : { signal });
    const head = await sealHead(this.vaultKey, this.#options.gzip, body);
    return this.#store.put(headKey, head, { ...rest, contentType: 'application/gzip' });
  }

  async head(name: ObjectKey, options?: CallOptions): Promise<ObjectInfo> {
    const info = await this.#named(name, (key) => this.#store.head(key, options));
    return { ...info, sizeBytes: sizeOf(name, info.sizeBytes), metadata: {} };
  }

  /** All names are read before the first page: in the bucket they stand in another order. */
  async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListPage> {
    const { signal, startAfter: after, delimiter, limit = PAGE } = options;
    const objects = new Map<string, ListedObject>();
    let time: { readonly serverTimeMs?: number } | undefined;
    for await (const page of this.#store.list(
      this.#names.sealedPrefix(prefix),
      signal === undefined ? {} : { signal },
    )) {
      const { serverTimeMs } = page;
      time ??= serverTimeMs === undefined ? {} : { serverTimeMs };
      for (const { key, etag, lastModifiedMs, sizeBytes } of page.objects) {
        const name = this.#names.plainKeyOf(this.vaultKey, key);
        if (name !== undefined)
          objects.set(name, { key: name, etag, lastModifiedMs, sizeBytes: sizeOf(name, sizeBytes) });
      }
    }
    const names = [...objects.keys()].sort(compareKeys);
    let last = after;
    for (let more = true; more;) {
      throwIfAborted(signal, PROVIDER);
      const page = listPage(names, { prefix, after: last, delimiter, limit });
      const found = page.keys.flatMap((name) => objects.get(name) ?? []);
      yield { objects: found, prefixes: page.prefixes, ...time };
      last = page.last;
      ({ more } = page);
    }
  }
}

/** Without metadata and type, which would tell of the contents. */
function conditionsOf({ ifMatch, ifNoneMatch, signal }: PutOptions): PutOptions {
  return {
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
    ...(signal === undefined ? {} : { signal }),
  };
}

/** A size that no sealed object has is nobody's contents. */
function sizeOf(name: ObjectKey, sealed: number): number {
  return name === headKey ? sealed : (plainBytes(sealed) ?? 0);
}

function broken(key: ObjectKey, cause: BrokenSeal): StoreError {
  return new StoreError('corrupt', {
    provider: PROVIDER,
    reason: 'broken-seal',
    key,
    detail: cause.message,
    cause,
  });
}
