import * as v from 'valibot';
import type { ObjectKey } from '../../core/model/ids.ts';
import { compareKeys } from '../key.ts';
import type { ListedObject, ListPage } from '../object-store.ts';
import { parseTime } from '../http/header-times.ts';
import { md5Hex } from '../http/md5-hex.ts';
import { unquoted } from './read-answer.ts';
import { corruptAnswer } from './translate-error.ts';
import { readXml } from './xml.ts';

/** None, one, or several of the same name. */
const several = <T extends v.GenericSchema>(item: T) =>
  v.pipe(
    v.optional(v.unknown(), []),
    v.transform((value): unknown => (Array.isArray(value) ? value : [value])),
    v.array(item),
  );

/** Characters that XML has no place for come percent-encoded, which an attribute says. */
const Name = v.union([
  v.pipe(v.string(), v.nonEmpty()),
  v.pipe(
    v.object({ Encoded: v.literal('true'), '#text': v.string() }),
    v.transform((name) => decodeURIComponent(name['#text'])),
  ),
]);
const Blob = v.object({
  Name,
  Properties: v.object({
    'Content-Length': v.pipe(v.string(), v.regex(/^\d{1,16}$/u)),
    Etag: v.pipe(v.string(), v.nonEmpty()),
    'Last-Modified': v.string(),
    'Content-MD5': v.optional(v.string(), ''),
    // Told by accounts with a hierarchical namespace, whose folders are blobs without contents.
    ResourceType: v.optional(v.string(), 'file'),
  }),
});
const Nothing = v.literal('');

/** https://learn.microsoft.com/rest/api/storageservices/list-blobs, as far as it is asked for. */
const Listing = v.object({
  EnumerationResults: v.object({
    Blobs: v.union([Nothing, v.object({ Blob: several(Blob), BlobPrefix: several(v.object({ Name })) })]),
    NextMarker: v.optional(v.string(), ''),
  }),
});

/** A listing that is not whole and plain rejects as `corrupt`: absent keys would look like deleted ones. */
export function readPage(
  text: string,
  { marker, startAfter }: { readonly marker: string | undefined; readonly startAfter: string | undefined },
): Pick<ListPage, 'objects' | 'prefixes'> & { readonly next?: string } {
  const parsed = safelyParsed(text);
  if (parsed === undefined) throw corruptAnswer('no listing in the answer');
  const { Blobs: blobs, NextMarker: next } = parsed;
  if (next !== '' && next === marker) throw corruptAnswer('a listing that does not go on');
  // The service has no such parameter in all its versions, so what comes before is left out here.
  const comesAfter = (name: string): boolean => startAfter === undefined || compareKeys(name, startAfter) > 0;
  const { Blob: items, BlobPrefix: folders } = blobs === '' ? { Blob: [], BlobPrefix: [] } : blobs;
  return {
    objects: items
      .filter(({ Properties: { ResourceType: type } }) => type !== 'directory')
      .map(readObject)
      .filter(({ key }) => comesAfter(key)),
    prefixes: folders.map(({ Name: name }) => name).filter(comesAfter),
    ...(next === '' ? {} : { next }),
  };
}

function safelyParsed(text: string): v.InferOutput<typeof Listing>['EnumerationResults'] | undefined {
  try {
    const parsed = v.safeParse(Listing, readXml(text));
    return parsed.success ? parsed.output.EnumerationResults : undefined;
  } catch {
    // A name says that it is percent-encoded, and is not.
    return undefined;
  }
}

function readObject({ Name: name, Properties: properties }: v.InferOutput<typeof Blob>): ListedObject {
  const lastModifiedMs = parseTime(properties['Last-Modified']);
  if (lastModifiedMs === undefined) throw corruptAnswer('a listing with half an entry');
  const md5 = md5Hex(properties['Content-MD5']);
  return {
    key: name as ObjectKey,
    sizeBytes: Number(properties['Content-Length']),
    etag: unquoted(properties.Etag),
    lastModifiedMs,
    ...(md5 === undefined ? {} : { md5 }),
  };
}
