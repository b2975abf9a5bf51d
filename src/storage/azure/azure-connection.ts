import { throwIfAborted } from '../body.ts';
import { encoded, encodedPath } from '../http/encoded.ts';
import { untilAborted } from '../http/read-body.ts';
import { requestTo, type HttpTransport, type TransportResponse } from '../http/transport.ts';
import { StoreError } from '../store-error.ts';
import type { Timer } from '../time.ts';
import { parseTime } from '../http/header-times.ts';
import { mintSas, type AzureAccess } from './access.ts';
import { networkDetail } from './refusal.ts';

export interface AzureConnectionOptions {
  readonly container: string;
  /** Asked at the first call. */
  readonly access: () => Promise<AzureAccess>;
  readonly transport: HttpTransport;
  readonly timer: Timer;
}

/** Of the container, or of the blob in it that `key` names. */
export interface AzureRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  readonly key?: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** Any answer of the server; its body is still to be read. */
export interface AzureAnswer extends TransportResponse {
  readonly serverTimeMs?: number;
}

/** The form of requests and answers; all that is used has been there since. */
const SERVICE_VERSION = '2021-12-02';
const SAS_MS = 24 * 3_600_000;
const RENEW_BEFORE_MS = 3_600_000;
/** Below this the device's clock is not what a signature was refused for. */
const SKEW_MS = 60_000;

interface Opened {
  /** Of the container, without a slash at its end. */
  readonly address: string;
  /** The signature, as the end of a query. */
  readonly sas: string;
  readonly renewAtMs: number;
}

/** Where a container's requests go and by what right: a signature, made again before it expires. Rejects with `StoreError` alone. */
export class AzureConnection {
  readonly #options: AzureConnectionOptions;
  #access: Promise<AzureAccess> | undefined;
  #opened: Promise<Opened> | undefined;
  /** How far the server's clock is ahead of ours, once it has refused a signature for its time. */
  #offsetMs = 0;
  #closed = false;

  constructor(options: AzureConnectionOptions) {
    this.#options = options;
  }

  get timer(): Timer {
    return this.#options.timer;
  }

  /** Made again once where the server refuses the signature and shows another time than this device's. */
  async send(request: AzureRequest, signal?: AbortSignal): Promise<AzureAnswer> {
    const answer = await this.#sendOnce(request, signal);
    if (answer.statusCode !== 403 || answer.serverTimeMs === undefined) return answer;
    await this.#checkExpiry(answer, answer.serverTimeMs);
    if (!(await this.#learnClock(answer.serverTimeMs))) return answer;
    discard(answer);
    return this.#sendOnce(request, signal);
  }

  /** With the signature in it: a right in itself, for the server alone to see. */
  async address({ key, query = {} }: Pick<AzureRequest, 'key' | 'query'>): Promise<URL> {
    const { address, sas } = await this.#current();
    const pairs = Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${encoded(value)}`],
    );
    const path = key === undefined ? '' : `/${encodedPath(key)}`;
    return new URL(`${address}${path}?${[...pairs, sas].join('&')}`);
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  async #sendOnce(request: AzureRequest, signal: AbortSignal | undefined): Promise<AzureAnswer> {
    throwIfAborted(signal, 'azure', request.key);
    if (this.#closed) throw new StoreError('aborted', { provider: 'azure', detail: 'the store is closed' });
    const { method, headers = {}, body } = request;
    const wire = requestTo(await this.address(request), {
      method,
      headers: { 'x-ms-version': SERVICE_VERSION, ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const options = signal === undefined ? {} : { abortSignal: signal };
    try {
      const sent = this.#options.transport.handle(wire, options);
      const { response } = await untilAborted(sent, { provider: 'azure', signal });
      const serverTimeMs = parseTime(response.headers['date']);
      const { statusCode, body: received } = response;
      const answer = { statusCode, headers: response.headers, body: received };
      return serverTimeMs === undefined ? answer : { ...answer, serverTimeMs };
    } catch (error) {
      throwIfAborted(signal, 'azure', request.key);
      if (error instanceof StoreError) throw error;
      throw new StoreError('unavailable', { provider: 'azure', detail: networkDetail(error) });
    }
  }

  async #current(): Promise<Opened> {
    const opened = await (this.#opened ??= this.#open());
    if (this.#serverNow() < opened.renewAtMs) return opened;
    this.#opened = this.#open();
    return this.#opened;
  }

  async #open(): Promise<Opened> {
    const access = await (this.#access ??= this.#options.access().catch(rejectWithoutKey));
    const { container } = this.#options;
    const endpoint = access.endpoint.replace(/\/+$/u, '');
    checkSettings(endpoint, container);
    const address = `${endpoint}/${encoded(container)}`;
    if (access.kind === 'sas') {
      return { address, sas: access.sas.replace(/^\?/u, ''), renewAtMs: Number.POSITIVE_INFINITY };
    }
    const expiresMs = this.#serverNow() + SAS_MS;
    const sas = await mintSas({
      ...access,
      container,
      expiresMs,
      httpsOnly: endpoint.startsWith('https:'),
    });
    return { address, sas, renewAtMs: expiresMs - RENEW_BEFORE_MS };
  }

  /** A refusal does not say that a signature has run out; its own text does. */
  async #checkExpiry(answer: AzureAnswer, serverMs: number): Promise<void> {
    const access = await this.#access;
    if (access?.kind !== 'sas') return;
    const expiresMs = Date.parse(new URLSearchParams(access.sas).get('se') ?? '');
    if (Number.isNaN(expiresMs) || expiresMs > serverMs) return;
    discard(answer);
    const detail = `the signature ended ${new Date(expiresMs).toISOString()}`;
    throw new StoreError('denied', { provider: 'azure', reason: 'expired-key', detail });
  }

  async #learnClock(serverMs: number): Promise<boolean> {
    if ((await this.#access)?.kind !== 'key') return false;
    if (Math.abs(serverMs - this.#serverNow()) < SKEW_MS) return false;
    this.#offsetMs = serverMs - this.#options.timer.now();
    this.#opened = undefined;
    return true;
  }

  #serverNow(): number {
    return this.#options.timer.now() + this.#offsetMs;
  }
}

/** Lets go of an answer whose body nobody reads. */
export function discard(answer: AzureAnswer): void {
  answer.body?.cancel().catch(() => undefined);
}

function checkSettings(endpoint: string, container: string): void {
  if (!/^https?:\/\/[^/]/u.test(endpoint) || !URL.canParse(endpoint)) {
    const detail = 'the endpoint must be an address that starts with https:// or http://';
    throw new StoreError('unsupported', { provider: 'azure', detail });
  }
  if (!/^(?:\$root|[a-z0-9](?:-?[a-z0-9]){2,62})$/u.test(container)) {
    const detail = 'no container can have this name';
    throw new StoreError('not-found', { provider: 'azure', reason: 'no-bucket', detail });
  }
}

/** Whoever has the key says why there is none; a store has errors of its own alone. */
function rejectWithoutKey(error: unknown): never {
  if (error instanceof StoreError) throw error;
  const detail = error instanceof Error ? error.message : String(error);
  throw new StoreError('denied', { provider: 'azure', reason: 'no-key', detail });
}
