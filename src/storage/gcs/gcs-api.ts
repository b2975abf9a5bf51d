import type { ObjectInfo } from '../object-store.ts';
import { throwIfAborted } from '../body.ts';
import { StoreError } from '../store-error.ts';
import type { Timer } from '../time.ts';
import {
  discard,
  GcsConnection,
  type GcsAnswer,
  type GcsConnectionOptions,
  type GcsRequest,
} from './gcs-connection.ts';
import { encoded, encodedPath } from '../http/encoded.ts';
import { isGeneration } from './names.ts';
import { readBytes } from './read-body.ts';
import { readRefusal } from './refusal.ts';
import { FIELDS, readObject, readPage } from './resources.ts';
import { detailOf, noBucket, translateRefusal, whatIsAbsent, type ErrorContext } from './translate-error.ts';

const MOST_JSON_BYTES = 16 * 1024 * 1024;

export type Look =
  | { readonly kind: 'found'; readonly info: ObjectInfo }
  | { readonly kind: 'unchanged'; readonly serverTimeMs?: number };

/** The JSON API of one bucket: requests whose answers are text, and what their errors mean. */
export class GcsApi {
  readonly connection: GcsConnection;
  readonly bucketPath: string;
  /** Of the bucket's objects. */
  readonly path: string;
  readonly #bucket: string;

  constructor(options: GcsConnectionOptions) {
    this.connection = new GcsConnection(options);
    this.#bucket = options.bucket;
    this.bucketPath = `/storage/v1/b/${encoded(options.bucket)}`;
    this.path = `${this.bucketPath}/o`;
  }

  get timer(): Timer {
    return this.connection.timer;
  }

  objectPath(key: string): string {
    return `${this.path}/${encoded(key)}`;
  }

  /** In the XML API. */
  downloadPath(key: string): string {
    return `/${encoded(this.#bucket)}/${encodedPath(key)}`;
  }

  async ask(
    request: GcsRequest,
    context: ErrorContext,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly text: string; readonly answer: GcsAnswer }> {
    const answer = await this.connection.send(request, signal);
    return { text: await this.#textOf(answer, context, signal), answer };
  }

  /** The object's description, or word that its generation is still `unless`. Absent: `not-found`. */
  async look(
    key: string,
    { signal, unless }: { readonly signal?: AbortSignal | undefined; readonly unless?: string },
  ): Promise<Look> {
    const ifGenerationNotMatch = unless !== undefined && isGeneration(unless) ? unless : undefined;
    const query = { fields: FIELDS.object, ifGenerationNotMatch };
    const answer = await this.connection.send({ method: 'GET', path: this.objectPath(key), query }, signal);
    if (answer.statusCode === 304 && ifGenerationNotMatch !== undefined) {
      discard(answer);
      return { kind: 'unchanged', ...timeOf(answer) };
    }
    const text = await this.#textOf(answer, { operation: 'head', key }, signal);
    const info = { ...readObject(text, key), ...timeOf(answer) };
    // A server that does not know the condition answers with what stands there.
    if (info.etag === unless) return { kind: 'unchanged', ...timeOf(answer) };
    return { kind: 'found', info };
  }

  async refusalOf(
    answer: GcsAnswer,
    context: ErrorContext,
    signal: AbortSignal | undefined,
  ): Promise<StoreError> {
    const refusal = await readRefusal(answer, signal);
    throwIfAborted(signal, 'gcs', context.key);
    if (refusal.status !== 404) return translateRefusal(refusal, context);
    const absent = whatIsAbsent(refusal);
    const { operation, key } = context;
    if (absent === 'bucket' || (operation === 'list' && refusal.documented)) return noBucket(refusal);
    // Absence is believed only where the bucket is known to be there; its listing rejects where it is not.
    if (operation !== 'list' && absent === 'unknown') await this.#checkBucket(signal);
    const mayBeAbsent = operation !== 'list' && operation !== 'put' && refusal.documented;
    const about = { provider: 'gcs', ...(key === undefined ? {} : { key }) };
    return new StoreError(mayBeAbsent ? 'not-found' : 'unexpected', { ...about, detail: detailOf(refusal) });
  }

  /** Of a download: the XML API has errors of another form, so what is wrong is asked of the JSON API. */
  async failedDownload(answer: GcsAnswer, key: string, signal: AbortSignal | undefined): Promise<StoreError> {
    const refusal = await readRefusal(answer, signal);
    throwIfAborted(signal, 'gcs', key);
    const { status } = refusal;
    const speaksForItself = status < 400 || status === 416 || status === 429 || status >= 500;
    if (!speaksForItself) await this.look(key, { signal });
    // It is there after all: somebody has just written it.
    if (status === 404) {
      return new StoreError('unavailable', { provider: 'gcs', key, detail: detailOf(refusal) });
    }
    return translateRefusal(refusal, { operation: 'get', key });
  }

  async #checkBucket(signal: AbortSignal | undefined): Promise<void> {
    const query = { maxResults: '1', fields: FIELDS.listing };
    const { text } = await this.ask({ method: 'GET', path: this.path, query }, { operation: 'list' }, signal);
    readPage(text, undefined);
  }

  async #textOf(answer: GcsAnswer, context: ErrorContext, signal: AbortSignal | undefined): Promise<string> {
    const { statusCode } = answer;
    if (statusCode < 200 || statusCode >= 300) throw await this.refusalOf(answer, context, signal);
    const { key } = context;
    const bounds = { mostBytes: MOST_JSON_BYTES, signal, ...(key === undefined ? {} : { key }) };
    return new TextDecoder().decode(await readBytes(answer, bounds));
  }
}

/** The server's clock, for the results of the port. */
export function timeOf({ serverTimeMs }: GcsAnswer): { readonly serverTimeMs?: number } {
  return serverTimeMs === undefined ? {} : { serverTimeMs };
}
