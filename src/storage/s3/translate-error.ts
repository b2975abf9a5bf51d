import { parseTime, readRetryAfter } from '../http/header-times.ts';
import { StoreError, isStoreError, type StoreErrorDetails, type StoreErrorKind } from '../store-error.ts';

/** What was asked for: some answers mean different things to different calls. */
export interface ErrorContext {
  readonly operation: 'get' | 'put' | 'copy' | 'delete' | 'head' | 'list';
  readonly key?: string;
  readonly condition?: 'if-match' | 'if-none-match';
  readonly signal?: AbortSignal | undefined;
}

/** The server's answer as far as it decides anything. */
interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Verdict {
  readonly kind: StoreErrorKind;
  readonly reason?: NonNullable<StoreErrorDetails['reason']>;
}

/** Signatures older or newer than this are refused by S3. */
const SKEW_LIMIT_MS = 15 * 60_000;
const DETAIL_LIMIT = 300;
/** The SDK's words for an answer without a code, by its own and by S3's reading of a 404. */
const NO_CODE: ReadonlySet<string> = new Set(['', 'Unknown', 'UnknownError', 'NotFound', '404']);
/** The SDK's word for an answer without a message. */
const NO_MESSAGE = 'UnknownError';

const BY_CODE: Readonly<Record<string, Verdict>> = {
  RequestTimeTooSkewed: { kind: 'denied', reason: 'clock-skew' },
  RequestExpired: { kind: 'denied', reason: 'clock-skew' },
  InvalidAccessKeyId: { kind: 'denied', reason: 'wrong-key' },
  InvalidClientTokenId: { kind: 'denied', reason: 'wrong-key' },
  XAdminUserNotFound: { kind: 'denied', reason: 'wrong-key' },
  InvalidToken: { kind: 'denied', reason: 'wrong-key' },
  ExpiredToken: { kind: 'denied', reason: 'expired-key' },
  SignatureDoesNotMatch: { kind: 'denied', reason: 'wrong-secret' },
  AuthorizationHeaderMalformed: { kind: 'denied', reason: 'wrong-region' },
  PermanentRedirect: { kind: 'denied', reason: 'wrong-region' },
  IllegalLocationConstraintException: { kind: 'denied', reason: 'wrong-region' },
  AccessDenied: { kind: 'denied', reason: 'forbidden' },
  AllAccessDisabled: { kind: 'denied', reason: 'account-closed' },
  AccountProblem: { kind: 'denied', reason: 'account-closed' },
  NotSignedUp: { kind: 'denied', reason: 'account-closed' },
  NoSuchBucket: { kind: 'not-found', reason: 'no-bucket' },
  InvalidBucketName: { kind: 'not-found', reason: 'no-bucket' },
  NoSuchKey: { kind: 'not-found' },
  NoSuchUpload: { kind: 'unavailable' },
  SlowDown: { kind: 'rate-limited' },
  Throttling: { kind: 'rate-limited' },
  ThrottlingException: { kind: 'rate-limited' },
  RequestLimitExceeded: { kind: 'rate-limited' },
  TooManyRequests: { kind: 'rate-limited' },
  QuotaExceeded: { kind: 'quota' },
  ServiceQuotaExceeded: { kind: 'quota' },
  InsufficientStorage: { kind: 'quota' },
  XMinioStorageFull: { kind: 'quota' },
  XMinioAdminBucketQuotaExceeded: { kind: 'quota' },
  NotImplemented: { kind: 'unsupported' },
  MethodNotAllowed: { kind: 'unsupported' },
  EntityTooLarge: { kind: 'unsupported' },
  KeyTooLongError: { kind: 'unsupported' },
  XMinioInvalidObjectName: { kind: 'unsupported' },
  InvalidObjectState: { kind: 'unsupported' },
  RequestTimeout: { kind: 'unavailable' },
  BadDigest: { kind: 'corrupt' },
  IncompleteBody: { kind: 'corrupt' },
  XAmzContentSHA256Mismatch: { kind: 'corrupt' },
  InvalidRange: { kind: 'corrupt' },
};

/**
 * Any rejection of the SDK as the one error that others see.
 *
 * Codes decide before statuses, since servers disagree on the latter. Of the SDK's error only code
 * and message are kept: its other fields hold what was signed.
 */
