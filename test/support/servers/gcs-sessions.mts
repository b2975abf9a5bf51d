import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

const UNIT_BYTES = 256 * 1024;

interface Session {
  readonly bucket: string;
  readonly query: URLSearchParams;
  readonly description: string;
  readonly pieces: Buffer[];
  size: number;
  /** The answer to the last piece, for who asks again. */
  done?: { readonly status: number; readonly text: string };
}

/** Stores a whole body on the conditions of a session. */
export type StoreWhole = (
  to: { readonly bucket: string; readonly query: URLSearchParams; readonly description: string },
  body: Buffer,
) => Promise<{ readonly status: number; readonly text: string }>;

/**
 * Resumable uploads as Google documents them, which fake-gcs-server has not: it takes a question for the state
 * (`bytes * /N`) as the end of the upload, adds a piece that comes twice, and forgets none that is taken back.
 */
export class GcsSessions {
  readonly #sessions = new Map<string, Session>();
  readonly #store: StoreWhole;

  constructor(store: StoreWhole) {
    this.#store = store;
  }

  /** Sessions that were begun and neither ended nor taken back. */
  get open(): number {
    return [...this.#sessions.values()].filter(({ done }) => done === undefined).length;
  }

  begin(bucket: string, query: URLSearchParams, description: string): string {
    const id = randomBytes(16).toString('hex');
    this.#sessions.set(id, { bucket, query, description, pieces: [], size: 0 });
    return id;
  }

  /** Answers a request to a session's address. */
  async answer(id: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const session = this.#sessions.get(id);
    if (session === undefined) {
      request.resume();
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Not Found');
      return;
    }
    if (request.method === 'DELETE') {
      this.#sessions.delete(id);
      response.writeHead(499).end();
      return;
    }
    await this.#take(session, request, response);
  }

  async #take(session: Session, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const range = /^bytes (?:(?<first>\d+)-(?<last>\d+|\*)|\*)\/(?<total>\d+|\*)$/u.exec(
      request.headers['content-range'] ?? `bytes 0-*/*`,
    )?.groups;
    if (range === undefined) {
      request.resume();
      response.writeHead(400, { 'content-type': 'text/plain' }).end('Failed to parse Content-Range header.');
      return;
    }
    if (session.done === undefined) {
      const whole = await receive(session, request, Number(range['first'] ?? session.size));
      const total = range['total'] === '*' ? undefined : Number(range['total']);
      const isLast = request.headers['content-range'] === undefined || total === session.size;
      if (whole && isLast) {
        session.done = await this.#store(session, Buffer.concat(session.pieces));
      }
    } else {
      request.resume();
    }
    if (session.done !== undefined) {
      const { status, text } = session.done;
      response.writeHead(status, { 'content-type': 'application/json' }).end(text);
      return;
    }
    const kept = session.size === 0 ? {} : { range: `bytes=0-${String(session.size - 1)}` };
    // Google's own clients ask for this in place of 308, which their platforms would follow.
    const asked = request.headers['x-guploader-no-308'] !== undefined;
    response
      .writeHead(asked ? 200 : 308, { ...kept, ...(asked ? { 'x-http-status-code-override': '308' } : {}) })
      .end();
  }
}

/** Keeps what continues the upload, in multiples of the unit where the body broke off. False: it did. */
async function receive(session: Session, request: IncomingMessage, first: number): Promise<boolean> {
  let at = first;
  const keep = (chunk: Buffer): void => {
    const skip = session.size - at;
    at += chunk.length;
    // A gap keeps nothing; what is there already is passed over.
    if (skip < 0 || skip >= chunk.length) return;
    session.pieces.push(chunk.subarray(skip));
    session.size += chunk.length - skip;
  };
  const whole = await new Promise<boolean>((resolve) => {
    request.on('data', keep);
    request.once('end', () => {
      resolve(true);
    });
    request.once('close', () => {
      resolve(request.complete);
    });
  });
  if (!whole) {
    const all = Buffer.concat(session.pieces).subarray(0, session.size - (session.size % UNIT_BYTES));
    session.pieces.splice(0, session.pieces.length, all);
    session.size = all.length;
  }
  return whole;
}
