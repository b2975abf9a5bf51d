import { inLanes } from '../lanes.ts';
import { blobKey, packKey } from '../../core/format/keys.ts';
import { packBuilder, type PackBuilder } from '../../core/format/pack-codec.ts';
import type { ContentLocation } from '../../core/model/entry.ts';
import { EMPTY_HASH, type ContentHash, type ObjectKey } from '../../core/model/ids.ts';
import type { VaultPath } from '../../core/model/vault-path.ts';
import type { EngineDeps } from '../api.ts';
import { isVaultError, VaultError } from '../ports.ts';
import { statFile, WHOLE_FILE_BYTES } from '../scan/read-file.ts';
import { CheckedSource } from './checked-source.ts';
import type { Cloud } from './cloud.ts';
import { SMALL_BYTES } from './content.ts';

/** Contents to be stored: those of a local file, or bytes at hand. */
export interface Outgoing {
  readonly path: VaultPath;
  readonly hash: ContentHash;
  readonly sizeBytes: number;
  readonly bytes?: Uint8Array;
}

export interface Stored {
  readonly at: ContentLocation | undefined;
  readonly sizeBytes: number;
}

/** Content that a commit may refer to: what its `If-Match` head refers to, condemned keys excepted. */
export type KnownContent = ReadonlyMap<ContentHash, ContentLocation>;

/** Objects put longer ago than this may be collected before a head names them: put them again. */
const OWN_PUT_TRUSTED_MS = 24 * 3_600_000;
const READS_AT_ONCE = 8;
const PUTS_AT_ONCE = 3;
/** Deflate must save at least an eighth to be worth inflating on every device. */
const WORTH = 7 / 8;
const COMPRESSED_ALREADY =
  /\.(?:7z|avif|docx|epub|gif|gz|heic|jpe?g|m4a|mkv|mov|mp3|mp4|odt|ogg|pdf|png|pptx|webm|webp|xlsx|zip)$/iu;

/**
 * Puts contents into the cloud ahead of the commit that will name them. What was put in this run and
 * not yet committed is remembered, so that a lost race sends nothing twice.
 */
export class ContentWriter {
  readonly #deps: EngineDeps;
  readonly #cloud: Cloud;
  readonly #own = new Map<ContentHash, { readonly stored: Stored; readonly putMs: number }>();

  constructor(deps: EngineDeps, cloud: Cloud) {
    this.#deps = deps;
    this.#cloud = cloud;
  }

