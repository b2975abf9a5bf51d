/** What went wrong at a store, closed: everybody above a provider decides by `kind` alone. */
export type StoreErrorKind =
  | 'not-found'
  | 'conflict'
  | 'denied'
  | 'quota'
  | 'rate-limited'
  | 'unavailable'
  | 'corrupt'
  | 'aborted'
  | 'unsupported'
  | 'unexpected';

/** `later`: the same call may succeed if made again; `never`: something must change first. */
export type Retry = 'later' | 'never';

export interface StoreErrorDetails {
  readonly provider: string;
  /** Narrows `denied`, `not-found` and `corrupt` for the message to a person. */
  readonly reason?:
    | 'clock-skew'
    | 'no-key'
    | 'wrong-key'
    | 'wrong-secret'
    | 'expired-key'
    | 'wrong-region'
    | 'no-bucket'
    | 'forbidden'
    | 'account-closed'
    | 'not-sealed'
    | 'broken-seal';
  readonly key?: string;
  /** What the provider said, for the log. Never holds a secret. */
  readonly detail?: string;
  /** Wait at least so long before the next try, where the provider said so. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

const RETRY: Record<StoreErrorKind, Retry> = {
  'not-found': 'never',
  conflict: 'never',
  denied: 'never',
  quota: 'never',
  'rate-limited': 'later',
  unavailable: 'later',
  corrupt: 'later',
  aborted: 'never',
  unsupported: 'never',
  unexpected: 'never',
};

export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly kind: StoreErrorKind;
  readonly retry: Retry;
  readonly details: StoreErrorDetails;

  constructor(kind: StoreErrorKind, details: StoreErrorDetails) {
    const { provider, key, detail, cause } = details;
    const about = [key, detail].filter((part) => part !== undefined).join(': ');
    super(`${provider}: ${kind}${about === '' ? '' : ` (${about})`}`, { cause });
    this.kind = kind;
    this.retry = RETRY[kind];
    this.details = details;
  }
}

export function isStoreError(error: unknown, kind?: StoreErrorKind): error is StoreError {
  return error instanceof StoreError && (kind === undefined || error.kind === kind);
}
