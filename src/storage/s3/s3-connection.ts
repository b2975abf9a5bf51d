import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { throwIfAborted } from '../body.ts';
import { StoreError } from '../store-error.ts';
import { parseTime } from '../http/header-times.ts';
import { checkedCredentials, checkSettings, type S3Credentials } from './check-settings.ts';
import { corruptAnswer, isClockRefused } from './translate-error.ts';

export type Sdk = typeof import('./sdk.ts');

export interface S3ConnectionOptions {
  readonly bucket: string;
  readonly region: string;
  /** Absent: AWS in that region. */
  readonly endpoint?: string;
  /** `https://host/bucket/key` in place of `https://bucket.host/key`. */
  readonly pathStyle: boolean;
  /** Asked once, then again when what it gave has expired. */
  readonly credentials: () => Promise<S3Credentials>;
  /** The transport; absent: the SDK's own for where it runs. Time-outs are its affair or a wrapper's. */
  readonly requestHandler?: NonNullable<S3ClientConfig['requestHandler']>;
  /** This device's clock, milliseconds since 1970. */
  readonly now: () => number;
}

/** An answer and what its headers tell. */
export interface Answer<Output> {
  readonly output: Output;
  readonly serverTimeMs?: number;
}

interface Loaded {
  readonly sdk: Sdk;
  readonly client: S3Client;
}

/** A call on the loaded SDK; made again, it must send the same. */
export type Request<Output extends object> = (
  client: S3Client,
  sdk: Sdk,
  options: { readonly abortSignal?: AbortSignal },
) => Promise<Output>;

/** One client for all calls of a store, made at the first of them. Rejects with what the SDK rejects with. */
export class S3Connection {
  readonly #options: S3ConnectionOptions;
  readonly #dates = new WeakMap<object, number>();
  readonly #cleanups = new Set<Promise<unknown>>();
  #loading: Promise<Loaded> | undefined;
  #closed = false;

  constructor(options: S3ConnectionOptions) {
    this.#options = options;
  }

  /** Made again once when the server refuses the clock: the SDK has then learnt the offset from its answer. */
  async send<Output extends object>(request: Request<Output>, signal?: AbortSignal): Promise<Answer<Output>> {
    throwIfAborted(signal, 's3');
    if (this.#closed) throw new StoreError('aborted', { provider: 's3', detail: 'the store is closed' });
    const options = signal === undefined ? {} : { abortSignal: signal };
    const attempt = async (): Promise<Answer<Output>> => {
      const { client, sdk } = await (this.#loading ??= this.#load());
      const output = await request(client, sdk, options);
      const serverTimeMs = this.#dates.get(output);
      return { output, ...(serverTimeMs === undefined ? {} : { serverTimeMs }) };
    };
    const withRetry = attempt().catch((error: unknown) => {
      if (isClockRefused(error, this.#options.now())) return attempt();
      throw error;
    });
    return untilAborted(withRetry, signal);
  }

  /** Lets `work` end in the background; `close` waits for it. */
  keepUntilDone(work: Promise<unknown>): void {
    const done = work.catch(() => undefined).finally(() => this.#cleanups.delete(done));
    this.#cleanups.add(done);
  }

  async close(): Promise<void> {
    await Promise.all(this.#cleanups);
    this.#closed = true;
    const loaded = await this.#loading?.catch(() => undefined);
    loaded?.client.destroy();
  }

  async #load(): Promise<Loaded> {
    checkSettings(this.#options);
    const sdk = await import('./sdk.ts');
    const client = new sdk.S3Client(clientConfig(this.#options));
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const result = await next(args);
        refuseWebPage(result.response, context.commandName);
        const timeMs = parseTime(headersOf(result.response)['date']);
        const output: unknown = result.output;
        if (timeMs !== undefined && isObject(output)) this.#dates.set(output, timeMs);
        return result;
      },
      { step: 'deserialize', priority: 'high', name: 'readDate' },
    );
    return { sdk, client };
  }
}

function clientConfig(options: S3ConnectionOptions): S3ClientConfig {
  const { region, endpoint, pathStyle, credentials, requestHandler, now } = options;
  return {
    region,
    forcePathStyle: pathStyle,
    credentials: () => checkedCredentials(credentials),
    // One try each: only the wrapper above knows what may be tried again.
    maxAttempts: 1,
    retryMode: 'standard',
    // The SDK signs by `Date.now()` plus this.
    systemClockOffset: now() - Date.now(),
    // Waiting for "continue" costs a round trip and, in Node, a new connection for every large put.
    expectContinueHeader: false,
    ...(endpoint === undefined
      ? {}
      : // R2, B2, Ceph and others refuse the checksums that the SDK adds by default.
        {
          endpoint,
          requestChecksumCalculation: 'WHEN_REQUIRED',
          responseChecksumValidation: 'WHEN_REQUIRED',
        }),
    ...(requestHandler === undefined ? {} : { requestHandler }),
  };
}

/** A network's log-in page answers 200 to anything. Only objects may be HTML, and they have a tag to tell by. */
function refuseWebPage(response: unknown, commandName: string | undefined): void {
  if (commandName === 'GetObjectCommand' || commandName === 'HeadObjectCommand') return;
  if (headersOf(response)['content-type']?.startsWith('text/html') === true)
    throw corruptAnswer('a web page');
}

function headersOf(response: unknown): Record<string, string | undefined> {
  if (!isObject(response) || !('headers' in response)) return {};
  return response.headers as Record<string, string | undefined>;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Rejects as soon as the signal fires, also where the transport cannot stop. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(new StoreError('aborted', { provider: 's3', cause: signal.reason }));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}
