import { clampRange } from '../body.ts';
import { readBytes } from '../http/read-body.ts';
import { decodeMetadata } from '../metadata-text.ts';
import type { GetOptions, ObjectInfo, ObjectVersion } from '../object-store.ts';
import { parseTime } from '../http/header-times.ts';
import type { AzureAnswer } from './azure-connection.ts';
import { corruptAnswer } from './translate-error.ts';

/** Stands for none where the service would else put other metadata in its place. */
export const NO_METADATA = { twincloudnone: '1' };
export const METADATA_PREFIX = 'x-ms-meta-';

export function readVersion({ headers, serverTimeMs }: AzureAnswer, key: string): ObjectVersion {
  const { etag } = headers;
  if (etag === undefined) throw corruptAnswer('a stored object without a tag', key);
  return { etag: unquoted(etag), ...(serverTimeMs === undefined ? {} : { serverTimeMs }) };
}

/** What the headers of a get or a head tell; `corrupt` where they are not those of this service. */
export function readInfo(answer: AzureAnswer, key: string): ObjectInfo {
  const { headers, statusCode } = answer;
  const size = statusCode === 206 ? headers['content-range']?.split('/')[1] : headers['content-length'];
  const lastModifiedMs = parseTime(headers['last-modified']);
  if (lastModifiedMs === undefined || size === undefined || !/^\d+$/u.test(size)) {
    throw corruptAnswer('an object without size or date', key);
  }
  const metadata = Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith(METADATA_PREFIX) ? [[name.slice(METADATA_PREFIX.length), value] as const] : [],
  );
  const own = Object.entries(decodeMetadata(Object.fromEntries(metadata)));
  return {
    ...readVersion(answer, key),
    sizeBytes: Number(size),
    lastModifiedMs,
    metadata: Object.fromEntries(own.filter(([name]) => !(name in NO_METADATA))),
  };
}

/** What was asked for, all of it and no more, whatever the server sends: it may ignore the range and send the whole. */
export async function readRange(
  answer: AzureAnswer,
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
      : clampRange(range, info.sizeBytes, { provider: 'azure', key });
  const isPart = answer.statusCode === 206;
  if (isPart && !(answer.headers['content-range'] ?? '').startsWith(`bytes ${String(start)}-`)) {
    throw corruptAnswer('the answer is another part than was asked for', key);
  }
  const mostBytes = isPart ? end - start : end;
  const cut = !isPart && range !== undefined;
  const sent = await readBytes(answer, { provider: 'azure', mostBytes, cut, key, signal });
  if (sent.length !== mostBytes)
    throw corruptAnswer(`${String(sent.length)} of ${String(mostBytes)} bytes`, key);
  return isPart || start === 0 ? sent : sent.slice(start);
}

export function unquoted(etag: string): string {
  return etag.replace(/^(?:W\/)?"(.*)"$/u, '$1');
}
