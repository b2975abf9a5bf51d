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

const GENERATION = /^[1-9]\d{0,18}$/u;

/** Whether an object of this service can have the tag. */
export function isGeneration(etag: string): boolean {
  return GENERATION.test(etag);
}

export function unsupported(key: string, detail: string): StoreError {
  return new StoreError('unsupported', { provider: 'gcs', key, detail });
}
