import { checkKey } from '../key.ts';
import { StoreError } from '../store-error.ts';

/** Throws `unsupported` for what Google takes as no name: https://cloud.google.com/storage/docs/objects#naming */
export function checkName(key: string): void {
  checkKey(key, 'gcs');
  if (/[\r\n]/u.test(key)) throw unsupported(key, 'Google Cloud Storage takes no line breaks in names');
  if (key === '.' || key === '..' || key.startsWith('.well-known/acme-challenge/')) {
    throw unsupported(key, 'Google Cloud Storage keeps this name for itself');
  }
}

/** As a part of a path or a query: all but letters, digits and `-._~`. */
export function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/gu,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Folders stay readable, but where a segment would be taken for "this folder" or "the one above". */
export function encodedPath(key: string): string {
  return /(?:^|\/)\.{1,2}(?:\/|$)/u.test(key) ? encoded(key) : key.split('/').map(encoded).join('/');
}

const GENERATION = /^[1-9]\d{0,18}$/u;

/** Whether an object of this service can have the tag. */
export function isGeneration(etag: string): boolean {
  return GENERATION.test(etag);
}

export function unsupported(key: string, detail: string): StoreError {
  return new StoreError('unsupported', { provider: 'gcs', key, detail });
}
