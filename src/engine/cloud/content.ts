import { inLanes } from '../lanes.ts';
import type { ContentLocation, FileEntry } from '../../core/model/entry.ts';
import { EMPTY_HASH, type ContentHash, type ObjectKey } from '../../core/model/ids.ts';
import { isStoreError, StoreError } from '../../storage/store-error.ts';
import type { CloudDeps, EngineSettings } from '../api.ts';
import { CompressionError } from '../ports.ts';
import type { Cloud } from './cloud.ts';

/** Contents up to this size travel in packs; larger ones are an object each. */
export const SMALL_BYTES = 256 * 1024;
/** Two wanted ranges nearer than this are fetched as one. */
const NEAR_BYTES = 64 * 1024;
/** Contents of one fetched range are handed over side by side: each waits for the disk. */
const TAKES_AT_ONCE = 4;

const EMPTY = new Uint8Array(0);

/** What is wanted: contents of this hash, lying there. */
export interface Wanted {
  readonly hash: ContentHash;
  readonly sizeBytes: number;
  readonly at?: ContentLocation;
}

export type Fetched<W> =
  | { readonly kind: 'found'; readonly wanted: W; readonly bytes: Uint8Array }
  | { readonly kind: 'damaged'; readonly wanted: W; readonly detail: string };

type Packed<W> = W & { readonly at: Extract<ContentLocation, { readonly pack: ObjectKey }> };

export function isLarge(wanted: Wanted, { bodyBytes }: Pick<EngineSettings, 'bodyBytes'>): boolean {
  return wanted.at !== undefined && 'blob' in wanted.at && wanted.sizeBytes > bodyBytes;
}

/** Fetches contents and proves each by its hash. Missing or wrong ones are `damaged`, not an error. */
export class ContentReader {
  readonly #cloud: Cloud;
  readonly #deps: CloudDeps;

  constructor(deps: CloudDeps, cloud: Cloud) {
    this.#deps = deps;
    this.#cloud = cloud;
  }

  async one(wanted: Wanted): Promise<Fetched<Wanted>> {
    let result: Fetched<Wanted> | undefined;
    await this.each([wanted], async (fetched) => {
      result = fetched;
      await Promise.resolve();
    });
    return result ?? { kind: 'damaged', wanted, detail: 'nothing came' };
  }

