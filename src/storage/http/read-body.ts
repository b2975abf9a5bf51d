import { StoreError } from '../store-error.ts';
import { joined } from '../../core/bytes.ts';
import type { TransportResponse } from './transport.ts';

interface Bounds {
  readonly provider: string;
  /** More than this rejects as `corrupt`, or with `cut` ends the reading there. */
  readonly mostBytes: number;
  readonly cut?: boolean;
  readonly key?: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The bytes of an answer. Rejects with `corrupt` where fewer come than the answer announced, or more than the
 * caller has room for: what a server sends must not decide how much memory is taken.
 */
export async function readBytes(response: TransportResponse, bounds: Bounds): Promise<Uint8Array> {
  const { body, headers } = response;
  const announced = headers['content-encoding'] === undefined ? headers['content-length'] : undefined;
  const { mostBytes, cut = false, signal } = bounds;
  if (!cut && Number(announced ?? 0) > mostBytes) throw tooMuch(bounds);
  if (body === undefined) return checked(new Uint8Array(0), announced, bounds);
  const reader = body.getReader();
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await untilAborted(reader.read(), { provider: bounds.provider, signal });
      if (done) break;
      pieces.push(value);
      size += value.length;
      if (size < mostBytes || (size === mostBytes && !cut)) continue;
      if (!cut) throw tooMuch(bounds);
      return joined(pieces).subarray(0, mostBytes);
    }
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw corrupt(`the body broke off: ${error instanceof Error ? error.message : String(error)}`, bounds);
  } finally {
    // Of a body that was read to its end this does nothing.
    reader.cancel().catch(() => undefined);
  }
  return checked(joined(pieces), announced, bounds);
}

/** Rejects as soon as the signal fires, also where the transport cannot stop. */
export function untilAborted<T>(
  work: Promise<T>,
  { provider, signal }: { readonly provider: string; readonly signal: AbortSignal | undefined },
): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(new StoreError('aborted', { provider, cause: signal.reason }));
    };
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}

function checked(bytes: Uint8Array, announced: string | undefined, bounds: Bounds): Uint8Array {
  if (announced !== undefined && Number(announced) !== bytes.length) {
    throw corrupt(`${String(bytes.length)} of ${announced} bytes`, bounds);
  }
  return bytes;
}

function tooMuch(bounds: Bounds): StoreError {
  return corrupt(`an answer of more than ${String(bounds.mostBytes)} bytes`, bounds);
}

function corrupt(detail: string, { provider, key }: Bounds): StoreError {
  return new StoreError('corrupt', { provider, detail, ...(key === undefined ? {} : { key }) });
}
