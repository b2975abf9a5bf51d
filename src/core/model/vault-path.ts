/**
 * A file's place in the vault: NFC, segments parted by `/`, no leading slash,
 * no `.` or `..` segment. An empty folder is a path that ends in `/`.
 * Only `parseVaultPath` makes one; whoever holds one may trust it.
 */
export type VaultPath = string & { readonly __brand: 'VaultPath' };

/** A folder's prefix: `''` for the vault itself, else ends in `/`. */
export function folderOf(path: VaultPath): string {
  const body = path.endsWith('/') ? path.slice(0, -1) : path;
  return body.slice(0, body.lastIndexOf('/') + 1);
}

/** Whether the path names an empty folder rather than a file. */
export function isFolder(path: VaultPath): boolean {
  return path.endsWith('/');
}

const LONE_SURROGATE = /\p{Surrogate}/u;
/** Most paths: ASCII, and no segment that needs a closer look. They are NFC as they stand. */
const PLAIN = /^\w[\w .-]*(?:\/\w[\w .-]*)*\/?$/;
const ASCII = /^[\0-\x7f]*$/;

/**
 * The key of a name as some host spells it, or `undefined` where the name can be no key:
 * empty, absolute, with `.`, `..` or empty segments, NUL, or half a surrogate pair.
 * Names that only some systems refuse (`a:b`, `con`) are keys all the same.
 */
export function parseVaultPath(raw: string): VaultPath | undefined {
  if (PLAIN.test(raw)) return raw as VaultPath;
  if (raw.length === 0 || raw.includes('\0') || LONE_SURROGATE.test(raw)) return undefined;
  const path = raw.normalize('NFC');
  const body = path.endsWith('/') ? path.slice(0, -1) : path;
  if (body.split('/').some((segment) => segment === '' || segment === '.' || segment === '..')) {
    return undefined;
  }
  return path as VaultPath;
}

/**
 * Two paths with one fold would be one file on some device: macOS and Windows ignore case.
 * Upper, then lower case joins `ß` with `SS` and `ﬁ` with `FI` as those systems may.
 */
export function foldPath(path: VaultPath): string {
  return ASCII.test(path) ? path.toLowerCase() : path.toUpperCase().toLowerCase().normalize('NFC');
}
