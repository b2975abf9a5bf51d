import * as v from 'valibot';
import type { ObjectKey } from '../../core/model/ids.ts';
import { decodeMetadata } from '../metadata-text.ts';
import type { ListedObject, ObjectInfo } from '../object-store.ts';
import { parseTime } from '../http/header-times.ts';
import { md5Hex } from '../http/md5-hex.ts';
import type { GcsAnswer } from './gcs-connection.ts';
import { corruptAnswer } from './read-body.ts';
import { parseJson } from './refusal.ts';

/** Numbers of 64 bits come as text. */
const Digits = v.pipe(v.string(), v.regex(/^\d{1,19}$/u));

/** https://cloud.google.com/storage/docs/json_api/v1/objects#resource, as far as it is asked for. */
const ObjectResource = v.object({
  name: v.string(),
  size: v.optional(Digits, '0'),
  generation: Digits,
  updated: v.pipe(v.string(), v.isoTimestamp()),
  md5Hash: v.optional(v.string()),
  metadata: v.optional(v.record(v.string(), v.string()), {}),
});
type ObjectResource = v.InferOutput<typeof ObjectResource>;

const Listing = v.object({
  kind: v.literal('storage#objects'),
  nextPageToken: v.optional(v.string()),
  prefixes: v.optional(v.array(v.string()), []),
  items: v.optional(v.array(ObjectResource), []),
});

const Rewrite = v.variant('done', [
  v.object({ done: v.literal(true), resource: ObjectResource }),
  v.object({
    done: v.literal(false),
    rewriteToken: v.string(),
    totalBytesRewritten: v.optional(Digits, '0'),
  }),
]);

const Bucket = v.object({
  kind: v.literal('storage#bucket'),
  versioning: v.optional(v.object({ enabled: v.optional(v.boolean(), false) }), {}),
});

const OBJECT_FIELDS = 'name,size,generation,updated,md5Hash,metadata';
export const FIELDS = {
  object: OBJECT_FIELDS,
  listing: `kind,nextPageToken,prefixes,items(name,size,generation,updated,md5Hash)`,
  bucket: 'kind,versioning',
  rewrite: `done,rewriteToken,totalBytesRewritten,resource(${OBJECT_FIELDS})`,
} as const;

export interface ReadPage {
  readonly objects: readonly ListedObject[];
  readonly prefixes: readonly string[];
  /** Asks for what follows; absent after the last page. */
  readonly next?: string;
}

/** A listing that is not whole and plain rejects as `corrupt`: absent keys would look like deleted ones. */
export function readPage(text: string, token: string | undefined): ReadPage {
  const parsed = v.safeParse(Listing, parseJson(text));
  if (!parsed.success) throw corruptAnswer(`no listing in the answer (${where(parsed.issues[0])})`);
  const { items, prefixes, nextPageToken } = parsed.output;
  const next = nextPageToken === '' ? undefined : nextPageToken;
  if (next !== undefined && next === token) throw corruptAnswer('a listing that does not go on');
  return { objects: items.map(listedObject), prefixes, ...(next === undefined ? {} : { next }) };
}

/** The object's own description, as answered to a look or a write. */
export function readObject(text: string, key: string): ObjectInfo {
  const parsed = v.safeParse(ObjectResource, parseJson(text));
  if (!parsed.success) throw corruptAnswer(`no object in the answer (${where(parsed.issues[0])})`, key);
  return infoOf(parsed.output, key);
}

export type RewriteStep =
  | { readonly done: true; readonly info: ObjectInfo }
  | { readonly done: false; readonly token: string; readonly rewrittenBytes: number };

export function readRewrite(text: string, key: string): RewriteStep {
  const parsed = v.safeParse(Rewrite, parseJson(text));
  if (!parsed.success) throw corruptAnswer(`no copy in the answer (${where(parsed.issues[0])})`, key);
  if (parsed.output.done) return { done: true, info: infoOf(parsed.output.resource, key) };
  const { rewriteToken: token, totalBytesRewritten } = parsed.output;
  return { done: false, token, rewrittenBytes: Number(totalBytesRewritten) };
}

export function readVersioning(text: string): 'on' | 'off' {
  const parsed = v.safeParse(Bucket, parseJson(text));
  if (!parsed.success) throw corruptAnswer(`no bucket in the answer (${where(parsed.issues[0])})`);
  return parsed.output.versioning.enabled ? 'on' : 'off';
}

/** What the headers of a download tell; `corrupt` where they are not those of this service. */
export function readHeaders({ headers, statusCode, serverTimeMs }: GcsAnswer, key: string): ObjectInfo {
  const generation = headers['x-goog-generation'];
  const lastModifiedMs = parseTime(headers['last-modified']);
  const range = statusCode === 206 ? (headers['content-range']?.split('/')[1] ?? '') : undefined;
  const size = range ?? headers['x-goog-stored-content-length'] ?? headers['content-length'];
  if (generation === undefined || !/^\d+$/u.test(generation) || lastModifiedMs === undefined) {
    throw corruptAnswer('an object without generation or date', key);
  }
  if (size === undefined || !/^\d+$/u.test(size)) throw corruptAnswer('an object without a size', key);
  const metadata = Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith('x-goog-meta-') ? [[name.slice('x-goog-meta-'.length), value] as const] : [],
  );
  return {
    etag: generation,
    sizeBytes: Number(size),
    lastModifiedMs: wholeSeconds(lastModifiedMs),
    metadata: decodeMetadata(Object.fromEntries(metadata)),
    ...(serverTimeMs === undefined ? {} : { serverTimeMs }),
  };
}

function infoOf(resource: ObjectResource, key: string): ObjectInfo {
  if (resource.name !== key) throw corruptAnswer('the answer tells of another object', key);
  return {
    etag: resource.generation,
    sizeBytes: Number(resource.size),
    lastModifiedMs: wholeSeconds(Date.parse(resource.updated)),
    metadata: decodeMetadata(resource.metadata),
  };
}

function listedObject(resource: ObjectResource): ListedObject {
  const md5 = resource.md5Hash === undefined ? undefined : md5Hex(resource.md5Hash);
  return {
    key: resource.name as ObjectKey,
    sizeBytes: Number(resource.size),
    etag: resource.generation,
    lastModifiedMs: wholeSeconds(Date.parse(resource.updated)),
    ...(md5 === undefined ? {} : { md5 }),
  };
}

/** The headers of a download have no finer time: all ways of asking must tell the same. */
function wholeSeconds(timeMs: number): number {
  return Math.floor(timeMs / 1000) * 1000;
}

function where(issue: v.BaseIssue<unknown>): string {
  return v.getDotPath(issue) ?? 'no JSON';
}
