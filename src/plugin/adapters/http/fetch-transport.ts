import type { AnswerPatience } from './answer-patience.ts';
import type { BodyGate } from './body-gate.ts';
import {
  abortError,
  bodyOf,
  headersOf,
  transport,
  urlOf,
  type Transport,
  type WireRequest,
  type WireResponse,
} from './wire.ts';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * The page's own requests. They stream, stop when told to and cross no bridge, but reach only buckets
 * whose owner allows the app's origin (CORS): used after a probe has found that all works, never by default.
 */
export function fetchTransport(fetch: Fetch, gate: BodyGate, patience: AnswerPatience): Transport {
  return transport((request, signal) =>
    gate.through(request, () => patience.untilBegun(request, signal, (inner) => send(fetch, request, inner))),
  );
}

async function send(fetch: Fetch, request: WireRequest, signal: AbortSignal): Promise<WireResponse> {
  const body = bodyOf(request);
  try {
    const response = await fetch(urlOf(request), {
      method: request.method,
      headers: headersOf(request),
      ...(body === undefined ? {} : { body }),
      signal,
      // A cached head would be another device's past.
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'manual',
    });
    return {
      statusCode: response.status,
      headers: Object.fromEntries(response.headers.entries()),
      body: response.body ?? undefined,
    };
  } catch (error) {
    if (signal.aborted) throw abortError(signal);
    throw error;
  }
}
