import { createServer, type IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';
import { fetchTransport } from '../../../src/cli/platform/fetch-transport.mts';
import { createGcsStore, type GcsStoreOptions } from '../../../src/storage/gcs/gcs-store.ts';
import type { ObjectStore } from '../../../src/storage/object-store.ts';
import type { Timer } from '../../../src/storage/time.ts';

/** An answer over the wire; `cutAfter` closes the connection after so many bytes of the body. */
export interface CannedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly cutAfter?: number;
  readonly instead?: 'hang up' | 'say nothing';
}

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface CannedGoogle {
  readonly store: ObjectStore;
  readonly endpoint: string;
  readonly received: readonly Received[];
  /** How long the store asked to wait. */
  readonly pausesMs: readonly number[];
}

/** A store whose server answers what the test says, over a real socket; its pauses take no time. */
export async function cannedGoogle(
  answerTo: (request: Received, index: number) => CannedAnswer,
  options: Partial<GcsStoreOptions> = {},
): Promise<CannedGoogle> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      const { method = '', headers: asked } = request;
      const seen = {
        method,
        path: url.pathname,
        query: url.searchParams,
        headers: asked,
        body: Buffer.concat(chunks),
      };
      received.push(seen);
      const {
        status = 200,
        headers = {},
        body = '',
        cutAfter,
        instead,
      } = answerTo(seen, received.length - 1);
      if (instead === 'say nothing') return;
      if (instead === 'hang up') {
        request.socket.destroy();
        return;
      }
      const length = { 'content-length': String(Buffer.byteLength(body)) };
      response.writeHead(status, { 'content-type': 'application/json', ...length, ...headers });
      if (cutAfter === undefined) response.end(body);
      else response.write(body.slice(0, cutAfter), () => request.socket.destroy());
    });
  });
  const endpoint = await new Promise<string>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(
        `http://127.0.0.1:${String(typeof address === 'object' && address !== null ? address.port : 0)}`,
      );
    });
  });
  const pausesMs: number[] = [];
  const timer = hurried(pausesMs);
  const random = { hex: (digits: number): string => 'b'.repeat(digits) };
  const store = createGcsStore({
    bucket: 'notes',
    endpoint,
    transport: fetchTransport(),
    timer,
    random,
    ...options,
  });
  onTestFinished(async () => {
    await store.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { store, endpoint, received, pausesMs };
}

/** Pauses take no time; a time-out, which is longer, does not come. */
export function hurried(pausesMs: number[] = []): Timer {
  return {
    now: Date.now,
    sleep: async (delayMs, signal) => {
      signal?.throwIfAborted();
      if (delayMs < 30_000) pausesMs.push(delayMs);
      else await new Promise((_, reject) => signal?.addEventListener('abort', reject, { once: true }));
    },
  };
}

/** Google's error document. */
export function refusal(status: number, reason: string, message = 'No.'): CannedAnswer {
  const errors = [{ domain: 'global', reason, message }];
  return { status, body: JSON.stringify({ error: { code: status, message, errors } }) };
}

/** Google's description of an object. */
export function resource(name: string, more: object = {}): object {
  return { name, size: '5', generation: '17', updated: '2026-11-22T10:00:00.500Z', ...more };
}

/** An answer that describes it. */
export function object(name: string, more: object = {}): CannedAnswer {
  return { body: JSON.stringify(resource(name, more)) };
}

export function listing(items: readonly object[], more: object = {}): CannedAnswer {
  return { body: JSON.stringify({ kind: 'storage#objects', items, ...more }) };
}

/** The headers of a download. */
export function download(more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return {
    'content-type': 'text/markdown',
    'x-goog-generation': '17',
    'last-modified': 'Sun, 22 Nov 2026 10:00:00 GMT',
    ...more,
  };
}
