import type { ContainerClient, StoragePipelineOptions } from '@azure/storage-blob';
import { throwIfAborted } from '../body.ts';
import { StoreError } from '../store-error.ts';
import { mintSas, type AzureAccess } from './access.ts';
import { clockOfRefusal } from './translate-error.ts';

export interface AzureConnectionOptions {
  readonly container: string;
  /** Asked at the first call. */
  readonly access: () => Promise<AzureAccess>;
  /** The transport; absent: the SDK's own for where it runs. */
  readonly httpClient?: NonNullable<StoragePipelineOptions['httpClient']>;
  /** This device's clock, milliseconds since 1970. */
  readonly now: () => number;
}

const SAS_MS = 24 * 3_600_000;
const RENEW_BEFORE_MS = 3_600_000;
/** Below this the device's clock is not what a signature was refused for. */
const SKEW_MS = 60_000;

interface Opened {
  readonly client: ContainerClient;
  readonly renewAtMs: number;
}

/** A container's client, made at the first call and again before its signature expires. Rejects with what the SDK rejects with. */
export class AzureConnection {
  readonly #options: AzureConnectionOptions;
  #access: Promise<AzureAccess> | undefined;
  #opened: Promise<Opened> | undefined;
  #offsetMs = 0;
  #closed = false;

  constructor(options: AzureConnectionOptions) {
    this.#options = options;
  }

  /** Made again once where the server refuses the signature and shows another time than this device's. */
  async send<Output>(
    request: (client: ContainerClient) => Promise<Output>,
    signal?: AbortSignal,
  ): Promise<Output> {
    throwIfAborted(signal, 'azure');
    if (this.#closed) throw new StoreError('aborted', { provider: 'azure', detail: 'the store is closed' });
    try {
      return await request(await this.#client());
    } catch (error) {
      await this.#checkExpiry(error);
      if (!(await this.#learnClock(error))) throw error;
      return request(await this.#client());
    }
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  async #client(): Promise<ContainerClient> {
    const opened = await (this.#opened ??= this.#open());
    if (this.#serverNow() < opened.renewAtMs) return opened.client;
    this.#opened = this.#open();
    return (await this.#opened).client;
  }

  async #open(): Promise<Opened> {
    this.#access ??= this.#options.access();
    const access = await this.#access;
    const { container, httpClient } = this.#options;
    checkSettings(access.endpoint, container);
    const expiresMs = this.#serverNow() + SAS_MS;
    const sas =
      access.kind === 'sas'
        ? access.sas.replace(/^\?/u, '')
        : await mintSas({ ...access, container, expiresMs, httpsOnly: access.endpoint.startsWith('https:') });
    const { AnonymousCredential, ContainerClient } = await import('./sdk.ts');
    const url = `${access.endpoint.replace(/\/+$/u, '')}/${encodeURIComponent(container)}?${sas}`;
    const client = new ContainerClient(url, new AnonymousCredential(), {
      // One try each: only the wrapper above knows what may be tried again.
      retryOptions: { maxTries: 1 },
      ...(httpClient === undefined ? {} : { httpClient }),
    });
    const renewAtMs = access.kind === 'sas' ? Number.POSITIVE_INFINITY : expiresMs - RENEW_BEFORE_MS;
    return { client, renewAtMs };
  }

  /** A refusal does not say that a signature has run out; its own text does. */
  async #checkExpiry(error: unknown): Promise<void> {
    const serverMs = clockOfRefusal(error);
    const access = await this.#access;
    if (serverMs === undefined || access?.kind !== 'sas') return;
    const expiresMs = Date.parse(new URLSearchParams(access.sas).get('se') ?? '');
    if (Number.isNaN(expiresMs) || expiresMs > serverMs) return;
    const detail = `the signature ended ${new Date(expiresMs).toISOString()}`;
    throw new StoreError('denied', { provider: 'azure', reason: 'expired-key', detail });
  }

  async #learnClock(error: unknown): Promise<boolean> {
    const serverMs = clockOfRefusal(error);
    if (serverMs === undefined || (await this.#access)?.kind !== 'key') return false;
    if (Math.abs(serverMs - this.#serverNow()) < SKEW_MS) return false;
    this.#offsetMs = serverMs - this.#options.now();
    this.#opened = undefined;
    return true;
  }

  #serverNow(): number {
    return this.#options.now() + this.#offsetMs;
  }
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
