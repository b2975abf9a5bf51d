import type { ListObjectsV2CommandOutput, _Object } from '@aws-sdk/client-s3';
import type { ObjectKey } from '../../core/model/ids.ts';
import type { ListedObject } from '../object-store.ts';
import { corruptAnswer } from './translate-error.ts';
import { unquoted } from './etag.ts';

export interface ReadPage {
  readonly objects: readonly ListedObject[];
  readonly prefixes: readonly string[];
  /** Asks for what follows; absent after the last page. */
  readonly next?: string;
}

/** MD5 of an object put in one piece; other ways of putting leave tags of another form. */
const MD5_TAG = /^[0-9a-f]{32}$/u;

/** A listing that is not whole and plain rejects as `corrupt`: absent keys would look like deleted ones. */
export function readPage(output: ListObjectsV2CommandOutput, token: string | undefined): ReadPage {
  if (output.IsTruncated === undefined) throw corruptAnswer('no listing in the answer');
  const next = output.IsTruncated ? output.NextContinuationToken : undefined;
  if (output.IsTruncated && (next === undefined || next === token)) {
    throw corruptAnswer('a listing that does not go on');
  }
  // A server that does not know the parameter answers with plain keys and without it.
  const decode = output.EncodingType === 'url' ? decodeName : (name: string): string => name;
  return {
    objects: (output.Contents ?? []).map((object) => readObject(object, decode)),
    prefixes: (output.CommonPrefixes ?? []).flatMap(({ Prefix }) =>
      Prefix === undefined ? [] : [decode(Prefix)],
    ),
    ...(next === undefined ? {} : { next }),
  };
}

function readObject(object: _Object, decode: (name: string) => string): ListedObject {
  const { Key, Size, ETag, LastModified } = object;
  if (Key === undefined || Size === undefined || ETag === undefined || LastModified === undefined) {
    throw corruptAnswer('a listing with half an entry');
  }
  const etag = unquoted(ETag);
  return {
    key: decode(Key) as ObjectKey,
    sizeBytes: Size,
    etag,
    lastModifiedMs: LastModified.getTime(),
    ...(MD5_TAG.test(etag) ? { md5: etag } : {}),
  };
}

/** S3 encodes as HTML forms do: a plus sign is a blank. */
function decodeName(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    throw corruptAnswer('a key that cannot be decoded');
  }
}
