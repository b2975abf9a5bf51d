import type { ObjectKey } from '../../core/model/ids.ts';
import { bodySize, readPiece } from '../body.ts';
import { encodeMetadata } from '../metadata-text.ts';
import type { ObjectBody, ObjectInfo, PutOptions, WriteOptions } from '../object-store.ts';
import { isStoreError, StoreError } from '../store-error.ts';
import { timeOf, type GcsApi } from './gcs-api.ts';
import type { GcsAnswer, GcsRequest } from './gcs-connection.ts';
import { corruptAnswer } from './read-body.ts';
import { FIELDS, readObject } from './resources.ts';
import { uploadInPieces } from './resumable.ts';
import type { ErrorContext } from './translate-error.ts';

export interface WriteMeans {
  readonly api: GcsApi;
  /** For the boundary between the parts of a request. */
  readonly random: { hex(digits: number): string };
  /** Larger bodies go by a resumable upload, in pieces of this size. */
  readonly pieceBytes: number;
}

export interface WriteTarget {
  readonly key: ObjectKey;
  /** The generation that must stand; `0`: none; `undefined`: any. */
  readonly condition: string | undefined;
  readonly options: PutOptions;
}

export const JSON_BODY = { 'content-type': 'application/json; charset=UTF-8' } as const;
const DEFAULT_TYPE = 'application/octet-stream';
/** Google takes one write a second of one object; what comes too soon is answered with 429 and has no effect. */
const MOST_TRIES = 5;
const FIRST_PAUSE_MS = 1_000;

/**
 * Stores the body under the condition. A conditional write that came too soon is made again here: those above
 * must not do it, since they cannot tell that it had no effect.
 */
export async function write(body: ObjectBody, target: WriteTarget, means: WriteMeans): Promise<ObjectInfo> {
  const { condition, options } = target;
  for (let tries = 1; ; tries += 1) {
    try {
      return await (bodySize(body) > means.pieceBytes ? inPieces : inOnePiece)(body, target, means);
    } catch (error) {
      const patient = isStoreError(error, 'rate-limited') && condition !== undefined && tries < MOST_TRIES;
      if (!patient) throw error;
      const pauseMs = Math.max(FIRST_PAUSE_MS * 2 ** (tries - 1), error.details.retryAfterMs ?? 0);
      await means.api.timer.sleep(pauseMs, options.signal).catch((cause: unknown) => {
        throw new StoreError('aborted', { provider: 'gcs', key: target.key, cause });
      });
    }
  }
}

/** What is stored beside the contents. */
export function describe({ contentType, metadata = {} }: WriteOptions): object {
  return { contentType: typeOf(contentType), metadata: encodeMetadata(metadata) };
}

/** One that no header can carry is as good as none. */
function typeOf(contentType: string | undefined): string {
  return contentType !== undefined && /^[\x20-\x7e]+$/u.test(contentType) ? contentType : DEFAULT_TYPE;
}

async function inOnePiece(
  body: ObjectBody,
  target: WriteTarget,
  { api, random }: WriteMeans,
): Promise<ObjectInfo> {
  const { key, options } = target;
  const size = bodySize(body);
  const piece = await readPiece(body, 0, size, 'gcs');
  const { type, bytes } = related(options, piece, random.hex(32));
  const request = requestFor(target, api, {
    uploadType: 'multipart',
    headers: { 'content-type': type },
    body: bytes,
  });
  const { text, answer } = await api.ask(request, contextOf(target), options.signal);
  const info = readObject(text, key);
  if (info.sizeBytes !== size) {
    throw corruptAnswer(`${String(info.sizeBytes)} of ${String(size)} bytes were stored`, key);
  }
  return { ...info, ...timeOf(answer) };
}

async function inPieces(body: ObjectBody, target: WriteTarget, means: WriteMeans): Promise<ObjectInfo> {
  const { api, pieceBytes } = means;
  const { key, options } = target;
  const { signal, contentType } = options;
  const context = contextOf(target);
  const headers = { ...JSON_BODY, 'x-upload-content-type': typeOf(contentType) };
  const description = JSON.stringify(describe(options));
  const request = requestFor(target, api, { uploadType: 'resumable', headers, body: description });
  const { answer } = await api.ask(request, context, signal);
  return uploadInPieces(body, {
    connection: api.connection,
    key,
    address: sessionOf(answer, api, key),
    pieceBytes,
    refuse: (refused) => api.refusalOf(refused, context, signal),
    signal,
  });
}

function contextOf({ key, condition }: WriteTarget): ErrorContext {
  return { operation: 'put', key, conditional: condition !== undefined };
}

function requestFor(
  { key, condition }: WriteTarget,
  api: GcsApi,
  sent: Required<Pick<GcsRequest, 'headers' | 'body'>> & { readonly uploadType: string },
): GcsRequest {
  const { uploadType, headers, body } = sent;
  const query = { uploadType, name: key, ifGenerationMatch: condition, fields: FIELDS.object };
  return { method: 'POST', path: `/upload${api.path}`, query, headers, body };
}

/** Contents go to the server that the settings name, and to no other. */
function sessionOf({ headers }: GcsAnswer, api: GcsApi, key: string): URL {
  const location = headers['location'] ?? '';
  if (!URL.canParse(location)) throw corruptAnswer('an upload without an address', key);
  const session = new URL(location);
  if (session.origin === api.connection.address({ path: '/' }).origin) return session;
  throw corruptAnswer(`an upload that goes on at ${session.host}`, key);
}

/** Description and contents in one body: multipart/related, RFC 2387. */
function related(
  options: WriteOptions,
  contents: Uint8Array,
  boundary: string,
): { readonly type: string; readonly bytes: Uint8Array } {
  const encoder = new TextEncoder();
  const before = encoder.encode(
    `--${boundary}\r\ncontent-type: application/json; charset=UTF-8\r\n\r\n${JSON.stringify(describe(options))}\r\n` +
      `--${boundary}\r\ncontent-type: ${typeOf(options.contentType)}\r\n\r\n`,
  );
  const after = encoder.encode(`\r\n--${boundary}--\r\n`);
  const bytes = new Uint8Array(before.length + contents.length + after.length);
  bytes.set(before);
  bytes.set(contents, before.length);
  bytes.set(after, before.length + contents.length);
  return { type: `multipart/related; boundary=${boundary}`, bytes };
}
