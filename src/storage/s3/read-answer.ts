import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { clampRange } from '../body.ts';
import type { GetOptions, ObjectInfo, ObjectVersion } from '../object-store.ts';
import { StoreError } from '../store-error.ts';
import { unquoted } from './etag.ts';
import { decodeMetadata } from '../metadata-text.ts';
import { untilAborted, type Answer } from './s3-connection.ts';
import { corruptAnswer } from './translate-error.ts';

/** The server's clock, for the results of the port. */
export function timeOf(answer: Answer<object>): { serverTimeMs?: number } {
  return answer.serverTimeMs === undefined ? {} : { serverTimeMs: answer.serverTimeMs };
}

export function readVersion(etag: string | undefined, answer: Answer<object>, key: string): ObjectVersion {
  if (etag === undefined) throw corruptAnswer('a stored object without a tag', key);
  return { etag: unquoted(etag), ...timeOf(answer) };
}

interface InfoOutput {
  readonly ETag?: string | undefined;
  readonly ContentLength?: number | undefined;
  readonly ContentRange?: string | undefined;
  readonly LastModified?: Date | undefined;
  readonly Metadata?: Record<string, string> | undefined;
}

export function readInfo(answer: Answer<InfoOutput>, key: string): ObjectInfo {
  const { ETag, ContentLength, ContentRange, LastModified, Metadata } = answer.output;
  const sizeBytes = ContentRange === undefined ? ContentLength : Number(ContentRange.split('/')[1]);
  if (
    ETag === undefined ||
    LastModified === undefined ||
    sizeBytes === undefined ||
    Number.isNaN(sizeBytes)
  ) {
    throw corruptAnswer('an object without tag, size or date', key);
  }
  return {
    etag: unquoted(ETag),
    sizeBytes,
    lastModifiedMs: LastModified.getTime(),
    metadata: decodeMetadata(Metadata),
    ...timeOf(answer),
  };
}

type Range = NonNullable<GetOptions['range']>;

export function rangeHeader(key: string, range: Range): string {
  const { start, end } = clampRange(range, Number.MAX_SAFE_INTEGER, { provider: 's3', key });
  return `bytes=${String(start)}-${String(end - 1)}`;
}

/** A server may ignore `Range` and send all. */
export function cutToRange(
  body: Uint8Array,
  info: ObjectInfo,
  asked: { readonly key: string; readonly range: Range | undefined; readonly output: InfoOutput },
): ObjectInfo & { readonly body: Uint8Array } {
  const { key, range, output } = asked;
  if (range === undefined || output.ContentRange !== undefined) return { body, ...info };
  const { start, end } = clampRange(range, body.length, { provider: 's3', key });
  return { body: body.subarray(start, end), ...info };
}

/** All bytes of the answer; rejects with `corrupt` where some are missing. */
export async function readBody(
  output: GetObjectCommandOutput,
  key: string,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const { Body, ContentLength } = output;
  if (Body === undefined) throw corruptAnswer('an answer without a body', key);
  // The SDK's type of it needs the types of Node.
  const stream = Body as { transformToByteArray(): Promise<Uint8Array> };
  const body = await untilAborted(stream.transformToByteArray(), signal).catch((error: unknown) => {
    if (error instanceof StoreError) throw error;
    throw corruptAnswer(`the body broke off: ${error instanceof Error ? error.message : String(error)}`, key);
  });
  if (ContentLength !== undefined && body.length !== ContentLength) {
    throw corruptAnswer(`${String(body.length)} of ${String(ContentLength)} bytes`, key);
  }
  return body;
}
