import type { BlobHTTPHeaders, BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import { md5 } from '@noble/hashes/legacy.js';
import type { ObjectKey } from '../../core/model/ids.ts';
import {
  bodySize,
  clampRange,
  markedBody,
  PIECE_BYTES,
  readPiece,
  SourceFailure,
  throwIfAborted,
} from '../body.ts';
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
import { withAnswerLimit, type AnswerLimit } from './answer-limit.ts';
import { AzureConnection, type AzureConnectionOptions } from './azure-connection.ts';
import { stageBlocks } from './put-blocks.ts';
import { cutToRange, NO_METADATA, readBody, readInfo, readPage, readVersion } from './read-answer.ts';
import { isNotModified, serverTimeOf, translateError, type ErrorContext } from './translate-error.ts';

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
 * were a slash, over another object. The SDK is loaded at the first call.
 */
export function createAzureStore(options: AzureStoreOptions): ObjectStore & TellsVersioning {
  return new AzureStore(options);
}

const MAX_PAGE = 1000;

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
    const about = { provider: 'azure', key };
    const span = range === undefined ? undefined : clampRange(range, Number.MAX_SAFE_INTEGER, about);
    try {
      const count = span === undefined ? undefined : span.end - span.start;
      const ask = (client: ContainerClient): Promise<GetResult> =>
        withAnswerLimit(this.#options.getAnswer, signal, async (inner, begun) => {
          const output = await client.getBlobClient(key).download(span?.start, count, {
            ...abortOf(inner),
            ...(ifNoneMatch === undefined ? {} : { conditions: { ifNoneMatch: `"${ifNoneMatch}"` } }),
            maxRetryRequests: 0,
          });
          begun();
          const body = await readBody(output, { key, signal });
          const info = readInfo(output, key);
          return { kind: 'found', body: cutToRange(body, { key, range, info, output }), ...info };
        });
      return await this.#connection.send(ask, signal);
    } catch (error) {
      if (!isNotModified(error)) throw translateError(error, { key, signal });
      const serverTimeMs = serverTimeOf(error);
      return { kind: 'unchanged', ...(serverTimeMs === undefined ? {} : { serverTimeMs }) };
    }
  }

  async put(key: ObjectKey, body: ObjectBody, options: PutOptions = {}): Promise<ObjectVersion> {
    const { signal, ifMatch, ifNoneMatch } = options;
    checkAzureKey(key);
    throwIfAborted(signal, 'azure', key);
    if (ifMatch !== undefined && ifNoneMatch !== undefined) {
      throw new StoreError('unsupported', { provider: 'azure', key, detail: 'two conditions at once' });
    }
    const conditional = ifMatch !== undefined || ifNoneMatch !== undefined;
    try {
      return await this.#send(
        (client) => this.#upload(client.getBlockBlobClient(key), body, { key, options }),
        {
          key,
          signal,
          conditional,
        },
      );
    } catch (error) {
      // The service answers 412 for an object that is gone too: look whether there is one.
      if (ifMatch !== undefined && isStoreError(error, 'conflict')) await this.head(key, options);
      throw error;
    }
  }

  async copy(from: ObjectKey, to: ObjectKey, options: WriteOptions = {}): Promise<ObjectVersion> {
    checkAzureKey(from);
    checkAzureKey(to);
    const { signal } = options;
    return this.#send(
      async (client) => {
        // Without metadata of its own the copy would take over that of the original.
        const metadata =
          options.metadata === undefined || Object.keys(options.metadata).length === 0
            ? NO_METADATA
            : encodeMetadata(options.metadata);
        const poller = await client
          .getBlobClient(to)
          .beginCopyFromURL(client.getBlobClient(from).url, { metadata, ...abortOf(signal) });
        const done = await poller.pollUntilDone();
        return readVersion(done, to);
      },
      { key: from, signal },
    );
  }

  async delete(key: ObjectKey, options: CallOptions = {}): Promise<void> {
    checkAzureKey(key);
    const { signal } = options;
    try {
      await this.#send((client) => client.getBlobClient(key).delete(abortOf(signal)), { key, signal });
    } catch (error) {
      if (isStoreError(error, 'not-found') && error.details.reason === undefined) return;
      throw error;
    }
  }

  async head(key: ObjectKey, options: CallOptions = {}): Promise<ObjectInfo> {
    checkAzureKey(key);
    const { signal } = options;
    const output = await this.#send((client) => client.getBlobClient(key).getProperties(abortOf(signal)), {
      key,
      signal,
    });
    return readInfo(output, key);
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListPage> {
    const { startAfter, signal } = options;
    let token: string | undefined;
    // Ends: a page without a token is the last, and one that repeats its token rejects.
    do {
      const page = await this.#send((client) => askPage(client, prefix, { options, token }), { signal });
      const { objects, prefixes, next, serverTimeMs } = readPage(page, { token, startAfter });
      yield { objects, prefixes, ...(serverTimeMs === undefined ? {} : { serverTimeMs }) };
      token = next;
    } while (token !== undefined);
  }

  /** As the answer to this store's last put told it; before that, unknown. A key of one container may not ask the account. */
  versioning(): Promise<Versioning> {
    return Promise.resolve(this.#versioning);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #upload(
    client: BlockBlobClient,
    body: ObjectBody,
    { key, options }: { readonly key: ObjectKey; readonly options: PutOptions },
  ): Promise<ObjectVersion> {
    const { signal } = options;
    const size = bodySize(body);
    const marked = markedBody(body);
    const about = {
      ...abortOf(signal),
      ...conditionsOf(options),
      metadata: encodeMetadata(options.metadata ?? {}),
    };
    if (size <= this.#pieceBytes) {
      const whole = (await readPiece(marked, 0, size, 'azure')) as Uint8Array<ArrayBuffer>;
      const blobHTTPHeaders = headersOf(options, md5(whole));
      const output = await client.upload(whole, size, { ...about, blobHTTPHeaders });
      this.#versioning = output.versionId === undefined ? 'off' : 'on';
      return readVersion(output, key);
    }
    const uploadId = this.#options.random.hex(16);
    const staged = await stageBlocks(marked, { client, key, pieceBytes: this.#pieceBytes, uploadId, signal });
    throwIfAborted(signal, 'azure', key);
    const blobHTTPHeaders = headersOf(options, staged.md5);
    return readVersion(await client.commitBlockList([...staged.ids], { ...about, blobHTTPHeaders }), key);
  }

  async #send<Output>(
    request: (client: ContainerClient) => Promise<Output>,
    context: ErrorContext,
  ): Promise<Output> {
    try {
      return await this.#connection.send(request, context.signal);
    } catch (error) {
      if (error instanceof SourceFailure) throw error.cause;
      throw translateError(error, context);
    }
  }
}

interface PageRequest {
  readonly options: ListOptions;
  readonly token: string | undefined;
}

async function askPage(
  client: ContainerClient,
  prefix: string,
  { options, token }: PageRequest,
): Promise<Parameters<typeof readPage>[0]> {
  const { delimiter, limit, signal } = options;
  const settings = {
    maxPageSize: Math.max(1, Math.min(limit ?? MAX_PAGE, MAX_PAGE)),
    ...(token === undefined ? {} : { continuationToken: token }),
  };
  const about = { ...abortOf(signal), ...(prefix === '' ? {} : { prefix }) };
  const pages =
    delimiter === undefined
      ? client.listBlobsFlat(about).byPage(settings)
      : client.listBlobsByHierarchy(delimiter, about).byPage(settings);
  const { value } = (await pages.next()) as { value: Parameters<typeof readPage>[0] };
  return value;
}

function abortOf(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

function conditionsOf({ ifMatch, ifNoneMatch }: PutOptions): object {
  if (ifMatch !== undefined) return { conditions: { ifMatch: `"${ifMatch}"` } };
  return ifNoneMatch === undefined ? {} : { conditions: { ifNoneMatch } };
}

function headersOf({ contentType }: WriteOptions, hash: Uint8Array): BlobHTTPHeaders {
  return { blobContentMD5: hash, ...(contentType === undefined ? {} : { blobContentType: contentType }) };
}

function checkAzureKey(key: string): void {
  checkKey(key, 'azure');
  if (!key.includes('\\')) return;
  throw new StoreError('unsupported', {
    provider: 'azure',
    key,
    detail: 'Azure takes a backslash in a name for a slash',
  });
}
