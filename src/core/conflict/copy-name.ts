import type { ContentHash } from '../model/ids.ts';
import { folderOf, type VaultPath } from '../model/vault-path.ts';
import { utf8Length } from '../policy/names.ts';

/*
 *   folder/stem.md  →  folder/stem (conflict Phone 2026-08-01 10-30 ab12).md
 *                      folder/stem (case conflict Phone).md
 *                      … 2)  when the name is taken
 */

/** Of one segment, as file systems limit it. */
const MAX_NAME_BYTES = 255;
const MAX_DEVICE_BYTES = 60;
const HASH_DIGITS = 4;

/** What systems refuse in names, and what would break a link to the copy from another note. */
const UNPORTABLE = /[<>:"/\\|?*#^[\]()\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;
const EXTENSION = /\.[^\s.]{1,16}$/u;
const OUR_SUFFIX =
  / \((?:conflict [^()]+ \d{4}-\d{2}-\d{2} \d{2}-\d{2} [0-9a-f]{4}(?: \d+)?|case conflict [^()]+)\)$/u;
const CONFLICT_PARTS =
  /^(?<whole>.+) \(conflict (?<device>[^()]+) (?<day>\d{4}-\d{2}-\d{2}) (?<hour>\d{2})-(?<minute>\d{2}) (?<digits>[0-9a-f]{4})(?: \d+)?\)$/u;
const CONFLICT_SUFFIX = / \(conflict [^()]+ \d{4}-\d{2}-\d{2} \d{2}-\d{2} [0-9a-f]{4}(?: \d+)?\)$/u;

export interface CopyDetails {
  readonly deviceName: string;
  /** Milliseconds since 1970; shown as a UTC minute. */
  readonly timeMs: number;
  /** Of the copy's contents. */
  readonly hash: ContentHash;
}

/**
 * A free name beside `path` for the contents that must give way. A copy of a copy is named after the
 * original. `isTaken` must know every name that another file has or shall have; folded, as some
 * systems ignore case. Ends because only so many names can be taken.
 */
export function conflictCopyName(
  path: VaultPath,
  details: CopyDetails,
  isTaken: (candidate: VaultPath) => boolean,
): VaultPath {
  const device = portableDeviceName(details.deviceName);
  const label = `conflict ${device} ${utcMinute(details.timeMs)} ${details.hash.slice(0, HASH_DIGITS)}`;
  return firstFree(path, label, isTaken);
}

/** A free name for a file whose own differs from another's only in case. */
export function caseConflictName(
  path: VaultPath,
  deviceName: string,
  isTaken: (candidate: VaultPath) => boolean,
): VaultPath {
  return firstFree(path, `case conflict ${portableDeviceName(deviceName)}`, isTaken);
}

/**
 * Whether `path` is a name that `conflictCopyName` gives to a copy of `original`, on any device. Never
 * true of a file and itself, though copies of a copy are named alike: it is no second place.
 */
export function isConflictCopyOf(path: VaultPath, original: VaultPath): boolean {
  if (path === original) return false;
  const copy = split(path);
  const source = split(original);
  if (copy.folder !== source.folder || copy.extension !== source.extension) return false;
  const stem = copy.stem.replace(CONFLICT_SUFFIX, '');
  if (stem === copy.stem) return false;
  const whole = source.stem.replace(OUR_SUFFIX, '');
  // A long stem was shortened to make room for the suffix.
  return stem === whole || (stem !== '' && whole.startsWith(stem) && isFull(copy));
}

/** What the name of a conflict copy tells, whichever device made it. */
export interface CopyName {
  /** The note that it is a copy of; not known where its name had to be cut short. */
  readonly original: VaultPath;
  readonly deviceName: string;
  /** Of the contents that it was made with. */
  readonly hashDigits: string;
  /** Of its minute, in milliseconds since 1970. */
  readonly timeMs: number;
}

const MARK = ' (conflict ';

/** `undefined` for a name that `conflictCopyName` never gives. */
export function readCopyName(path: VaultPath): CopyName | undefined {
  // Asked of every file of a vault: the pattern is for the few that may be one.
  if (!path.includes(MARK)) return undefined;
  const { folder, stem, extension } = split(path);
  const found = CONFLICT_PARTS.exec(stem);
  const { whole = '', device = '', day = '', hour = '', minute = '', digits = '' } = found?.groups ?? {};
  if (whole === '') return undefined;
  const timeMs = Date.parse(`${day}T${hour}:${minute}:00Z`);
  return {
    original: `${folder}${whole}${extension}` as VaultPath,
    deviceName: device,
    hashDigits: digits,
    timeMs: Number.isNaN(timeMs) ? 0 : timeMs,
  };
}

/** A free name for a copy that stays as a note of its own: `stem (Phone).md`. */
export function keptCopyName(
  path: VaultPath,
  deviceName: string,
  isTaken: (candidate: VaultPath) => boolean,
): VaultPath {
  return firstFree(path, portableDeviceName(deviceName), isTaken);
}

interface NameParts {
  /** `''` or ends in `/`. */
  readonly folder: string;
  readonly stem: string;
  /** With its dot, or empty. */
  readonly extension: string;
}

function split(path: VaultPath): NameParts {
  const folder = folderOf(path);
  const name = path.slice(folder.length);
  const found = EXTENSION.exec(name);
  // A name of nothing but an extension (`.env`) is all stem.
  if (found === null || found.index === 0) return { folder, stem: name, extension: '' };
  return { folder, stem: name.slice(0, found.index), extension: found[0] };
}

function isFull(parts: NameParts): boolean {
  return utf8Length(parts.stem) + utf8Length(parts.extension) > MAX_NAME_BYTES - 8;
}

/** So many names taken in a row are a caller's mistake: it must not hang for it. */
const MAX_TRIES = 10_000;

function firstFree(path: VaultPath, label: string, isTaken: (candidate: VaultPath) => boolean): VaultPath {
  const { folder, stem, extension } = split(path);
  const original = stem.replace(OUR_SUFFIX, '');
  for (let number = 1; number <= MAX_TRIES; number += 1) {
    const suffix = number === 1 ? ` (${label})` : ` (${label} ${number})`;
    const room = MAX_NAME_BYTES - utf8Length(suffix) - utf8Length(extension);
    const candidate = `${folder}${shorten(original, room)}${suffix}${extension}` as VaultPath;
    if (!isTaken(candidate)) return candidate;
  }
  throw new RangeError(`No name is free beside ${path}.`);
}

/** As many whole characters as fit, without a space at the end where something was cut off. */
function shorten(text: string, maxBytes: number): string {
  if (utf8Length(text) <= maxBytes) return text;
  let kept = '';
  let bytes = 0;
  for (const character of text) {
    bytes += utf8Length(character);
    if (bytes > maxBytes) break;
    kept += character;
  }
  return kept.replace(/[\s\u200d]+$/u, '');
}

function portableDeviceName(name: string): string {
  const plain = name.normalize('NFC').replace(UNPORTABLE, ' ').replace(/\s+/gu, ' ').trim();
  return shorten(plain, MAX_DEVICE_BYTES) || 'device';
}

/** `2026-08-01 10-30`; the year 1970 for a clock that no date can show. */
function utcMinute(timeMs: number): string {
  const shown = Number.isFinite(timeMs) && Math.abs(timeMs) <= 8.64e15 ? timeMs : 0;
  return new Date(shown)
    .toISOString()
    .replace(/^[+-]\d\d/u, '')
    .slice(0, 16)
    .replace('T', ' ')
    .replace(':', '-');
}
