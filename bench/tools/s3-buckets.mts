import { createHash, randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { listing, xmlText, type Listed } from './s3-listing.mts';

export interface S3Request {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface S3Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: Buffer | string;
}

interface StoredObject extends Listed {
  readonly body: Buffer;
  readonly kept: Readonly<Record<string, string>>;
}

interface Upload {
  readonly kept: Readonly<Record<string, string>>;
  readonly parts: Map<number, StoredObject>;
}

interface Bucket {
  readonly objects: Map<string, StoredObject>;
  readonly uploads: Map<string, Upload>;
  /** In the order of UTF-8 octets; absent when a key came or went. */
  sortedKeys: readonly string[] | undefined;
}

const KEPT = /^(x-amz-meta-.*|content-type|content-disposition|content-language|cache-control)$/u;
const XML = '<?xml version="1.0" encoding="UTF-8"?>\n';

const failed = (status: number, code: string): S3Answer => ({
  status,
  body: `${XML}<Error><Code>${code}</Code><Message>${code}</Message></Error>`,
});
const md5 = (body: Buffer): Buffer => createHash('md5').update(body).digest();
const quoted = (etag: string): string => `"${etag}"`;
const bare = (etag: string): string => etag.replace(/^W\//u, '').replaceAll('"', '');

function stored(body: Buffer, kept: StoredObject['kept'], etag = md5(body).toString('hex')): StoredObject {
  // S3 knows whole seconds only.
  return {
    body,
    kept,
    etag,
    sizeBytes: body.length,
    modified: new Date(Math.floor(Date.now() / 1000) * 1000),
  };
}

function keptOf(headers: IncomingHttpHeaders): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (KEPT.test(name) && typeof value === 'string') kept[name] = value;
  }
  return kept;
}

/** All buckets of the server, and the answer to each request. */
export class S3Buckets {
  readonly #buckets = new Map<string, Bucket>();

  answer(request: S3Request): S3Answer {
    if (request.bucket === '') return { status: 200, body: `${XML}<ListAllMyBucketsResult/>` };
    const bucket = this.#buckets.get(request.bucket);
    if (bucket === undefined) {
      if (request.method !== 'PUT' || request.key !== '') return failed(404, 'NoSuchBucket');
      this.#buckets.set(request.bucket, { objects: new Map(), uploads: new Map(), sortedKeys: undefined });
      return { status: 200 };
    }
    if (request.key === '') return ofBucket(bucket, request);
    if (request.query.has('uploadId') || request.query.has('uploads')) return multipart(bucket, request);
    switch (request.method) {
      case 'GET':
      case 'HEAD':
        return get(bucket, request);
      case 'PUT':
        return request.headers['x-amz-copy-source'] === undefined
          ? put(bucket, request)
          : this.#copy(bucket, request);
      case 'DELETE':
        remove(bucket, request.key);
        return { status: 204 };
      default:
        return failed(405, 'MethodNotAllowed');
    }
  }

  #copy(bucket: Bucket, request: S3Request): S3Answer {
    const named = decodeURIComponent(String(request.headers['x-amz-copy-source'])).replace(/^\//u, '');
    const [from = '', ...key] = named.split('/');
    const source = this.#buckets.get(from)?.objects.get(key.join('/'));
    if (source === undefined) return failed(404, 'NoSuchKey');
    const refused = refusal(bucket.objects.get(request.key), request);
    if (refused !== undefined) return refused;
    const isReplaced = request.headers['x-amz-metadata-directive'] === 'REPLACE';
    const copy = stored(source.body, isReplaced ? keptOf(request.headers) : source.kept, source.etag);
    keep(bucket, request.key, copy);
    const modified = copy.modified.toISOString();
    const etag = xmlText(quoted(copy.etag));
    return {
      status: 200,
      body: `${XML}<CopyObjectResult><ETag>${etag}</ETag><LastModified>${modified}</LastModified></CopyObjectResult>`,
    };
  }
}

function keep(bucket: Bucket, key: string, object: StoredObject): void {
  if (!bucket.objects.has(key)) bucket.sortedKeys = undefined;
  bucket.objects.set(key, object);
}

function remove(bucket: Bucket, key: string): void {
  if (bucket.objects.delete(key)) bucket.sortedKeys = undefined;
}

function ofBucket(bucket: Bucket, { method, query, body }: S3Request): S3Answer {
  if (method === 'POST' && query.has('delete')) {
    const keys = [...body.toString().matchAll(/<Key>(.*?)<\/Key>/gsu)].map(([, key = '']) => plainText(key));
    for (const key of keys) remove(bucket, key);
    return { status: 200, body: `${XML}<DeleteResult/>` };
  }
  if (method !== 'GET') return { status: method === 'HEAD' || method === 'PUT' ? 200 : 204 };
  if (query.has('location')) return { status: 200, body: `${XML}<LocationConstraint/>` };
  if (query.has('versioning')) return { status: 200, body: `${XML}<VersioningConfiguration/>` };
  bucket.sortedKeys ??= [...bucket.objects.keys()]
    .map((key) => ({ key, octets: Buffer.from(key) }))
    .sort((one, other) => Buffer.compare(one.octets, other.octets))
    .map(({ key }) => key);
  return { status: 200, body: XML + listing(bucket.objects, bucket.sortedKeys, query) };
}

