import type { ObjectKey } from '../../core/model/ids.ts';
import { concatenated } from '../../core/bytes.ts';
import { clampRange, throwIfAborted } from '../body.ts';
import { compareKeys } from '../key.ts';
import { decodeMetadata } from '../metadata-text.ts';
import type { GetOptions, ListedObject, ListPage, ObjectInfo, ObjectVersion } from '../object-store.ts';
import { corruptAnswer } from './translate-error.ts';

/** Stands for none where the service would else put other metadata in its place. */
export const NO_METADATA = { twincloudnone: '1' };

interface VersionOutput {
  readonly etag?: string | undefined;
  readonly date?: Date | undefined;
}

interface InfoOutput extends VersionOutput {
  readonly contentLength?: number | undefined;
  readonly contentRange?: string | undefined;
  readonly lastModified?: Date | undefined;
  readonly metadata?: Record<string, string> | undefined;
}

export function readVersion(output: VersionOutput, key: string): ObjectVersion {
  if (output.etag === undefined) throw corruptAnswer('a stored object without a tag', key);
  return { etag: unquoted(output.etag), ...timeOf(output) };
}

export function readInfo(output: InfoOutput, key: string): ObjectInfo {
  const { contentLength, contentRange, lastModified, metadata } = output;
  const sizeBytes = contentRange === undefined ? contentLength : Number(contentRange.split('/')[1]);
  if (lastModified === undefined || sizeBytes === undefined || Number.isNaN(sizeBytes)) {
    throw corruptAnswer('an object without size or date', key);
  }
  const own = Object.entries(decodeMetadata(metadata)).filter(([name]) => !(name in NO_METADATA));
  return {
    ...readVersion(output, key),
    sizeBytes,
    lastModifiedMs: lastModified.getTime(),
    metadata: Object.fromEntries(own),
  };
}

/** Rejects where the range starts past the end, which Azurite answers with no bytes, or where some are missing. */
export function cutToRange(
  body: Uint8Array,
  asked: {
    readonly key: string;
    readonly range: GetOptions['range'];
    readonly info: ObjectInfo;
    readonly output: InfoOutput;
  },
): Uint8Array {
  const { key, range, info, output } = asked;
  if (range === undefined) return body;
  const { start, end } = clampRange(range, info.sizeBytes, { provider: 'azure', key });
  const cut = output.contentRange === undefined ? body.subarray(start, end) : body;
  if (cut.length === end - start) return cut;
  throw corruptAnswer(`${String(cut.length)} of ${String(end - start)} bytes`, key);
}

/** Node gives a stream, a browser a blob; the SDK's types of both need more worlds than this one. */
interface BodyOutput {
  readonly contentLength?: number | undefined;
  readonly blobBody?: Promise<{ arrayBuffer(): Promise<ArrayBuffer> }> | undefined;
  readonly readableStreamBody?: unknown;
}

/** All bytes of the answer; rejects with `corrupt` where some are missing. */
export async function readBody(
  output: BodyOutput,
  { key, signal }: { readonly key: string; readonly signal: AbortSignal | undefined },
): Promise<Uint8Array> {
  const body = await bytesOf(output).catch((error: unknown) => {
    throwIfAborted(signal, 'azure', key);
    throw corruptAnswer(`the body broke off: ${error instanceof Error ? error.message : String(error)}`, key);
  });
  const { contentLength } = output;
  if (contentLength !== undefined && body.length !== contentLength) {
    throw corruptAnswer(`${String(body.length)} of ${String(contentLength)} bytes`, key);
  }
  return body;
}

async function bytesOf({ blobBody, readableStreamBody }: BodyOutput): Promise<Uint8Array> {
  if (blobBody !== undefined) return new Uint8Array(await (await blobBody).arrayBuffer());
  const pieces: Uint8Array[] = [];
  for await (const piece of readableStreamBody as AsyncIterable<Uint8Array>) pieces.push(piece);
  return concatenated(pieces);
}

interface PageOutput extends VersionOutput {
  readonly continuationToken?: string | undefined;
  readonly segment: {
    readonly blobItems: readonly {
      readonly name: string;
      readonly properties: {
        readonly contentLength?: number | undefined;
        readonly etag: string;
        readonly lastModified: Date;
        readonly contentMD5?: Uint8Array | undefined;
      };
    }[];
    readonly blobPrefixes?: readonly { readonly name: string }[] | undefined;
  };
}

/** A listing that is not whole and plain rejects as `corrupt`: absent keys would look like deleted ones. */
export function readPage(
  output: PageOutput,
  { token, startAfter }: { readonly token: string | undefined; readonly startAfter: string | undefined },
): ListPage & { readonly next?: string } {
  const next = output.continuationToken;
  if (next !== undefined && next !== '' && next === token)
    throw corruptAnswer('a listing that does not go on');
  // The service has no such parameter in all its versions, so what comes before is left out here.
  const comesAfter = (name: string): boolean => startAfter === undefined || compareKeys(name, startAfter) > 0;
  const prefixes = (output.segment.blobPrefixes ?? []).map(({ name }) => name);
  return {
    objects: output.segment.blobItems.filter(({ name }) => comesAfter(name)).map(readObject),
    prefixes: prefixes.filter(comesAfter),
    ...timeOf(output),
    ...(next === undefined || next === '' ? {} : { next }),
  };
}

function readObject({ name, properties }: PageOutput['segment']['blobItems'][number]): ListedObject {
  const { contentLength, etag, lastModified, contentMD5 } = properties;
  if (contentLength === undefined) throw corruptAnswer('a listing with half an entry');
  return {
    key: name as ObjectKey,
    sizeBytes: contentLength,
    etag: unquoted(etag),
    lastModifiedMs: lastModified.getTime(),
    ...(contentMD5 === undefined || contentMD5.length === 0 ? {} : { md5: hexOf(contentMD5) }),
  };
}

function timeOf({ date }: VersionOutput): { serverTimeMs?: number } {
  return date === undefined ? {} : { serverTimeMs: date.getTime() };
}

function unquoted(etag: string): string {
  return etag.replace(/^(?:W\/)?"(.*)"$/u, '$1');
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
