import { StoreError, type StoreErrorKind } from '../../../src/storage/store-error.ts';

export function storeError(kind: StoreErrorKind, key: string, detail: string): StoreError {
  const wait = kind === 'rate-limited' ? { retryAfterMs: 1500 } : {};
  return new StoreError(kind, { provider: 'sim', key, detail, ...wait });
}
