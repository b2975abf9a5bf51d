import { createServer, type IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';
import type { ObjectStore } from '../../../src/storage/object-store.ts';
import { createS3Store, type S3StoreOptions } from '../../../src/storage/s3/s3-store.ts';

/** An answer over the wire; `cutAfter` closes the connection after so many bytes of the body. */
export interface CannedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly cutAfter?: number;
  readonly instead?: 'hang up' | 'stay silent';
  /** Sends the first byte of the body, says so, and no more. */
  readonly onStalled?: () => void;
}

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}

export interface CannedServer {
  readonly store: ObjectStore;
  readonly port: number;
  readonly received: readonly Received[];
}

export const SECRET = 'canned-secret-access-key';

/**
 * A store whose server answers what the test says: the real provider and SDK over a real socket,
 * for answers that no real server gives on demand.
 */
export async function cannedServer(
  answerTo: (request: Received, index: number) => CannedAnswer,
  options: Partial<S3StoreOptions> = {},
): Promise<CannedServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    request.resume();
    request.once('end', () => {
      const seen = { method: request.method ?? '', url: request.url ?? '', headers: request.headers };
      received.push(seen);
      const {
        status = 200,
        headers = {},
        body = '',
        cutAfter,
        instead,
        onStalled,
      } = answerTo(seen, received.length - 1);
      if (instead === 'hang up') request.socket.destroy();
      if (instead !== undefined) return;
      const length = { 'content-length': String(Buffer.byteLength(body)) };
      response.writeHead(status, { 'content-type': 'application/xml', ...length, ...headers });
      if (onStalled !== undefined) response.write(body.slice(0, 1), onStalled);
      else if (cutAfter === undefined) response.end(body);
      else response.write(body.slice(0, cutAfter), () => request.socket.destroy());
    });
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  const store = createS3Store({
    bucket: 'notes',
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${String(port)}`,
    pathStyle: true,
    credentials: () => Promise.resolve({ accessKeyId: 'CANNEDKEY', secretAccessKey: SECRET }),
    conditionForm: 'quoted',
    now: Date.now,
    ...options,
  });
  onTestFinished(async () => {
    await store.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { store, port, received };
}

/** S3's error document. */
export function refusal(code: string, message = 'No.'): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
}
