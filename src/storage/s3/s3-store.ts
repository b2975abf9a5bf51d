import type { PutObjectCommandOutput } from '@aws-sdk/client-s3';
import type { ObjectKey } from '../../core/model/ids.ts';
import { bodySize, PIECE_BYTES, readPiece, throwIfAborted } from '../body.ts';
import { checkKey } from '../key.ts';
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
import { inForm, type ConditionForm } from './etag.ts';
import { readPage } from './list-page.ts';
import { encodeMetadata } from '../metadata-text.ts';
import { putInParts } from './multipart.ts';
import { cutToRange, rangeHeader, readBody, readInfo, readVersion, timeOf } from './read-answer.ts';
import { S3Connection, type Answer, type Request, type S3ConnectionOptions } from './s3-connection.ts';
import { isNotModified, serverTimeOf, translateError, type ErrorContext } from './translate-error.ts';

export interface S3StoreOptions extends S3ConnectionOptions {
  /** As `detectConditionForm` found it. */
  readonly conditionForm: ConditionForm;
  /** Larger bodies go in parts of this size, bytes: 8 MiB unless told, and S3 takes none below 5 MiB. */
  readonly partBytes?: number;
  /**
   * A get whose answer has not begun after so long is given up, milliseconds. How long all of it may take
   * depends on its size, which nobody knows before. Needs a transport that heeds `requestTimeout`.
   */
  readonly getAnswerMs?: number;
}

/**
 * A bucket of S3 or of a server that speaks its protocol.
 *
 * Bodies of up to a part go in one request, larger ones in parts, and those take no condition. Copies
 * are the server's, up to 5 GiB. The SDK is loaded at the first call.
 */
export function createS3Store(options: S3StoreOptions): ObjectStore & TellsVersioning {
  return new S3Store(options);
}

const MAX_PAGE = 1000;

/** R2 documents one write a second of one key; AWS names no limit of a key, and no caller needs more than this. */
function writesPerSecond(endpoint: string | undefined): number {
  return endpoint !== undefined && /\.r2\.cloudflarestorage\.com(?:[:/]|$)/u.test(endpoint) ? 1 : 10;
}

class S3Store implements ObjectStore, TellsVersioning {
  readonly capabilities: StoreCapabilities;
  readonly #bucket: string;
  readonly #form: ConditionForm;
  readonly #connection: S3Connection;
  readonly #partBytes: number;
  readonly #getLimits: { readonly requestTimeout?: number };

  constructor(options: S3StoreOptions) {
    this.#bucket = options.bucket;
    this.#form = options.conditionForm;
    this.#partBytes = options.partBytes ?? PIECE_BYTES;
    const { getAnswerMs } = options;
    this.#getLimits = getAnswerMs === undefined ? {} : { requestTimeout: getAnswerMs };
    this.#connection = new S3Connection(options);
    this.capabilities = {
      conditionalPut: options.conditionForm !== 'none',
      serverCopy: true,
      listingHash: 'md5',
      maxSinglePutBytes: this.#partBytes,
      writesPerSecondPerKey: writesPerSecond(options.endpoint),
    };
  }

