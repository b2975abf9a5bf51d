import { throwIfAborted } from '../body.ts';
import { StoreError } from '../store-error.ts';
import type { Timer } from '../time.ts';
import { AccessTokens } from './access-tokens.ts';
import type { GcsCredentials } from './credentials.ts';
import { encoded } from '../http/encoded.ts';
import { withAnswerLimit } from '../http/answer-limit.ts';
import { untilAborted } from './read-body.ts';
import { networkDetail, requestTo, type HttpTransport, type TransportResponse } from '../http/transport.ts';
import { parseTime } from '../http/header-times.ts';

export interface GcsConnectionOptions {
  readonly bucket: string;
  /** Absent: Google's own. */
  readonly endpoint?: string;
  /** Asked when a token is needed; absent: requests go without one, as emulators take them. */
  readonly credentials?: () => Promise<GcsCredentials>;
  readonly transport: HttpTransport;
  readonly timer: Timer;
  /** For the beginning of an answer to a request without a body; the rest has the time of whoever asked. Absent: no limit. */
  readonly answerMs?: number;
}

export interface GcsRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Begins with `/`, encoded, without the query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Any answer of the server; its body is still to be read. */
export interface GcsAnswer extends TransportResponse {
  readonly serverTimeMs?: number;
}

const GOOGLE = 'https://storage.googleapis.com';

/** All requests of a store: where they go, and by what right. Rejects with `StoreError` alone. */
export class GcsConnection {
  readonly #options: GcsConnectionOptions;
  readonly #tokens: AccessTokens | undefined;
  readonly #background = new Set<Promise<unknown>>();
  #closed = false;

  constructor(options: GcsConnectionOptions) {
    this.#options = options;
    const { credentials, transport, timer } = options;
    this.#tokens =
      credentials === undefined ? undefined : new AccessTokens({ credentials, transport, timer });
  }

  get timer(): Timer {
    return this.#options.timer;
  }

  /** Made again once with a new token where the server does not take the one that was kept: it was not heeded. */
  async send(request: GcsRequest, signal?: AbortSignal): Promise<GcsAnswer> {
    const token = await this.#token(signal);
    const answer = await this.#sendWith(token, request, signal);
    if (answer.statusCode !== 401 || token === undefined) return answer;
    discard(answer);
    this.#tokens?.refused(token);
    return this.#sendWith(await this.#token(signal), request, signal);
  }

  /**
   * To the address of an upload, which is a key in itself: it goes without a token. Rejects with `corrupt`
   * where the address is another server's.
   */
  async sendTo(
    address: URL,
    request: Pick<GcsRequest, 'method' | 'headers' | 'body'>,
    signal?: AbortSignal,
  ): Promise<GcsAnswer> {
    this.#checkOpen(signal);
    const { method, headers = {}, body } = request;
    const wire = requestTo(address, { method, headers, ...(body === undefined ? {} : { body }) });
    const { timer, answerMs, transport } = this.#options;
    const limit = body !== undefined || answerMs === undefined ? undefined : { timer, ms: answerMs };
    try {
      const { response } = await withAnswerLimit('gcs', limit, signal, (inner) =>
        untilAborted(transport.handle(wire, inner === undefined ? {} : { abortSignal: inner }), inner),
      );
      const serverTimeMs = parseTime(response.headers['date']);
      const { statusCode, body: received } = response;
      return {
        statusCode,
        headers: response.headers,
        body: received,
        ...(serverTimeMs === undefined ? {} : { serverTimeMs }),
      };
    } catch (error) {
      throwIfAborted(signal, 'gcs');
      if (error instanceof StoreError) throw error;
      throw new StoreError('unavailable', { provider: 'gcs', detail: networkDetail(error) });
    }
  }

  /** The address with this host's path and query. Throws `unsupported` where the endpoint is no address. */
  address({ path, query = {} }: Pick<GcsRequest, 'path' | 'query'>): URL {
    const base = this.#options.endpoint ?? GOOGLE;
    if (!/^https?:\/\/[^/]/u.test(base) || !URL.canParse(base)) {
      const detail = 'the endpoint must be an address that starts with https:// or http://';
      throw new StoreError('unsupported', { provider: 'gcs', detail });
    }
    const pairs = Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${encoded(value)}`],
    );
    const search = pairs.length === 0 ? '' : `?${pairs.join('&')}`;
    return new URL(`${base.replace(/\/+$/u, '')}${path}${search}`);
  }

  /** Lets `work` end in the background; `close` waits for it. */
  keepUntilDone(work: Promise<unknown>): void {
    const done = work.catch(() => undefined).finally(() => this.#background.delete(done));
    this.#background.add(done);
  }

  async close(): Promise<void> {
    await Promise.all(this.#background);
    this.#closed = true;
  }

  #sendWith(token: string | undefined, request: GcsRequest, signal?: AbortSignal): Promise<GcsAnswer> {
    const headers = {
      ...request.headers,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    return this.sendTo(this.address(request), { ...request, headers }, signal);
  }

  async #token(signal: AbortSignal | undefined): Promise<string | undefined> {
    this.#checkOpen(signal);
    return this.#tokens?.current(signal);
  }

  #checkOpen(signal: AbortSignal | undefined): void {
    throwIfAborted(signal, 'gcs');
    if (this.#closed) throw new StoreError('aborted', { provider: 'gcs', detail: 'the store is closed' });
  }
}

/** Lets go of an answer whose body nobody reads. */
export function discard(answer: GcsAnswer): void {
  answer.body?.cancel().catch(() => undefined);
}
