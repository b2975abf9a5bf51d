import type { RequestUrlParam, RequestUrlResponse } from 'obsidian';
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

export type RequestUrl = (request: RequestUrlParam) => Promise<RequestUrlResponse>;

/**
 * Through the app itself, past the browser's cross-origin rules: works with any bucket. Bodies are whole
 * both ways, and an abort only stops the waiting: the transfer goes on, and its place at the gate is kept until
 * it ends or is given up.
 */
export function requestUrlTransport(
  requestUrl: RequestUrl,
  gate: BodyGate,
  patience: AnswerPatience,
): Transport {
  return transport(async (request, abortSignal) => {
    const answer = gate.through(request, async () => {
      // Given up while it waited: nothing was sent.
      abortSignal?.throwIfAborted();
      return answered(await patience.untilWhole(request, () => requestUrl(asked(request))));
    });
    return abortSignal === undefined ? answer : raced(answer, abortSignal);
  });
}

function asked(request: WireRequest): RequestUrlParam {
  const headers = headersOf(request);
  const body = bodyOf(request);
  const contentType = headers['content-type'];
  // A cached head would be another device's past. The header is not among those that are signed.
  if (request.method === 'GET' || request.method === 'HEAD') headers['cache-control'] = 'no-cache';
  return {
    url: urlOf(request),
    method: request.method,
    headers,
    ...(contentType === undefined ? {} : { contentType }),
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : wholeBuffer(body) }),
    throw: false,
  };
}

/** Copied only where the bytes are a part of a larger buffer: the app takes buffers, not views. */
function wholeBuffer(bytes: Uint8Array<ArrayBuffer>): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = bytes;
  return byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
}

function answered(response: RequestUrlResponse): WireResponse {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) headers[name.toLowerCase()] = value;
  const bytes = new Uint8Array(response.arrayBuffer);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
  return { statusCode: response.status, headers, body };
}

function raced<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(abortError(signal));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}
