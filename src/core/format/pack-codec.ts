import * as v from 'valibot';
import { concatenated } from '../bytes.ts';

import type { ContentHash } from '../model/ids.ts';
import type { Decoded } from './decoded.ts';
import { parseContentHash } from '../model/ids.ts';
import { decoded, undecodable } from './decoded.ts';
import { MAX_PACK_BYTES, MAX_PACK_INDEX_BYTES } from './limits.ts';
import { CountSchema } from './record-schema.ts';
import { decodeUtf8, encodeUtf8, parseJson } from './text.ts';

/*
 *   contents, back to back │ index: JSON array of PackItem, UTF-8 │ length of the index, 8 bytes │ TWINPK01
 *   0                      packBytes − 16 − indexBytes            packBytes − 16 (big-endian)     packBytes − 8
 */

/** Where contents lie in their pack. */
export interface PackItem {
  /** Of the plain bytes. */
  readonly hash: ContentHash;
  readonly offset: number;
  /** Stored bytes, after encoding. */
  readonly length: number;
  /** Raw deflate (RFC 1951); absent: stored as they are. */
  readonly encoding?: 'deflate';
  /** Plain bytes. */
  readonly sizeBytes: number;
}

export interface PackContent {
  readonly hash: ContentHash;
  readonly stored: Uint8Array;
  readonly encoding?: 'deflate';
  /** Plain bytes. */
  readonly sizeBytes: number;
}

export interface PackBuilder {
  /** Of the pack as `finish` would make it now. */
  readonly sizeBytes: number;
  readonly items: readonly PackItem[];
  /** Adds contents at the end; keeps no copy: `stored` must not change until `finish`. */
  append(content: PackContent): PackItem;
  /** Ends it: the contents are let go, `items` stay. */
  finish(): Uint8Array<ArrayBuffer>;
}

export const PACK_FOOTER_BYTES = 16;
const MAGIC = encodeUtf8('TWINPK01');

export function packBuilder(): PackBuilder {
  const stored: Uint8Array[] = [];
  const items: PackItem[] = [];
  let contentBytes = 0;
  let indexBytes = 2;
  return {
    items,
    get sizeBytes() {
      return contentBytes + indexBytes + PACK_FOOTER_BYTES;
    },
    append(content) {
      const { hash, sizeBytes, encoding } = content;
      const length = content.stored.length;
      const item = { hash, offset: contentBytes, length, ...(encoding && { encoding }), sizeBytes };
      if (length === 0) throw new TypeError('Contents of nothing are in no pack.');
      indexBytes += JSON.stringify(itemToJson(item)).length + (items.length > 0 ? 1 : 0);
      contentBytes += length;
      items.push(item);
      stored.push(content.stored);
      return item;
    },
    finish: () => concatenated([...stored.splice(0), ...indexAndFooter(items)]),
  };
}

function itemToJson(item: PackItem): Readonly<Record<string, unknown>> {
  const { hash, offset, length, encoding, sizeBytes } = item;
  return { hash, offset, length, ...(encoding !== undefined && { encoding }), size: sizeBytes };
}

function indexAndFooter(items: readonly PackItem[]): readonly Uint8Array[] {
  const index = encodeUtf8(JSON.stringify(items.map(itemToJson)));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(index.length));
  return [index, length, MAGIC];
}

/** Bytes of the index, from a pack's last 16 bytes or more. Never throws. */
export function readPackFooter(tail: Uint8Array): Decoded<{ readonly indexBytes: number }> {
  if (tail.length < PACK_FOOTER_BYTES) return undecodable('truncated', 'The end of the pack is missing.');
  const footer = tail.subarray(tail.length - PACK_FOOTER_BYTES);
  if (!MAGIC.every((byte, index) => footer[8 + index] === byte)) {
    return undecodable('wrong-shape', 'The object is no pack, or its end is missing.');
  }
  const length = new DataView(footer.buffer, footer.byteOffset, 8).getBigUint64(0);
  if (length > BigInt(MAX_PACK_INDEX_BYTES))
    return undecodable('too-large', 'The index of the pack is too long.');
  return decoded({ indexBytes: Number(length) });
}

const IndexSchema: v.GenericSchema<unknown, readonly PackItem[]> = v.array(
  v.pipe(
    v.object({
      hash: v.custom<ContentHash>((json) => typeof json === 'string' && parseContentHash(json) !== undefined),
      offset: CountSchema,
      length: v.pipe(CountSchema, v.minValue(1)),
      encoding: v.exactOptional(v.literal('deflate')),
      size: v.pipe(CountSchema, v.minValue(1), v.maxValue(MAX_PACK_BYTES)),
    }),
    v.transform(({ size, ...item }): PackItem => ({ ...item, sizeBytes: size })),
  ),
);

/**
 * What a pack holds, from the whole of it or from its last bytes (footer and index at least).
 * `packBytes`: size of the whole pack. Contents must fill it without gap or overlap. Never throws.
 */
export function readPackIndex(
  tail: Uint8Array,
  packBytes: number = tail.length,
): Decoded<readonly PackItem[]> {
  if (packBytes > MAX_PACK_BYTES) return undecodable('too-large', 'The pack is too large.');
  const footer = readPackFooter(tail);
  if (!footer.ok) return footer;
  const end = tail.length - PACK_FOOTER_BYTES;
  const start = end - footer.value.indexBytes;
  if (start < 0) return undecodable('truncated', 'The index of the pack is not all here.');
  const text = decodeUtf8(tail.subarray(start, end));
  const json = text === undefined ? undefined : parseJson(text);
  if (json === undefined) return undecodable('not-json', 'The index of the pack is not JSON.');
  const items = v.safeParse(IndexSchema, json, { abortEarly: true });
  if (!items.success) return undecodable('wrong-shape', 'The index of the pack is damaged.');
  let offset = 0;
  for (const item of items.output) {
    if (item.offset !== offset) return undecodable('wrong-shape', 'The contents of the pack overlap.');
    offset += item.length;
  }
  if (offset !== packBytes - PACK_FOOTER_BYTES - footer.value.indexBytes) {
    return undecodable('wrong-shape', 'The contents of the pack are not as long as its index says.');
  }
  return decoded(items.output);
}
