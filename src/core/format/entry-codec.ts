import type { ContentLocation, Entry, FileEntry, Projection, Tombstone } from '../model/entry.ts';
import type { ContentHash, DeviceId, ObjectKey } from '../model/ids.ts';
import type { VaultPath } from '../model/vault-path.ts';
import { MAX_PREV } from '../model/entry.ts';
import { EMPTY_HASH, EXTERNAL_DEVICE, parseContentHash } from '../model/ids.ts';
import { isFolder, parseVaultPath } from '../model/vault-path.ts';
import { classifyKey } from './keys.ts';
import { MAX_PACK_BYTES, MAX_PATH_LENGTH, MAX_TEXT_LENGTH } from './limits.ts';

/*
 * An entry as JSON, in head, deltas and shards alike; absent fields are left out:
 *
 *   file       {path, hash, size, mtime, gen, dev, prev?, at?, copy?, from?}
 *   tombstone  {path, deleted: true, hash, size, time, gen, dev, at?, copy?, to?}
 *   at         [pack, offset, length] · [pack, offset, length, "deflate"] · [blob]
 *   copy       [etag] where its hash is the entry's, else [etag, hash]
 *
 * Validated by hand: 100,000 entries took valibot 0.6–1.0 s; the tests hold the two against each other.
 */

/** Fields in their order, so that equal entries have equal bytes. */
export function entryToJson(entry: Entry): Readonly<Record<string, unknown>> {
  return entry.deleted === true ? tombstoneToJson(entry) : fileToJson(entry);
}

function fileToJson(file: FileEntry): Readonly<Record<string, unknown>> {
  return {
    path: file.path,
    hash: file.hash,
    size: file.sizeBytes,
    mtime: wholeMs(file.mtimeMs),
    gen: file.generation,
    dev: file.device,
    ...(file.prev.length > 0 && { prev: file.prev }),
    ...(file.at !== undefined && { at: locationToJson(file.at) }),
    ...(file.projected !== undefined && { copy: projectionToJson(file.projected, file.hash) }),
    ...(file.from !== undefined && { from: file.from }),
  };
}

function tombstoneToJson(tombstone: Tombstone): Readonly<Record<string, unknown>> {
  return {
    path: tombstone.path,
    deleted: true,
    hash: tombstone.hash,
    size: tombstone.sizeBytes,
    time: wholeMs(tombstone.timeMs),
    gen: tombstone.generation,
    dev: tombstone.device,
    ...(tombstone.at !== undefined && { at: locationToJson(tombstone.at) }),
    ...(tombstone.projected !== undefined && { copy: projectionToJson(tombstone.projected, tombstone.hash) }),
    ...(tombstone.to !== undefined && { to: tombstone.to }),
  };
}

/** Times are advisory, and some systems tell fractions or years before 1970: those become whole, and 0. */
export function wholeMs(timeMs: number): number {
  return Number.isFinite(timeMs) ? Math.min(Math.max(Math.round(timeMs), 0), Number.MAX_SAFE_INTEGER) : 0;
}

function locationToJson(at: ContentLocation): readonly unknown[] {
  if ('blob' in at) return [at.blob];
  return [at.pack, at.offset, at.length, ...(at.encoding === undefined ? [] : [at.encoding])];
}

function projectionToJson(projected: Projection, hash: ContentHash): readonly unknown[] {
  return projected.hash === hash ? [projected.etag] : [projected.etag, projected.hash];
}

/** The entry, or the name of the field that is wrong. Never throws. Unknown fields are ignored. */
export function entryFromJson(json: unknown): Entry | string {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return 'entry';
  const fields = json as Readonly<Record<string, unknown>>;
  const common = commonFromJson(fields);
  if (typeof common === 'string') return common;
  const deleted = fields['deleted'];
  if (deleted === true) return tombstoneFromJson(fields, common);
  return deleted === undefined || deleted === false ? fileFromJson(fields, common) : 'deleted';
}

/** What files and tombstones share. */
interface Common {
  readonly path: VaultPath;
  readonly hash: ContentHash;
  readonly sizeBytes: number;
  readonly generation: number;
  readonly device: DeviceId;
  readonly at?: ContentLocation;
  readonly projected?: Projection;
}

