import type { ObjectKey } from '../../core/model/ids.ts';
import { clampRange, PIECE_BYTES, throwIfAborted } from '../body.ts';
import { compareKeys } from '../key.ts';
import type {
  CallOptions,
  GetOptions,
  GetResult,
  ListOptions,
  ListPage,
  ObjectBody,
  ObjectInfo,
  ObjectStore,
  ObjectVersion,
  PutOptions,
  StoreCapabilities,
  WriteOptions,
} from '../object-store.ts';
import { isStoreError, StoreError } from '../store-error.ts';
import type { TellsVersioning, Versioning } from '../versioning.ts';
import { GcsApi, timeOf } from './gcs-api.ts';
import { discard, type GcsAnswer, type GcsConnectionOptions, type GcsRequest } from './gcs-connection.ts';
import { checkName, isGeneration, unsupported } from './names.ts';
import { corruptAnswer, readBytes } from './read-body.ts';
import { FIELDS, readHeaders, readPage, readRewrite, readVersioning } from './resources.ts';
import { PIECE_UNIT_BYTES } from './resumable.ts';
import { describe, JSON_BODY, write, type WriteMeans } from './write.ts';

export interface GcsStoreOptions extends GcsConnectionOptions {
  /** For the boundary between the parts of an upload. */
  readonly random: { hex(digits: number): string };
  /** Larger bodies go in pieces of this size, bytes, a multiple of 256 KiB: 8 MiB unless told. */
  readonly pieceBytes?: number;
}

/**
 * A bucket of Google Cloud Storage. Tags are generations, so conditions are exact and hold for bodies of any
 * size; bodies above a piece go by a resumable upload.
 *
 * Writes, looks, copies and listings go by the JSON API. Downloads go by the XML API, as those of Google's own
 * client for Go do: its answer carries metadata and contents at once, where the JSON API needs two requests.
 */
export function createGcsStore(options: GcsStoreOptions): ObjectStore & TellsVersioning {
  return new GcsStore(options);
}

const MAX_PAGE = 1000;

class GcsStore implements ObjectStore, TellsVersioning {
  readonly capabilities: StoreCapabilities;
  readonly #api: GcsApi;
  readonly #means: WriteMeans;

  constructor(options: GcsStoreOptions) {
    const { random, pieceBytes = PIECE_BYTES } = options;
    if (pieceBytes % PIECE_UNIT_BYTES !== 0) throw new RangeError('pieces are multiples of 256 KiB');
    this.#api = new GcsApi(options);
    this.#means = { api: this.#api, random, pieceBytes };
    this.capabilities = {
      conditionalPut: true,
      serverCopy: true,
      listingHash: 'md5',
      maxSinglePutBytes: pieceBytes,
      writesPerSecondPerKey: 1,
    };
  }

  async get(key: ObjectKey, options: GetOptions = {}): Promise<GetResult> {
    const { signal, range, ifNoneMatch } = options;
    checkName(key);
    // Asked of the JSON API: the XML API knows conditions on a tag of its own only.
    if (ifNoneMatch !== undefined) {
      const look = await this.#api.look(key, { signal, unless: ifNoneMatch });
      if (look.kind === 'unchanged') return look;
    }
    const request: GcsRequest = {
      method: 'GET',
      path: this.#api.downloadPath(key),
      headers: range === undefined ? {} : { range: rangeHeader(key, range) },
    };
    const answer = await this.#api.connection.send(request, signal);
    if (answer.statusCode !== 200 && answer.statusCode !== 206)
      throw await this.#api.failedDownload(answer, key, signal);
    const info = readHeaders(answer, key);
    refuseCompressed(answer, key);
    return { kind: 'found', body: await readRange(answer, info, { key, range, signal }), ...info };
  }

