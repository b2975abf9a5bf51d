import type { ObjectBody } from './object-store.ts';
import { StoreError } from './store-error.ts';

/** Large bodies travel in pieces of this size, bytes. */
export const PIECE_BYTES = 8 * 1024 * 1024;

export function bodySize(body: ObjectBody): number {
  return body instanceof Uint8Array ? body.length : body.sizeBytes;
}

/**
 * `length` bytes of the body from `offset`. A source's own rejection passes through; one that gives
 * another number of bytes than asked for is `corrupt` (the file changed while it was read).
 */
export async function readPiece(
  body: ObjectBody,
  offset: number,
  length: number,
  provider: string,
): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body.subarray(offset, offset + length);
  const piece = await body.read(offset, length);
  if (piece.length !== length) {
    const detail = `the body's source gave ${String(piece.length)} of ${String(length)} bytes at ${String(offset)}`;
    throw new StoreError('corrupt', { provider, detail });
  }
  return piece;
}

/** The body's pieces in order; none for an empty body. */
export async function* bodyPieces(body: ObjectBody, provider: string): AsyncGenerator<Uint8Array> {
  const size = bodySize(body);
  for (let offset = 0; offset < size; offset += PIECE_BYTES) {
    yield await readPiece(body, offset, Math.min(PIECE_BYTES, size - offset), provider);
  }
}

/** All of the body in one array of its own, which the source's owner cannot change. */
export async function wholeBody(body: ObjectBody, provider: string): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body.slice();
  const whole = new Uint8Array(body.sizeBytes);
  let offset = 0;
  for await (const piece of bodyPieces(body, provider)) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}

/** Marks what a body's source rejected with, on its way through code that translates errors. */
export class SourceFailure extends Error {
  override readonly name = 'SourceFailure';

  constructor(cause: unknown) {
    super('the source of the body failed', { cause });
  }
}

/** The body, whose source's rejections come wrapped in `SourceFailure`: unwrap them before they leave the store. */
export function markedBody(body: ObjectBody): ObjectBody {
  if (body instanceof Uint8Array) return body;
  return {
    sizeBytes: body.sizeBytes,
    read: async (offset, length) => {
      try {
        return await body.read(offset, length);
      } catch (error) {
        throw new SourceFailure(error);
      }
    },
  };
}

/** Throws `aborted` where the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined, provider: string, key?: string): void {
  if (signal?.aborted !== true) return;
  const about = key === undefined ? {} : { key };
  throw new StoreError('aborted', { provider, ...about, cause: signal.reason });
}

/** The bytes that a range names; `corrupt` where it starts at or past the end. */
export function clampRange(
  range: { readonly offset: number; readonly length: number },
  sizeBytes: number,
  about: { readonly provider: string; readonly key: string },
): { readonly start: number; readonly end: number } {
  const { offset, length } = range;
  if (offset < 0 || length <= 0 || !Number.isSafeInteger(offset) || !Number.isSafeInteger(length)) {
    throw new StoreError('unsupported', {
      ...about,
      detail: 'a range needs an offset and at least one byte',
    });
  }
  if (offset >= sizeBytes) {
    const detail = `a range from ${String(offset)} of an object of ${String(sizeBytes)} bytes`;
    throw new StoreError('corrupt', { ...about, detail });
  }
  return { start: offset, end: Math.min(sizeBytes, offset + length) };
}