  /**
   * Calls `take` for each of the wanted contents, in no order, one pack or object after another in a
   * few lanes; at most some packs are in memory at once. Not for `isLarge` ones: see `pieces`.
   */
  async each<W extends Wanted>(
    wanted: readonly W[],
    take: (fetched: Fetched<W>) => Promise<void>,
  ): Promise<void> {
    const jobs: (() => Promise<void>)[] = [];
    const byPack = new Map<ObjectKey, Packed<W>[]>();
    for (const one of wanted) {
      const at = one.at;
      if (one.hash === EMPTY_HASH) jobs.push(() => take({ kind: 'found', wanted: one, bytes: EMPTY }));
      else if (at === undefined) {
        jobs.push(() =>
          take({ kind: 'damaged', wanted: one, detail: 'its place in the cloud is not known' }),
        );
      } else if ('blob' in at) jobs.push(() => this.#blob(one, at.blob, take));
      else {
        const list = byPack.get(at.pack) ?? [];
        if (list.length === 0) byPack.set(at.pack, list);
        list.push(one as Packed<W>);
      }
    }
    for (const [pack, list] of byPack) {
      for (const span of spans(list, this.#deps.settings.bodyBytes))
        jobs.push(() => this.#span(pack, span, take));
    }
    await inLanes(jobs, Math.max(1, Math.min(4, this.#deps.settings.concurrency)), (job) => job());
  }

  /** A large object piece by piece; the caller proves the hash. */
  async *pieces(key: ObjectKey, sizeBytes: number): AsyncIterable<Uint8Array> {
    const { bodyBytes } = this.#deps.settings;
    for (let offset = 0; offset < sizeBytes; offset += bodyBytes) {
      const length = Math.min(bodyBytes, sizeBytes - offset);
      const result = await this.#cloud.store.get(key, { ...this.#cloud.options, range: { offset, length } });
      if (result.kind !== 'found' || result.body.length !== length) {
        throw new StoreError('corrupt', {
          provider: 'engine',
          key,
          detail: 'the object is shorter than its entry says',
        });
      }
      yield result.body;
    }
  }

  async #blob<W extends Wanted>(
    wanted: W,
    key: ObjectKey,
    take: (fetched: Fetched<W>) => Promise<void>,
  ): Promise<void> {
    // One byte more than there should be: a larger object is found out and not fetched.
    const body = await absentAsUndefined(this.#start(key, wanted.sizeBytes + 1));
    await take(
      body === undefined
        ? { kind: 'damaged', wanted, detail: `${key} is missing` }
        : await this.#proved(wanted, key, () => Promise.resolve(body)),
    );
  }

  async #span<W extends Wanted>(
    pack: ObjectKey,
    span: Span<W>,
    take: (fetched: Fetched<W>) => Promise<void>,
  ): Promise<void> {
    const body = await absentAsUndefined(this.#range(pack, span));
    await inLanes(span.wanted, TAKES_AT_ONCE, async (wanted) => {
      if (body === undefined) await take({ kind: 'damaged', wanted, detail: `${pack} is missing or cut` });
      else {
        const { offset, length, encoding } = wanted.at;
        const stored = body.subarray(offset - span.offset, offset - span.offset + length);
        const plain = (): Promise<Uint8Array> =>
          encoding === 'deflate'
            ? this.#deps.compression.inflate(stored, wanted.sizeBytes)
            : Promise.resolve(stored);
        await take(await this.#proved(wanted, pack, plain));
      }
    });
  }

  async #start(key: ObjectKey, length: number): Promise<Uint8Array | undefined> {
    const range = { offset: 0, length };
    const result = await this.#cloud.store.get(key, { ...this.#cloud.options, range });
    return result.kind === 'found' ? result.body : undefined;
  }

  async #range<W>(pack: ObjectKey, span: Span<W>): Promise<Uint8Array | undefined> {
    const range = { offset: span.offset, length: span.length };
    const result = await this.#cloud.store.get(pack, { ...this.#cloud.options, range });
    return result.kind === 'found' && result.body.length === span.length ? result.body : undefined;
  }

  async #proved<W extends Wanted>(
    wanted: W,
    key: ObjectKey,
    plain: () => Promise<Uint8Array>,
  ): Promise<Fetched<W>> {
    try {
      const bytes = await plain();
      if ((await this.#deps.hashing.sha256(bytes)) === wanted.hash) return { kind: 'found', wanted, bytes };
    } catch (error) {
      if (!(error instanceof CompressionError)) throw error;
    }
    return { kind: 'damaged', wanted, detail: `${key} holds other bytes than it should` };
  }
}

interface Span<W> {
  readonly offset: number;
  readonly length: number;
  readonly wanted: readonly Packed<W>[];
}

/** Ranges of one pack that cover what is wanted, near ones joined. */
function spans<W>(wanted: readonly Packed<W>[], mostBytes: number): Span<W>[] {
  const sorted = [...wanted].sort((a, b) => a.at.offset - b.at.offset);
  const found: { offset: number; end: number; wanted: Packed<W>[] }[] = [];
  for (const one of sorted) {
    const { offset, length } = one.at;
    const last = found.at(-1);
    const end = offset + length;
    if (last !== undefined && offset - last.end <= NEAR_BYTES && end - last.offset <= mostBytes) {
      last.end = Math.max(last.end, end);
      last.wanted.push(one);
    } else found.push({ offset, end, wanted: [one] });
  }
  return found.map(({ offset, end, wanted: list }) => ({ offset, length: end - offset, wanted: list }));
}

/** A missing object, or one too short for the range, is damage for the caller to show. */
async function absentAsUndefined<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isStoreError(error, 'corrupt')) return undefined;
    if (isStoreError(error, 'not-found') && error.details.reason === undefined) return undefined;
    throw error;
  }
}

export function wantedOf(entry: FileEntry): Wanted {
  const { hash, sizeBytes, at } = entry;
  return at === undefined ? { hash, sizeBytes } : { hash, sizeBytes, at };
}