export function translateError(error: unknown, context: ErrorContext): StoreError {
  if (isStoreError(error)) return error;
  const about = { provider: 's3', ...(context.key === undefined ? {} : { key: context.key }) };
  if (context.signal?.aborted === true || nameOf(error) === 'AbortError')
    return new StoreError('aborted', about);
  const refusal = readRefusal(error);
  if (refusal === undefined) return new StoreError('unavailable', { ...about, detail: networkDetail(error) });
  const { kind, reason } = judge(refusal, context);
  const retryAfterMs = readRetryAfter(refusal.headers);
  return new StoreError(kind, {
    ...about,
    ...(reason === undefined ? {} : { reason }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    detail: `${String(refusal.status)} ${refusal.code} ${refusal.message}`.trim().slice(0, DETAIL_LIMIT),
  });
}

/** The body of a good answer broke off, or the answer is none that S3 gives (a proxy's page, say). */
export function corruptAnswer(detail: string, key?: string): StoreError {
  return new StoreError('corrupt', { provider: 's3', detail, ...(key === undefined ? {} : { key }) });
}

/** True for the answer to `ifNoneMatch` that the object is as it was. */
export function isNotModified(error: unknown): boolean {
  return readRefusal(error)?.status === 304;
}

/**
 * True when the server refused the time in the signature. The answer to HEAD has no body to say so,
 * only the server's clock.
 */
export function isClockRefused(error: unknown, nowMs: number): boolean {
  const refusal = readRefusal(error);
  if (refusal?.status !== 403) return false;
  if (BY_CODE[refusal.code] !== undefined) return BY_CODE[refusal.code]?.reason === 'clock-skew';
  const serverMs = parseTime(refusal.headers['date']);
  return serverMs !== undefined && Math.abs(serverMs - nowMs) > SKEW_LIMIT_MS;
}

/** The server's clock in the headers of a failed answer. */
export function serverTimeOf(error: unknown): number | undefined {
  return parseTime(readRefusal(error)?.headers['date']);
}

function judge(refusal: Refusal, context: ErrorContext): Verdict {
  const { status, code } = refusal;
  if (status === 412 || status === 409) return judgeConflict(context);
  const known = BY_CODE[code];
  if (known !== undefined) return known;
  if (context.operation === 'copy' && code === 'InvalidRequest' && /larger than/iu.test(refusal.message)) {
    return { kind: 'unsupported' };
  }
  if (status >= 200 && status < 300) return { kind: 'corrupt' };
  return judgeStatus(refusal);
}

/** A write without a condition can lose to another writer too; then the same call may be made again. */
function judgeConflict(context: ErrorContext): Verdict {
  return { kind: context.condition === undefined ? 'unavailable' : 'conflict' };
}

function judgeStatus(refusal: Refusal): Verdict {
  const { status } = refusal;
  switch (status) {
    case 301:
      return { kind: 'denied', reason: 'wrong-region' };
    case 400:
      return 'x-amz-bucket-region' in refusal.headers
        ? { kind: 'denied', reason: 'wrong-region' }
        : { kind: 'unexpected' };
    case 401:
    case 403:
      return { kind: 'denied' };
    case 404:
      return { kind: saysAbsent(refusal) ? 'not-found' : 'unexpected' };
    case 405:
    case 413:
    case 501:
      return { kind: 'unsupported' };
    case 416:
      return { kind: 'corrupt' };
    case 429:
      return { kind: 'rate-limited' };
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

/**
 * A 404 without a code (HEAD has none) means the key. One with an unknown code, or a web page under
 * a mistyped address, must not pass for an object that is gone.
 */
function saysAbsent({ code, headers }: Refusal): boolean {
  return NO_CODE.has(code) && headers['content-type']?.startsWith('text/html') !== true;
}

function readRefusal(error: unknown): Refusal | undefined {
  if (!isRecord(error)) return undefined;
  const metadata = isRecord(error['$metadata']) ? error['$metadata'] : {};
  const response = isRecord(error['$response']) ? error['$response'] : {};
  const status = metadata['httpStatusCode'] ?? response['statusCode'];
  if (typeof status !== 'number') return undefined;
  const message = error['message'];
  return {
    status,
    code: nameOf(error),
    message: typeof message === 'string' && message !== NO_MESSAGE ? firstLine(message) : '',
    headers: readHeaders(response['headers']),
  };
}

function readHeaders(headers: unknown): Record<string, string> {
  if (!isRecord(headers)) return {};
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

function networkDetail(error: unknown): string {
  const code = isRecord(error) && typeof error['code'] === 'string' ? error['code'] : nameOf(error);
  const message = error instanceof Error ? firstLine(error.message) : '';
  return `${code} ${message}`.trim().slice(0, DETAIL_LIMIT);
}

function nameOf(error: unknown): string {
  return isRecord(error) && typeof error['name'] === 'string' ? error['name'] : '';
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
