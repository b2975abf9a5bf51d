import { StoreError, type StoreErrorDetails, type StoreErrorKind } from '../store-error.ts';
import type { Refusal } from './refusal.ts';

/** What was asked for: some answers mean different things to different calls. */
export interface ErrorContext {
  readonly operation: 'get' | 'put' | 'copy' | 'delete' | 'head' | 'list';
  readonly key?: string;
  /** A put with a condition. */
  readonly conditional?: boolean;
}

interface Verdict {
  readonly kind: StoreErrorKind;
  readonly reason?: NonNullable<StoreErrorDetails['reason']>;
}

const DETAIL_LIMIT = 300;

/** Google's words decide before statuses, since 403 stands for several things. */
const BY_REASON: Readonly<Record<string, Verdict>> = {
  rateLimitExceeded: { kind: 'rate-limited' },
  userRateLimitExceeded: { kind: 'rate-limited' },
  quotaExceeded: { kind: 'quota' },
  dailyLimitExceeded: { kind: 'quota' },
  storageQuotaExceeded: { kind: 'quota' },
  accountDisabled: { kind: 'denied', reason: 'account-closed' },
  forbidden: { kind: 'denied', reason: 'forbidden' },
  insufficientPermissions: { kind: 'denied', reason: 'forbidden' },
  retentionPolicyNotMet: { kind: 'denied' },
  objectUnderActiveHold: { kind: 'denied' },
  authError: { kind: 'denied', reason: 'expired-key' },
  userProjectMissing: { kind: 'unsupported' },
  uploadTooLarge: { kind: 'unsupported' },
  uploadBrokenConnection: { kind: 'unavailable' },
  backendError: { kind: 'unavailable' },
};

/** A refusal as the one error that others see. A 404 is the caller's affair: `whatIsAbsent` tells what it means. */
export function translateRefusal(refusal: Refusal, context: ErrorContext): StoreError {
  const { kind, reason } = judge(refusal, context);
  const { retryAfterMs } = refusal;
  return new StoreError(kind, {
    provider: 'gcs',
    ...(context.key === undefined ? {} : { key: context.key }),
    ...(reason === undefined ? {} : { reason }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    detail: detailOf(refusal),
  });
}

/**
 * Of a 404: the bucket, the object, or what the answer leaves open. Only Google's own words are believed: a web
 * page under a mistyped address must not pass for an object that is gone.
 */
export function whatIsAbsent(refusal: Refusal): 'bucket' | 'object' | 'unknown' {
  if (/bucket (?:does not|doesn.t) exist/iu.test(refusal.message)) return 'bucket';
  return refusal.documented && /^no such object/iu.test(refusal.message) ? 'object' : 'unknown';
}

export function noBucket(refusal: Refusal): StoreError {
  return new StoreError('not-found', { provider: 'gcs', reason: 'no-bucket', detail: detailOf(refusal) });
}

export function detailOf({ status, reason, message }: Refusal): string {
  return `${String(status)} ${reason} ${message}`.replace(/\s+/gu, ' ').trim().slice(0, DETAIL_LIMIT);
}

function judge(refusal: Refusal, context: ErrorContext): Verdict {
  const { status, reason } = refusal;
  if (status === 412 || status === 409) return judgeConflict(context);
  if (status === 429) return { kind: 'rate-limited' };
  // A success that is no answer of this API, or one without a body.
  if (status >= 200 && status < 300) return { kind: 'corrupt' };
  // Billing that ended shows as a 403 like any other.
  if (status === 403 && /billing/iu.test(refusal.message))
    return { kind: 'denied', reason: 'account-closed' };
  return BY_REASON[reason] ?? judgeStatus(refusal);
}

/** A write without a condition can lose to another writer too; then the same call may be made again. */
function judgeConflict(context: ErrorContext): Verdict {
  return { kind: context.conditional === true ? 'conflict' : 'unavailable' };
}

function judgeStatus({ status, message, documented }: Refusal): Verdict {
  switch (status) {
    case 400:
      return /object name|too long|invalid (?:name|utf)/iu.test(message)
        ? { kind: 'unsupported' }
        : { kind: 'unexpected' };
    case 401:
      return { kind: 'denied', reason: 'expired-key' };
    case 403:
      return documented ? { kind: 'denied', reason: 'forbidden' } : { kind: 'denied' };
    case 405:
    case 413:
    case 501:
      return { kind: 'unsupported' };
    case 410:
      return { kind: 'unavailable' };
    case 416:
      return { kind: 'corrupt' };
    case 507:
      return { kind: 'quota' };
    default:
      // Other redirects, 407 and 408 are the work of a network on the way, as most 5xx are.
      return {
        kind:
          status >= 500 || status < 400 || status === 407 || status === 408 ? 'unavailable' : 'unexpected',
      };
  }
}
