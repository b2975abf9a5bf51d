import { readBytes as readAnswer, untilAborted as until } from '../http/read-body.ts';
import type { TransportResponse } from '../http/transport.ts';
import { StoreError } from '../store-error.ts';

/** As all providers read the bytes of an answer. */
export function readBytes(
  response: TransportResponse,
  bounds: Omit<Parameters<typeof readAnswer>[1], 'provider'>,
): Promise<Uint8Array> {
  return readAnswer(response, { ...bounds, provider: 'gcs' });
}

/** Rejects as soon as the signal fires, also where the transport cannot stop. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return until(work, { provider: 'gcs', signal });
}

/** An answer that is none that this API gives, or not whole. */
export function corruptAnswer(detail: string, key?: string): StoreError {
  return new StoreError('corrupt', { provider: 'gcs', detail, ...(key === undefined ? {} : { key }) });
}