  async get(key: ObjectKey, options: GetOptions = {}): Promise<GetResult> {
    const { signal, range, ifNoneMatch } = options;
    checkKey(key, 's3');
    const input = {
      ...this.#at(key),
      ...(range === undefined ? {} : { Range: rangeHeader(key, range) }),
      ...(ifNoneMatch === undefined ? {} : { IfNoneMatch: `"${ifNoneMatch}"` }),
    };
    try {
      const answer = await this.#connection.send(
        (client, sdk, send) => client.send(new sdk.GetObjectCommand(input), { ...send, ...this.#getLimits }),
        signal,
      );
      const body = await readBody(answer.output, key, signal);
      const info = readInfo(answer, key);
      return { kind: 'found', ...cutToRange(body, info, { key, range, output: answer.output }) };
    } catch (error) {
      if (!isNotModified(error)) throw translateError(error, { operation: 'get', key, signal });
      const serverTimeMs = serverTimeOf(error);
      return { kind: 'unchanged', ...(serverTimeMs === undefined ? {} : { serverTimeMs }) };
    }
  }

  async put(key: ObjectKey, body: ObjectBody, options: PutOptions = {}): Promise<ObjectVersion> {
    const { signal, ifMatch, ifNoneMatch } = options;
    checkKey(key, 's3');
    throwIfAborted(signal, 's3', key);
    const size = bodySize(body);
    this.#checkConditions(key, size, options);
    const condition =
      ifMatch !== undefined ? 'if-match' : ifNoneMatch !== undefined ? 'if-none-match' : undefined;
    const context: ErrorContext = {
      operation: 'put',
      key,
      signal,
      ...(condition === undefined ? {} : { condition }),
    };
    if (size > this.#partBytes) return this.#putInParts(body, context, options);
    const input = {
      ...this.#at(key),
      ...headersOf(options),
      Body: await readPiece(body, 0, size, 's3'),
      ...(ifMatch === undefined ? {} : { IfMatch: inForm(ifMatch, this.#form) }),
      ...(ifNoneMatch === undefined ? {} : { IfNoneMatch: ifNoneMatch }),
    };
    try {
      const request: Request<PutObjectCommandOutput> = (client, sdk, send) =>
        client.send(new sdk.PutObjectCommand(input), send);
      const answer = await this.#send(request, context);
      return readVersion(answer.output.ETag, answer, key);
    } catch (error) {
      // Some servers answer 412 in place of 404: look whether there is an object at all.
      if (ifMatch !== undefined && isStoreError(error, 'conflict')) await this.head(key, options);
      throw error;
    }
  }

  async copy(from: ObjectKey, to: ObjectKey, options: WriteOptions = {}): Promise<ObjectVersion> {
    checkKey(from, 's3');
    checkKey(to, 's3');
    const input = {
      ...this.#at(to),
      ...headersOf(options),
      CopySource: [this.#bucket, ...from.split('/')].map(encodeURIComponent).join('/'),
      MetadataDirective: 'REPLACE' as const,
    };
    const answer = await this.#send(
      (client, sdk, send) => client.send(new sdk.CopyObjectCommand(input), send),
      {
        operation: 'copy',
        key: from,
        signal: options.signal,
      },
    );
    return readVersion(answer.output.CopyObjectResult?.ETag, answer, to);
  }

  async delete(key: ObjectKey, options: CallOptions = {}): Promise<void> {
    checkKey(key, 's3');
    try {
      await this.#send((client, sdk, send) => client.send(new sdk.DeleteObjectCommand(this.#at(key)), send), {
        operation: 'delete',
        key,
        signal: options.signal,
      });
    } catch (error) {
      // AWS answers 204 for what is not there; some others do not.
      if (isStoreError(error, 'not-found') && error.details.reason === undefined) return;
      throw error;
    }
  }

  async head(key: ObjectKey, options: CallOptions = {}): Promise<ObjectInfo> {
    checkKey(key, 's3');
    const answer = await this.#send(
      (client, sdk, send) => client.send(new sdk.HeadObjectCommand(this.#at(key)), send),
      { operation: 'head', key, signal: options.signal },
    );
    return readInfo(answer, key);
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListPage> {
    const { startAfter, delimiter, signal } = options;
    const input = {
      Bucket: this.#bucket,
      Prefix: prefix,
      // XML cannot carry every character that a key may have.
      EncodingType: 'url' as const,
      MaxKeys: Math.max(1, Math.min(options.limit ?? MAX_PAGE, MAX_PAGE)),
      ...(delimiter === undefined ? {} : { Delimiter: delimiter }),
    };
    let token: string | undefined;
    // Ends: a page without a token is the last, and one that repeats its token rejects.
    do {
      const from = token === undefined ? { StartAfter: startAfter } : { ContinuationToken: token };
      const answer = await this.#send(
        (client, sdk, send) => client.send(new sdk.ListObjectsV2Command({ ...input, ...from }), send),
        { operation: 'list', signal },
      );
      const { objects, prefixes, next } = readPage(answer.output, token);
      yield { objects, prefixes, ...timeOf(answer) };
      token = next;
    } while (token !== undefined);
  }

  /** Needs a right of its own, which many keys lack. Suspended is off: new versions replace. */
  async versioning(options: CallOptions = {}): Promise<Versioning> {
    const { signal } = options;
    try {
      const { output } = await this.#send(
        (client, sdk, send) =>
          client.send(new sdk.GetBucketVersioningCommand({ Bucket: this.#bucket }), send),
        { operation: 'head', signal },
      );
      return output.Status === 'Enabled' ? 'on' : 'off';
    } catch (error) {
      if (isStoreError(error, 'denied') || isStoreError(error, 'unsupported')) return 'unknown';
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  #at(key: ObjectKey): { Bucket: string; Key: ObjectKey } {
    return { Bucket: this.#bucket, Key: key };
  }

  async #send<Output extends object>(
    request: Request<Output>,
    context: ErrorContext,
  ): Promise<Answer<Output>> {
    try {
      return await this.#connection.send(request, context.signal);
    } catch (error) {
      throw translateError(error, context);
    }
  }

  async #putInParts(body: ObjectBody, context: ErrorContext, options: PutOptions): Promise<ObjectVersion> {
    const location = this.#at((context.key ?? '') as ObjectKey);
    const answer = await putInParts(body, {
      connection: this.#connection,
      send: (request) => this.#send(request, context),
      location,
      headers: headersOf(options),
      partBytes: this.#partBytes,
      signal: options.signal,
    });
    // Ceph leaves the tag out of the answer to the last step.
    if (answer.output.ETag === '') return this.head(location.Key, options);
    return readVersion(answer.output.ETag, answer, location.Key);
  }

  #checkConditions(key: ObjectKey, size: number, { ifMatch, ifNoneMatch }: PutOptions): void {
    if (ifMatch === undefined && ifNoneMatch === undefined) return;
    const problem =
      this.#form === 'none'
        ? 'this server does not keep conditions'
        : size > this.#partBytes
          ? 'a condition on a body in parts'
          : ifMatch !== undefined && ifNoneMatch !== undefined
            ? 'two conditions at once'
            : undefined;
    if (problem !== undefined) throw new StoreError('unsupported', { provider: 's3', key, detail: problem });
  }
}

function headersOf(options: WriteOptions): { Metadata?: Record<string, string>; ContentType?: string } {
  const { metadata, contentType } = options;
  return {
    ...(metadata === undefined ? {} : { Metadata: encodeMetadata(metadata) }),
    ...(contentType === undefined ? {} : { ContentType: contentType }),
  };
}