function plainText(xml: string): string {
  const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return xml.replace(
    /&(?:#x([0-9a-f]+)|#([0-9]+)|([a-z]+));/giu,
    (all, hex?: string, ten?: string, name = '') => {
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      return ten === undefined ? (named[String(name)] ?? all) : String.fromCodePoint(Number(ten));
    },
  );
}

/** Why a write may not be done, by its conditions. */
function refusal(present: StoredObject | undefined, { headers }: S3Request): S3Answer | undefined {
  const wanted = headers['if-match'];
  if (headers['if-none-match'] === '*' && present !== undefined) return failed(412, 'PreconditionFailed');
  if (wanted === undefined) return undefined;
  if (present === undefined) return failed(404, 'NoSuchKey');
  return bare(wanted) === present.etag ? undefined : failed(412, 'PreconditionFailed');
}

function put(bucket: Bucket, request: S3Request): S3Answer {
  const refused = refusal(bucket.objects.get(request.key), request);
  if (refused !== undefined) return refused;
  const claimed = request.headers['content-md5'];
  if (claimed !== undefined && claimed !== md5(request.body).toString('base64'))
    return failed(400, 'BadDigest');
  const object = stored(request.body, keptOf(request.headers));
  keep(bucket, request.key, object);
  return { status: 200, headers: { etag: quoted(object.etag) } };
}

function get(bucket: Bucket, { method, key, headers }: S3Request): S3Answer {
  const object = bucket.objects.get(key);
  if (object === undefined) return failed(404, 'NoSuchKey');
  const etag = quoted(object.etag);
  const { 'if-match': wanted, 'if-none-match': known, range } = headers;
  if (wanted !== undefined && bare(wanted) !== object.etag) return failed(412, 'PreconditionFailed');
  if (known !== undefined && bare(known) === object.etag) return { status: 304, headers: { etag } };
  const shown = {
    ...object.kept,
    etag,
    'last-modified': object.modified.toUTCString(),
    'accept-ranges': 'bytes',
  };
  const total = object.sizeBytes;
  if (range === undefined || method === 'HEAD') {
    return { status: 200, headers: { ...shown, 'content-length': total }, body: object.body };
  }
  const part = rangeOf(range, total);
  if (part === undefined) return failed(416, 'InvalidRange');
  const [from, to] = part;
  return {
    status: 206,
    headers: { ...shown, 'content-range': `bytes ${from}-${to}/${total}` },
    body: object.body.subarray(from, to + 1),
  };
}

/** First and last octet of `bytes=a-b`, `bytes=a-` or `bytes=-n`. */
function rangeOf(range: string, total: number): readonly [number, number] | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/u.exec(range) ?? [];
  const from = first === '' ? Math.max(0, total - Number(last)) : Number(first);
  const to = first === '' || last === '' ? total - 1 : Math.min(Number(last), total - 1);
  return from < total && from <= to ? [from, to] : undefined;
}

function multipart(bucket: Bucket, { method, key, query, headers, body }: S3Request): S3Answer {
  if (method === 'GET') return { status: 200, body: `${XML}<ListMultipartUploadsResult/>` };
  const id = query.get('uploadId') ?? randomUUID();
  const upload = bucket.uploads.get(id);
  if (query.has('uploads')) {
    bucket.uploads.set(id, { kept: keptOf(headers), parts: new Map() });
    const named = `<Key>${xmlText(key)}</Key><UploadId>${id}</UploadId>`;
    return {
      status: 200,
      body: `${XML}<InitiateMultipartUploadResult>${named}</InitiateMultipartUploadResult>`,
    };
  }
  if (upload === undefined) return failed(404, 'NoSuchUpload');
  if (method === 'PUT') {
    const part = stored(body, {});
    upload.parts.set(Number(query.get('partNumber')), part);
    return { status: 200, headers: { etag: quoted(part.etag) } };
  }
  bucket.uploads.delete(id);
  if (method === 'DELETE') return { status: 204 };
  const parts = [...upload.parts].sort(([one], [other]) => one - other).map(([, part]) => part);
  const sums = Buffer.concat(parts.map((part) => Buffer.from(part.etag, 'hex')));
  const etag = `${md5(sums).toString('hex')}-${parts.length}`;
  keep(bucket, key, stored(Buffer.concat(parts.map((part) => part.body)), upload.kept, etag));
  const result = `<Key>${xmlText(key)}</Key><ETag>${xmlText(quoted(etag))}</ETag>`;
  return {
    status: 200,
    body: `${XML}<CompleteMultipartUploadResult>${result}</CompleteMultipartUploadResult>`,
  };
}
