import { decodeHead, encodeHead } from '../../core/format/head-codec.ts';
import { headKey } from '../../core/format/keys.ts';
import type { Head } from '../../core/model/head.ts';
import type { ObjectKey } from '../../core/model/ids.ts';
import type { GetResult } from '../../storage/object-store.ts';
import { isStoreError } from '../../storage/store-error.ts';
import { EngineError } from '../api.ts';
import type { Compression } from '../ports.ts';
import { CompressionError } from '../ports.ts';
import type { Cloud } from './cloud.ts';
import { formatError, orAbsent } from './cloud.ts';

/** A head is at most 24 KB packed; anything that unpacks beyond this is not one of ours. */
const MAX_PLAIN_BYTES = 4 * 1024 * 1024;
/** Packed; also of a root. Whatever is larger unpacks to more. */
export const MAX_HEAD_OBJECT_BYTES = MAX_PLAIN_BYTES;
const HEAD_TRIES = 2;

export interface TaggedHead {
  readonly etag: string;
  readonly head: Head;
  /** When it was stored, at the latest, by the server's clock; absent where that is not known. */
  readonly timeMs?: number;
}

/** Nothing but these members, to be kept. */
export function tagged({ etag, head, timeMs }: TaggedHead): TaggedHead {
  return { etag, head, ...(timeMs === undefined ? {} : { timeMs }) };
}

export type HeadRead =
  { readonly kind: 'unchanged' } | { readonly kind: 'absent' } | ({ readonly kind: 'found' } & TaggedHead);

/** One request, a second where what came cannot be understood. Rejects with an `EngineError` of kind `format` when the head cannot be understood. */
export async function readHead(
  cloud: Cloud,
  compression: Compression,
  knownEtag?: string,
): Promise<HeadRead> {
  for (let tries = 1; ; tries += 1) {
    const result = await orAbsent(fetchHead(cloud, knownEtag));
    if (result === undefined) return { kind: 'absent' };
    if (result.kind === 'unchanged') return result;
    try {
      const head = await unpackHead(compression, result.body, headKey);
      // A store that does not tell gives a time that is none.
      const timeMs = result.lastModifiedMs > 0 ? { timeMs: result.lastModifiedMs } : {};
      return { kind: 'found', etag: result.etag, head, ...timeMs };
    } catch (error) {
      // Damage on the way is gone at the second look, damage in the bucket is not.
      if (!(error instanceof EngineError) || tries === HEAD_TRIES) throw error;
    }
  }
}

async function fetchHead(cloud: Cloud, knownEtag: string | undefined): Promise<GetResult> {
  const condition = knownEtag === undefined ? {} : { ifNoneMatch: knownEtag };
  try {
    return await cloud.get(headKey, { ...condition, mostBytes: MAX_HEAD_OBJECT_BYTES });
  } catch (error) {
    // An empty object has no beginning to be asked for.
    if (isStoreError(error, 'corrupt') && (await cloud.store.head(headKey, cloud.options)).sizeBytes === 0)
      throw formatError(headKey, 'it is empty.');
    throw error;
  }
}

/** Also for roots, which are heads of the past. */
export async function unpackHead(compression: Compression, body: Uint8Array, key: ObjectKey): Promise<Head> {
  let plain: Uint8Array;
  try {
    plain = await compression.gunzip(body, MAX_PLAIN_BYTES);
  } catch (error) {
    if (error instanceof CompressionError)
      throw formatError(key, 'it is cut short, damaged, or no Twincloud object.');
    throw error;
  }
  const decoded = decodeHead(plain);
  if (decoded.ok) return decoded.value;
  if (decoded.problem.kind === 'sealed') throw new EngineError('encrypted-bucket', decoded.problem.message);
  throw formatError(key, decoded.problem.message);
}

export async function packHead(compression: Compression, head: Head): Promise<Uint8Array> {
  return compression.gzip(encodeHead(head));
}
