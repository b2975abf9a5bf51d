import { md5 } from '@noble/hashes/legacy.js';
import type { ObjectKey } from '../../core/model/ids.ts';
import { bodySize, clampRange, PIECE_BYTES, readPiece, throwIfAborted } from '../body.ts';
import { readBytes } from '../http/read-body.ts';
import { checkKey } from '../key.ts';
import { encodeMetadata } from '../metadata-text.ts';
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
import { withAnswerLimit, type AnswerLimit } from '../http/answer-limit.ts';
import {
  AzureConnection,
  discard,
  type AzureAnswer,
  type AzureConnectionOptions,
  type AzureRequest,
} from './azure-connection.ts';
import { whenCopied } from './copy.ts';
import { readPage } from './list-page.ts';
import { blockList, stageBlocks, type Block } from './put-blocks.ts';
import { METADATA_PREFIX, NO_METADATA, readInfo, readRange, readVersion } from './read-answer.ts';
import { readRefusal } from './refusal.ts';
import { translateRefusal, type ErrorContext } from './translate-error.ts';

export interface AzureStoreOptions extends AzureConnectionOptions {
  /** Names the blocks of a large put. */
  readonly random: { hex(digits: number): string };
  /** Larger bodies go in blocks of this size, bytes: 8 MiB unless told. */
  readonly pieceBytes?: number;
  /**
   * A get whose answer has not begun by then is given up. How long all of it may take depends on its size,
   * which nobody knows before.
   */
  readonly getAnswer?: AnswerLimit;
}

/**
 * A container of Azure Blob Storage. Bodies of up to a piece go in one request, larger ones in blocks;
 * conditions hold for both. Keys with a backslash are `unsupported`: the service stores them as if it
 * were a slash, over another object.
 */
export function createAzureStore(options: AzureStoreOptions): ObjectStore & TellsVersioning {
  return new AzureStore(options);
}

const MAX_PAGE = 1000;
const MOST_LISTING_BYTES = 16 * 1024 * 1024;
const DEFAULT_TYPE = 'application/octet-stream';

interface Sending extends ErrorContext {
  readonly signal: AbortSignal | undefined;
  /** Any other answer is a refusal. */
  readonly expect: readonly number[];
}

class AzureStore implements ObjectStore, TellsVersioning {
  readonly capabilities: StoreCapabilities;
  readonly #options: AzureStoreOptions;
  readonly #connection: AzureConnection;
  readonly #pieceBytes: number;
  #versioning: Versioning = 'unknown';

  constructor(options: AzureStoreOptions) {
    this.#options = options;
    this.#pieceBytes = options.pieceBytes ?? PIECE_BYTES;
    this.#connection = new AzureConnection(options);
    this.capabilities = {
      conditionalPut: true,
      serverCopy: true,
      listingHash: 'md5',
      maxSinglePutBytes: this.#pieceBytes,
      writesPerSecondPerKey: 10,
    };
  }