  /**
   * Stores what is not known yet. Calls `failed` for a file that is no longer what was meant; the
   * result lacks its hash then. Rejects with a `StoreError` when the cloud fails.
   */
  async store(
    outgoing: readonly Outgoing[],
    known: KnownContent,
    failed: (outgoing: Outgoing, error: VaultError) => void,
  ): Promise<ReadonlyMap<ContentHash, Stored>> {
    const stored = new Map<ContentHash, Stored>();
    const missing = new Map<ContentHash, Outgoing>();
    for (const one of outgoing) {
      const found = this.#find(one, known);
      if (found !== undefined) stored.set(one.hash, found);
      else if (!missing.has(one.hash)) missing.set(one.hash, one);
    }
    const packs = new PackStream(this.#deps, this.#cloud, (hash, one) => {
      stored.set(hash, one);
      this.#own.set(hash, { stored: one, putMs: this.#cloud.nowMs() });
    });
    const send = async (one: Outgoing): Promise<void> => {
      this.#cloud.signal?.throwIfAborted();
      try {
        if (one.sizeBytes <= SMALL_BYTES) await packs.add(one, await this.#whole(one));
        else packs.done(one.hash, await this.#blob(one));
      } catch (error) {
        if (!isVaultError(error)) throw error;
        failed(one, error);
      }
    };
    try {
      await inLanes(missing.values(), READS_AT_ONCE, send);
    } finally {
      await packs.finish();
    }
    return stored;
  }

  #find(one: Outgoing, known: KnownContent): Stored | undefined {
    if (one.hash === EMPTY_HASH) return { at: undefined, sizeBytes: 0 };
    const at = known.get(one.hash);
    if (at !== undefined) return { at, sizeBytes: one.sizeBytes };
    const own = this.#own.get(one.hash);
    if (own === undefined || this.#cloud.nowMs() - own.putMs > OWN_PUT_TRUSTED_MS) return undefined;
    return own.stored;
  }

  /** The bytes, proven to be what was meant. */
  async #whole(one: Outgoing): Promise<Uint8Array> {
    const bytes = one.bytes ?? (await this.#deps.vault.read(one.path)).bytes;
    if ((await this.#deps.hashing.sha256(bytes)) !== one.hash) {
      throw new VaultError('changed', one.path, 'it changed before it was sent');
    }
    return bytes;
  }

  async #blob(one: Outgoing): Promise<Stored> {
    const key = blobKey(one.hash, this.#deps.random.hex(16));
    if (one.bytes !== undefined || one.sizeBytes <= WHOLE_FILE_BYTES) {
      await this.#cloud.put(key, await this.#whole(one));
    } else {
      const source = new CheckedSource(
        this.#deps.vault,
        this.#deps.hashing,
        await statFile(this.#deps.vault, one.path),
      );
      await this.#cloud.put(key, source);
      source.verify(one.hash);
    }
    return { at: { blob: key }, sizeBytes: one.sizeBytes };
  }
}

/** Small contents gathered into packs; a full pack is sent while the next fills. */
class PackStream {
  readonly #deps: EngineDeps;
  readonly #cloud: Cloud;
  readonly #onStored: (hash: ContentHash, stored: Stored) => void;
  readonly #sending = new Set<Promise<void>>();
  #pack: { readonly key: ObjectKey; readonly builder: PackBuilder } | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(deps: EngineDeps, cloud: Cloud, onStored: (hash: ContentHash, stored: Stored) => void) {
    this.#deps = deps;
    this.#cloud = cloud;
    this.#onStored = onStored;
  }

  done(hash: ContentHash, stored: Stored): void {
    this.#onStored(hash, stored);
  }

  async add(one: Outgoing, bytes: Uint8Array): Promise<void> {
    const deflated = COMPRESSED_ALREADY.test(one.path)
      ? undefined
      : await this.#deps.compression.deflate(bytes);
    const small = deflated !== undefined && deflated.length <= bytes.length * WORTH;
    const body = small ? deflated : bytes;
    if (
      this.#pack !== undefined &&
      this.#pack.builder.sizeBytes + body.length > this.#deps.settings.packBytes
    ) {
      this.#send();
    }
    this.#pack ??= { key: packKey(this.#deps.random.hex(32)), builder: packBuilder() };
    const content = { hash: one.hash, sizeBytes: bytes.length, stored: body };
    this.#pack.builder.append(small ? { ...content, encoding: 'deflate' } : content);
    while (this.#sending.size >= PUTS_AT_ONCE) await Promise.race(this.#sending);
    this.#rethrow();
  }

  async finish(): Promise<void> {
    this.#send();
    await Promise.all(this.#sending);
    this.#rethrow();
  }

  #rethrow(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Never rejects: a failure is kept and thrown by the next `add` or `finish`. */
  #send(): void {
    const pack = this.#pack;
    this.#pack = undefined;
    if (pack === undefined) return;
    const sending = this.#cloud
      .put(pack.key, pack.builder.finish())
      .then(() => {
        for (const { hash, sizeBytes, offset, length, encoding } of pack.builder.items) {
          const at = { pack: pack.key, offset, length, ...(encoding === undefined ? {} : { encoding }) };
          this.#onStored(hash, { at, sizeBytes });
        }
      })
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#sending.delete(sending));
    this.#sending.add(sending);
  }
}
