import { StoreError, type StoreErrorDetails, type StoreErrorKind } from '../../../src/storage/store-error.ts';

export function storeError(
  kind: StoreErrorKind,
  key: string,
  detail: string,
  reason?: NonNullable<StoreErrorDetails['reason']>,
): StoreError {
  const wait = kind === 'rate-limited' ? { retryAfterMs: 1500 } : {};
  return new StoreError(kind, {
    provider: 'sim',
    key,
    detail,
    ...wait,
    ...(reason === undefined ? {} : { reason }),
  });
}