  async get(key: ObjectKey, options: GetOptions = {}): Promise<GetResult> {
    const { signal, range, ifNoneMatch } = options;
    checkAzureKey(key);
    const headers = {
      ...(range === undefined ? {} : { range: rangeHeader(key, range) }),
      ...(ifNoneMatch === undefined ? {} : { 'if-none-match': `"${ifNoneMatch}"` }),
    };
    const expect = ifNoneMatch === undefined ? [200, 206] : [200, 206, 304];
    return withAnswerLimit('azure', this.#options.getAnswer, signal, async (inner, begun) => {
      const answer = await this.#send({ method: 'GET', key, headers }, { key, signal: inner, expect });
      begun();
      const { serverTimeMs } = answer;
      if (answer.statusCode === 304) {
        discard(answer);
        return { kind: 'unchanged', ...(serverTimeMs === undefined ? {} : { serverTimeMs }) };
      }
      const info = readInfo(answer, key);
      return { kind: 'found', body: await readRange(answer, info, { key, range, signal: inner }), ...info };
    });
  }

  async put(key: ObjectKey, body: ObjectBody, options: PutOptions = {}): Promise<ObjectVersion> {
    const { signal, ifMatch, ifNoneMatch } = options;
    checkAzureKey(key);
    throwIfAborted(signal, 'azure', key);
    if (ifMatch !== undefined && ifNoneMatch !== undefined) {
      throw new StoreError('unsupported', { provider: 'azure', key, detail: 'two conditions at once' });
    }
    try {
      const answer = await this.#upload(key, body, options);
      discard(answer);
      return readVersion(answer, key);
    } catch (error) {
      // The service answers 412 for an object that is gone too: look whether there is one.
      if (ifMatch !== undefined && isStoreError(error, 'conflict')) await this.head(key, options);
      throw error;
    }
  }

  async copy(from: ObjectKey, to: ObjectKey, options: WriteOptions = {}): Promise<ObjectVersion> {
    checkAzureKey(from);
    checkAzureKey(to);
    const { signal, metadata = {} } = options;
    // Without metadata of its own the copy would take over that of the original.
    const own = Object.keys(metadata).length === 0 ? NO_METADATA : metadata;
    const source = await this.#connection.address({ key: from });
    const headers = { 'x-ms-copy-source': source.href, ...metadataHeaders(own) };
    const request: AzureRequest = { method: 'PUT', key: to, headers, body: new Uint8Array(0) };
    const begun = await this.#send(request, { key: from, signal, expect: [202] });
    discard(begun);
    const look = (): Promise<AzureAnswer> => this.#look(to, signal);
    return whenCopied(begun, { to, look, timer: this.#connection.timer, signal });
  }

  async delete(key: ObjectKey, options: CallOptions = {}): Promise<void> {
    checkAzureKey(key);
    const { signal } = options;
    try {
      discard(await this.#send({ method: 'DELETE', key }, { key, signal, expect: [202] }));
    } catch (error) {
      if (isStoreError(error, 'not-found') && error.details.reason === undefined) return;
      throw error;
    }
  }

  async head(key: ObjectKey, options: CallOptions = {}): Promise<ObjectInfo> {
    checkAzureKey(key);
    return readInfo(await this.#look(key, options.signal), key);
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListPage> {
    const { startAfter, delimiter, limit, signal } = options;
    const query = {
      restype: 'container',
      comp: 'list',
      prefix: prefix === '' ? undefined : prefix,
      delimiter,
      maxresults: String(Math.max(1, Math.min(limit ?? MAX_PAGE, MAX_PAGE))),
    };
    let marker: string | undefined;
    // Ends: a page without a marker is the last, and one that repeats its marker rejects.
    do {
      const request: AzureRequest = { method: 'GET', query: { ...query, marker } };
      const answer = await this.#send(request, { signal, expect: [200] });
      const bytes = await readBytes(answer, { provider: 'azure', mostBytes: MOST_LISTING_BYTES, signal });
      const { objects, prefixes, next } = readPage(new TextDecoder().decode(bytes), { marker, startAfter });
      const { serverTimeMs } = answer;
      yield { objects, prefixes, ...(serverTimeMs === undefined ? {} : { serverTimeMs }) };
      marker = next;
    } while (marker !== undefined);
  }

  /** As the answer to this store's last put told it; before that, unknown. A key of one container may not ask the account. */
  versioning(): Promise<Versioning> {
    return Promise.resolve(this.#versioning);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #upload(key: ObjectKey, body: ObjectBody, options: PutOptions): Promise<AzureAnswer> {
    const { signal, ifMatch, ifNoneMatch, metadata = {} } = options;
    const size = bodySize(body);
    const conditional = ifMatch !== undefined || ifNoneMatch !== undefined;
    const sending = { key, signal, conditional, expect: [201] };
    const type = typeOf(options.contentType);
    const about = {
      ...(ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` }),
      ...(ifNoneMatch === undefined ? {} : { 'if-none-match': ifNoneMatch }),
      ...metadataHeaders(metadata),
      'x-ms-blob-content-type': type,
    };
    if (size <= this.#pieceBytes) {
      const whole = await readPiece(body, 0, size, 'azure');
      const hash = base64(md5(whole));
      const own = { 'content-type': type, 'content-md5': hash, 'x-ms-blob-content-md5': hash };
      const headers = { ...about, ...own, 'x-ms-blob-type': 'BlockBlob' };
      const answer = await this.#send({ method: 'PUT', key, headers, body: whole }, sending);
      this.#versioning = answer.headers['x-ms-version-id'] === undefined ? 'off' : 'on';
      return answer;
    }
    const stage = (block: Block): Promise<void> => this.#stage(key, block, signal);
    const uploadId = this.#options.random.hex(16);
    const staged = await stageBlocks(body, { stage, key, pieceBytes: this.#pieceBytes, uploadId, signal });
    throwIfAborted(signal, 'azure', key);
    const own = { 'content-type': 'application/xml', 'x-ms-blob-content-md5': base64(staged.md5) };
    const list = blockList(staged.ids);
    return this.#send(
      { method: 'PUT', key, query: { comp: 'blocklist' }, headers: { ...about, ...own }, body: list },
      sending,
    );
  }

  async #stage(key: ObjectKey, { id, piece }: Block, signal: AbortSignal | undefined): Promise<void> {
    const query = { comp: 'block', blockid: id };
    const headers = { 'content-type': DEFAULT_TYPE };
    discard(
      await this.#send({ method: 'PUT', key, query, headers, body: piece }, { key, signal, expect: [201] }),
    );
  }

  #look(key: ObjectKey, signal: AbortSignal | undefined): Promise<AzureAnswer> {
    return this.#send({ method: 'HEAD', key }, { key, signal, expect: [200] });
  }

  async #send(request: AzureRequest, { signal, expect, ...context }: Sending): Promise<AzureAnswer> {
    const answer = await this.#connection.send(request, signal);
    if (expect.includes(answer.statusCode)) return answer;
    const refusal = await readRefusal(answer, signal);
    throwIfAborted(signal, 'azure', context.key);
    throw translateRefusal(refusal, context);
  }
}

function rangeHeader(key: string, range: NonNullable<GetOptions['range']>): string {
  const { start, end } = clampRange(range, Number.MAX_SAFE_INTEGER, { provider: 'azure', key });
  return `bytes=${String(start)}-${String(end - 1)}`;
}

function metadataHeaders(metadata: Readonly<Record<string, string>>): Record<string, string> {
  const encoded = Object.entries(encodeMetadata(metadata));
  return Object.fromEntries(encoded.map(([name, value]) => [`${METADATA_PREFIX}${name}`, value]));
}

/** One that no header can carry is as good as none. */
function typeOf(contentType: string | undefined): string {
  return contentType !== undefined && /^[\x20-\x7e]+$/u.test(contentType) ? contentType : DEFAULT_TYPE;
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function checkAzureKey(key: string): void {
  checkKey(key, 'azure');
  const why = key.includes('\\')
    ? 'Azure takes a backslash in a name for a slash'
    : key === '.' || key === '..'
      ? 'Azure cannot be asked for this name'
      : undefined;
  if (why !== undefined) throw new StoreError('unsupported', { provider: 'azure', key, detail: why });
}
