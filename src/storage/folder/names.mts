import path from 'node:path';
import { keyProblem } from '../key.ts';

/*
 * Where a key lies below the store's folder:
 *
 *   notes/a.md                         a plain file at its own path, wherever the file system can hold it
 *   .twincloud-store/odd/<code>=       the object of a key that cannot be a path here
 *   .twincloud-store/versions/<code>=/ a key written with conditions: its versions, by number (versions.mts)
 *   .twincloud-store/meta/<hh>/…       metadata (sidecar.mts)
 *   .twincloud-store/tmp/…             what is being written
 *
 * `<code>` is the key with every byte of its UTF-8 but `a-z 0-9 _ -` written as `%hh`. Upper case, dots,
 * spaces and composed letters are escaped too, so two keys never have one code on any system, however
 * it treats case, normal forms, reserved names or trailing dots. It is cut into pieces of 120 characters:
 * all but the last are folders whose names end in `+`, the last ends in `=`, so that a code which is the
 * beginning of another never stands in its way.
 */

export const STORE_FOLDER = '.twincloud-store';

/** What systems put at the top of a disk; no objects, and not always readable. */
const FOREIGN_FOLDERS: ReadonlySet<string> = new Set([
  'lost+found',
  'system volume information',
  '$recycle.bin',
  '.trashes',
  '.spotlight-v100',
  '.fseventsd',
  '.temporaryitems',
  '.documentrevisions-v100',
]);

/** Whether a name at the top of the folder is the store's own or the system's. Case is ignored, as some systems do. */
export function isReservedName(name: string): boolean {
  const folded = name.toLowerCase();
  return folded === STORE_FOLDER || FOREIGN_FOLDERS.has(folded);
}

const WINDOWS_ILLEGAL = /[<>:"\\|?*\p{Cc}]|[. ]$/u;
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])([.].*)?$/iu;
const MAX_SEGMENT_BYTES = 255;

/**
 * Whether the key's own path can be a file's, as far as the key alone tells; the file system
 * may refuse it all the same.
 */
export function canBePlain(key: string, windows: boolean): boolean {
  const segments = key.split('/');
  if (isReservedName(segments[0] ?? '')) return false;
  return segments.every((segment) => {
    if (segment === '' || segment === '.' || segment === '..' || segment.includes('\0')) return false;
    if (windows && (WINDOWS_ILLEGAL.test(segment) || WINDOWS_DEVICE.test(segment))) return false;
    return Buffer.byteLength(segment) <= MAX_SEGMENT_BYTES;
  });
}

export function plainPath(root: string, key: string): string {
  return path.join(root, ...key.split('/'));
}

const PIECE_CHARACTERS = 120;

/** The key's code as a relative path. */
export function codedPath(key: string): string {
  let code = '';
  for (const byte of Buffer.from(key)) {
    const character = String.fromCharCode(byte);
    code += /[a-z0-9_-]/u.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`;
  }
  const pieces: string[] = [];
  for (let at = 0; at < code.length; at += PIECE_CHARACTERS)
    pieces.push(code.slice(at, at + PIECE_CHARACTERS));
  return pieces.map((piece, i) => piece + (i === pieces.length - 1 ? '=' : '+')).join(path.sep);
}

/** The key of a code's pieces (without their last characters), or `undefined` for what is no code. */
export function decodeKey(pieces: readonly string[]): string | undefined {
  const code = pieces.join('');
  if (!/^(?:[a-z0-9_-]|%[0-9a-f]{2})+$/u.test(code)) return undefined;
  try {
    const key = decodeURIComponent(code);
    return keyProblem(key) === undefined ? key : undefined;
  } catch {
    return undefined;
  }
}