  async put(key: ObjectKey, body: ObjectBody, options: PutOptions = {}): Promise<ObjectVersion> {
    checkName(key);
    throwIfAborted(options.signal, 'gcs', key);
    const condition = await this.#condition(key, options);
    try {
      const { etag, serverTimeMs } = await write(body, { key, condition, options }, this.#means);
      return { etag, ...(serverTimeMs === undefined ? {} : { serverTimeMs }) };
    } catch (error) {
      // Refused for the condition also where the object is gone: look whether there is one at all.
      if (options.ifMatch !== undefined && isStoreError(error, 'conflict')) await this.head(key, options);
      throw error;
    }
  }

  async copy(from: ObjectKey, to: ObjectKey, options: WriteOptions = {}): Promise<ObjectVersion> {
    checkName(from);
    checkName(to);
    const path = `${this.#api.objectPath(from)}/rewriteTo${this.#api.objectPath(to).slice('/storage/v1'.length)}`;
    // A description in the request stands in place of the source's own, also where it has no metadata.
    const body = JSON.stringify(describe(options));
    let rewriteToken: string | undefined;
    let rewrittenBytes = -1;
    // Ends: each further call must have moved more bytes than the last.
    for (;;) {
      const query = { fields: FIELDS.rewrite, rewriteToken };
      const request: GcsRequest = { method: 'POST', path, query, headers: JSON_BODY, body };
      const context = { operation: 'copy', key: from } as const;
      const { text, answer } = await this.#api.ask(request, context, options.signal);
      const step = readRewrite(text, to);
      if (step.done) return { etag: step.info.etag, ...timeOf(answer) };
      if (step.rewrittenBytes <= rewrittenBytes) throw corruptAnswer('a copy that does not go on', to);
      rewrittenBytes = step.rewrittenBytes;
      rewriteToken = step.token;
    }
  }

  async delete(key: ObjectKey, options: CallOptions = {}): Promise<void> {
    checkName(key);
    const request: GcsRequest = { method: 'DELETE', path: this.#api.objectPath(key) };
    try {
      await this.#api.ask(request, { operation: 'delete', key }, options.signal);
    } catch (error) {
      if (isStoreError(error, 'not-found') && error.details.reason === undefined) return;
      throw error;
    }
  }

  async head(key: ObjectKey, options: CallOptions = {}): Promise<ObjectInfo> {
    checkName(key);
    const look = await this.#api.look(key, { signal: options.signal });
    if (look.kind === 'unchanged') throw corruptAnswer('unchanged, to a question without a condition', key);
    return look.info;
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListPage> {
    const { startAfter, delimiter, signal } = options;
    const query = {
      prefix,
      delimiter,
      // Begins with the key itself, if there is one.
      startOffset: startAfter,
      maxResults: String(Math.max(1, Math.min(options.limit ?? MAX_PAGE, MAX_PAGE))),
      fields: FIELDS.listing,
    };
    let pageToken: string | undefined;
    let lastFolder = '';
    // Ends: a page without a token is the last, and one that repeats its token rejects.
    do {
      const request: GcsRequest = { method: 'GET', path: this.#api.path, query: { ...query, pageToken } };
      const { text, answer } = await this.#api.ask(request, { operation: 'list' }, signal);
      const page = readPage(text, pageToken);
      // Some servers tell a folder again on each page that has keys of it.
      const told = lastFolder;
      const prefixes = page.prefixes.filter((folder) => compareKeys(folder, told) > 0);
      lastFolder = prefixes.at(-1) ?? lastFolder;
      const objects = page.objects.filter(({ key }) => key !== startAfter);
      yield { objects, prefixes, ...timeOf(answer) };
      pageToken = page.next;
    } while (pageToken !== undefined);
  }

  /** Told to who may see the bucket's settings, which the rights to its objects do not bring. */
  async versioning(options: CallOptions = {}): Promise<Versioning> {
    const request: GcsRequest = {
      method: 'GET',
      path: this.#api.bucketPath,
      query: { fields: FIELDS.bucket },
    };
    try {
      const { text } = await this.#api.ask(request, { operation: 'list' }, options.signal);
      return readVersioning(text);
    } catch (error) {
      if (isStoreError(error, 'denied') && error.details.reason === 'forbidden') return 'unknown';
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#api.connection.close();
  }

  /** The generation that must stand; `0`: none; `undefined`: any. Rejects where none can meet it. */
  async #condition(key: ObjectKey, options: PutOptions): Promise<string | undefined> {
    const { ifMatch, ifNoneMatch, signal } = options;
    if (ifMatch !== undefined && ifNoneMatch !== undefined) throw unsupported(key, 'two conditions at once');
    if (ifMatch === undefined) return ifNoneMatch === undefined ? undefined : '0';
    if (isGeneration(ifMatch)) return ifMatch;
    // No object of this service has such a tag.
    await this.head(key, signal === undefined ? {} : { signal });
    throw new StoreError('conflict', { provider: 'gcs', key });
  }
}

function rangeHeader(key: string, range: NonNullable<GetOptions['range']>): string {
  const { start, end } = clampRange(range, Number.MAX_SAFE_INTEGER, { provider: 'gcs', key });
  return `bytes=${String(start)}-${String(end - 1)}`;
}

/** What was asked for, all of it and no more, whatever the server sends: it may ignore `Range` and send the whole. */
async function readRange(
  answer: GcsAnswer,
  info: ObjectInfo,
  asked: {
    readonly key: string;
    readonly range: GetOptions['range'];
    readonly signal: AbortSignal | undefined;
  },
): Promise<Uint8Array> {
  const { key, range, signal } = asked;
  const { start, end } =
    range === undefined
      ? { start: 0, end: info.sizeBytes }
      : clampRange(range, info.sizeBytes, { provider: 'gcs', key });
  const isPart = answer.statusCode === 206;
  if (isPart && !(answer.headers['content-range'] ?? '').startsWith(`bytes ${String(start)}-`)) {
    throw corruptAnswer('the answer is another part than was asked for', key);
  }
  const mostBytes = isPart ? end - start : end;
  const sent = await readBytes(answer, { mostBytes, cut: !isPart && range !== undefined, key, signal });
  if (sent.length !== mostBytes)
    throw corruptAnswer(`${String(sent.length)} of ${String(mostBytes)} bytes`, key);
  return isPart || start === 0 ? sent : sent.slice(start);
}

/** What `gsutil -z` stores: its size and hash are those of the compressed form, and transports may unpack it or not. */
function refuseCompressed(answer: GcsAnswer, key: string): void {
  const coding = answer.headers['x-goog-stored-content-encoding'] ?? 'identity';
  if (coding === 'identity' || coding === '') return;
  discard(answer);
  throw unsupported(key, `it is stored compressed (Content-Encoding: ${coding}); store it again without`);
}
