/** SHA-256 of the plain bytes, 64 lower-case hexadecimal digits: the only identity of contents. */
export type ContentHash = string & { readonly __brand: 'ContentHash' };

/** Random, 16 hexadecimal digits, made once per installation. */
export type DeviceId = string & { readonly __brand: 'DeviceId' };

/** Random, 16 hexadecimal digits, one per commit attempt. */
export type CommitId = string & { readonly __brand: 'CommitId' };

/** Key of an object in the cloud, relative to the vault's prefix. */
export type ObjectKey = string & { readonly __brand: 'ObjectKey' };

/** Contents of nothing: empty files and empty folders have it, and need no object in the cloud. */
export const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' as ContentHash;

/** The commits of edits that another tool made in the readable copy carry this device. */
export const EXTERNAL_DEVICE = 'external' as DeviceId;

const HASH = /^[0-9a-f]{64}$/u;

export function parseContentHash(text: string): ContentHash | undefined {
  return HASH.test(text) ? (text as ContentHash) : undefined;
}

/** Digits of a hash kept in `prev`: enough to recognise, too few to fetch by. */
export const SHORT_HASH_DIGITS = 16;

export function shortHash(hash: ContentHash): string {
  return hash.slice(0, SHORT_HASH_DIGITS);
}