// Built field by field: spreads of conditions took half of the time.
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function commonFromJson(fields: Readonly<Record<string, unknown>>): Common | string {
  const path = pathFromJson(fields['path']);
  if (path === undefined) return 'path';
  const hash = hashFromJson(fields['hash']);
  if (hash === undefined || (isFolder(path) && hash !== EMPTY_HASH)) return 'hash';
  const { size: sizeBytes, gen: generation, dev: device } = fields;
  if (!isCount(sizeBytes)) return 'size';
  if (!isCount(generation)) return 'gen';
  if (!isDeviceId(device)) return 'dev';
  const common: Mutable<Common> = { path, hash, sizeBytes, generation, device };
  if (fields['at'] !== undefined) {
    const at = locationFromJson(fields['at']);
    // Inflating stops at `size`; a pack's contents are small, so a huge one is a trap.
    if (at === undefined || ('pack' in at && sizeBytes > MAX_PACK_BYTES)) return 'at';
    common.at = at;
  }
  if (fields['copy'] !== undefined) {
    const projected = projectionFromJson(fields['copy'], hash);
    if (projected === undefined) return 'copy';
    common.projected = projected;
  }
  return common;
}

function fileFromJson(fields: Readonly<Record<string, unknown>>, common: Common): FileEntry | string {
  const { path, hash, sizeBytes, generation, device, at, projected } = common;
  const mtimeMs = fields['mtime'];
  if (!isCount(mtimeMs)) return 'mtime';
  const prev = fields['prev'] === undefined ? NO_PREV : fields['prev'];
  if (!isPrev(prev)) return 'prev';
  if (at === undefined && hash !== EMPTY_HASH) return 'at';
  const file: Mutable<FileEntry> = { path, hash, sizeBytes, mtimeMs, generation, device, prev };
  if (at !== undefined) file.at = at;
  if (projected !== undefined) file.projected = projected;
  if (fields['from'] !== undefined) {
    const from = pathFromJson(fields['from']);
    if (from === undefined) return 'from';
    file.from = from;
  }
  return file;
}

function tombstoneFromJson(fields: Readonly<Record<string, unknown>>, common: Common): Tombstone | string {
  const { path, hash, sizeBytes, generation, device, at, projected } = common;
  const timeMs = fields['time'];
  if (!isCount(timeMs)) return 'time';
  const tombstone: Mutable<Tombstone> = { path, deleted: true, hash, sizeBytes, timeMs, generation, device };
  if (at !== undefined) tombstone.at = at;
  if (projected !== undefined) tombstone.projected = projected;
  if (fields['to'] !== undefined) {
    const to = pathFromJson(fields['to']);
    if (to === undefined) return 'to';
    tombstone.to = to;
  }
  return tombstone;
}

const NO_PREV: readonly string[] = [];
const ID = /^[0-9a-f]{16}$/u;

function isPrev(json: unknown): json is readonly string[] {
  if (!Array.isArray(json) || json.length > MAX_PREV) return false;
  return json.every((digits) => typeof digits === 'string' && ID.test(digits));
}

function isDeviceId(json: unknown): json is DeviceId {
  return typeof json === 'string' && (ID.test(json) || json === EXTERNAL_DEVICE);
}

/** A whole number from 0 that a double holds exactly. */
function isCount(json: unknown): json is number {
  return typeof json === 'number' && Number.isSafeInteger(json) && json >= 0;
}

/** Brings paths to NFC: a writer with older Unicode tables may hold another form for NFC. */
function pathFromJson(json: unknown): VaultPath | undefined {
  return typeof json === 'string' && json.length <= MAX_PATH_LENGTH ? parseVaultPath(json) : undefined;
}

function hashFromJson(json: unknown): ContentHash | undefined {
  return typeof json === 'string' ? parseContentHash(json) : undefined;
}

/** Only packs and blobs hold contents: a key of the readable copy, which others may change, is refused. */
function locationFromJson(json: unknown): ContentLocation | undefined {
  if (!Array.isArray(json)) return undefined;
  const [key, offset, length, encoding] = json as readonly unknown[];
  if (typeof key !== 'string') return undefined;
  const kind = classifyKey(key);
  if (kind === 'blob') return json.length === 1 ? { blob: key as ObjectKey } : undefined;
  if (kind !== 'pack' || json.length < 3 || json.length > 4) return undefined;
  if (!isCount(offset) || !isCount(length) || length === 0) return undefined;
  if (offset + length > MAX_PACK_BYTES) return undefined;
  if (json.length === 3) return { pack: key as ObjectKey, offset, length };
  return encoding === 'deflate' ? { pack: key as ObjectKey, offset, length, encoding } : undefined;
}

function projectionFromJson(json: unknown, entryHash: ContentHash): Projection | undefined {
  if (!Array.isArray(json) || json.length < 1 || json.length > 2) return undefined;
  const [etag, other] = json as readonly unknown[];
  if (typeof etag !== 'string' || etag.length > MAX_TEXT_LENGTH) return undefined;
  const hash = json.length === 1 ? entryHash : hashFromJson(other);
  return hash === undefined ? undefined : { etag, hash };
}
