import { isStoreError, StoreError, type StoreErrorDetails, type StoreErrorKind } from '../store-error.ts';

export interface ErrorContext {
  readonly key?: string;
  /** The call carries a condition that the server may find broken. */
  readonly conditional?: boolean;
  readonly signal?: AbortSignal | undefined;
}

interface Verdict {
  readonly kind: StoreErrorKind;
  readonly reason?: NonNullable<StoreErrorDetails['reason']>;
}

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly header: (name: string) => string | undefined;
}

const DETAIL_LIMIT = 300;

/** https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes */
const BY_CODE: Readonly<Record<string, Verdict>> = {
  BlobNotFound: { kind: 'not-found' },
  ResourceNotFound: { kind: 'not-found' },
  ContainerNotFound: { kind: 'not-found', reason: 'no-bucket' },
  ContainerBeingDeleted: { kind: 'not-found', reason: 'no-bucket' },
  InvalidRange: { kind: 'corrupt' },
  Md5Mismatch: { kind: 'corrupt' },
  InvalidMd5: { kind: 'corrupt' },
  // Another put of the same key ended first and took the blocks of this one with it.
  InvalidBlockList: { kind: 'unavailable' },
  AuthenticationFailed: { kind: 'denied', reason: 'wrong-secret' },
  InvalidAuthenticationInfo: { kind: 'denied', reason: 'wrong-secret' },
  NoAuthenticationInformation: { kind: 'denied', reason: 'no-key' },
  AuthorizationFailure: { kind: 'denied', reason: 'forbidden' },
  AuthorizationPermissionMismatch: { kind: 'denied', reason: 'forbidden' },
  AuthorizationResourceTypeMismatch: { kind: 'denied', reason: 'forbidden' },
  InsufficientAccountPermissions: { kind: 'denied', reason: 'forbidden' },
  AccountIsDisabled: { kind: 'denied', reason: 'account-closed' },
  PublicAccessNotPermitted: { kind: 'denied', reason: 'forbidden' },
  KeyBasedAuthenticationNotPermitted: { kind: 'denied', reason: 'forbidden' },
  ServerBusy: { kind: 'rate-limited' },
  OperationTimedOut: { kind: 'unavailable' },
  InternalError: { kind: 'unavailable' },
  AccountLimitExceeded: { kind: 'quota' },
  BlobArchived: { kind: 'unsupported' },
  BlobImmutableDueToPolicy: { kind: 'unsupported' },
  RequestBodyTooLarge: { kind: 'unsupported' },
};

/** Any rejection of the SDK as the one error that others see. Nothing of the request is kept: its address holds the signature. */
export function translateError(error: unknown, context: ErrorContext): StoreError {
  if (isStoreError(error)) return error;
  const about = { provider: 'azure', ...(context.key === undefined ? {} : { key: context.key }) };
  if (context.signal?.aborted === true || nameOf(error) === 'AbortError')
    return new StoreError('aborted', about);
  const refusal = readRefusal(error);
  if (refusal === undefined) return new StoreError('unavailable', { ...about, detail: networkDetail(error) });
  const { kind, reason } = judge(refusal, context);
  const retrySeconds = Number(refusal.header('retry-after') ?? Number.NaN);
  return new StoreError(kind, {
    ...about,
    ...(reason === undefined ? {} : { reason }),
    ...(Number.isFinite(retrySeconds) ? { retryAfterMs: Math.max(0, retrySeconds * 1000) } : {}),
    detail: `${String(refusal.status)} ${refusal.code} ${refusal.message}`.trim().slice(0, DETAIL_LIMIT),
  });
}

export function corruptAnswer(detail: string, key?: string): StoreError {
  return new StoreError('corrupt', { provider: 'azure', detail, ...(key === undefined ? {} : { key }) });
}

/** True for the answer to `ifNoneMatch` that the object is as it was. */
export function isNotModified(error: unknown): boolean {
  return readRefusal(error)?.status === 304;
}

/** The server's clock where it refused a signature, for which the device's clock may be the cause. */
export function clockOfRefusal(error: unknown): number | undefined {
  const refusal = readRefusal(error);
  return refusal?.status === 403 ? parseTime(refusal.header('date')) : undefined;
}

export function serverTimeOf(error: unknown): number | undefined {
  return parseTime(readRefusal(error)?.header('date'));
}

function parseTime(date: string | undefined): number | undefined {
  const timeMs = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

function judge(refusal: Refusal, context: ErrorContext): Verdict {
  const { status, code, message } = refusal;
  if (code === 'AuthenticationFailed' && /time frame|expir/iu.test(message))
    return { kind: 'denied', reason: 'expired-key' };
  // Azurite's word for a signature that is wrong; the service uses it for networks and rights alone.
  if (code === 'AuthorizationFailure' && /authenticate/iu.test(message))
    return { kind: 'denied', reason: 'wrong-secret' };
  const known = BY_CODE[code];
  if (known !== undefined) return known;
  // Creating what exists is 409 BlobAlreadyExists here, another version 412 ConditionNotMet.
  if (status === 409 || status === 412)
    return { kind: context.conditional === true ? 'conflict' : 'unavailable' };
  return { kind: byStatus(refusal) };
}

function byStatus({ status, code, header }: Refusal): StoreErrorKind {
  if (status >= 200 && status < 300) return 'corrupt';
  if (status === 401 || status === 403) return 'denied';
  // A HEAD has no body to say more; a web page under a mistyped address is no object that is gone.
  if (status === 404 && code === 'CannotVerifyCopySource') return 'not-found';
  if (status === 404)
    return code === '' && header('content-type')?.startsWith('text/html') !== true
      ? 'not-found'
      : 'unexpected';
  if (status === 416) return 'corrupt';
  if (status === 429) return 'rate-limited';
  if (status === 405 || status === 413 || status === 501) return 'unsupported';
  if (status === 507) return 'quota';
  return status >= 500 || status < 400 || status === 407 || status === 408 ? 'unavailable' : 'unexpected';
}

function readRefusal(error: unknown): Refusal | undefined {
  if (!isRecord(error)) return undefined;
  const status = error['statusCode'];
  if (typeof status !== 'number') return undefined;
  const details = isRecord(error['details']) ? error['details'] : {};
  const header = headerReader(error['response']);
  const code = [error['code'], details['errorCode'], header('x-ms-error-code')].find(
    (one) => typeof one === 'string',
  );
  const extra = details['authenticationErrorDetail'] ?? details['AuthenticationErrorDetail'];
  const message = error instanceof Error ? firstLine(error.message) : '';
  return {
    status,
    code: typeof code === 'string' ? code : '',
    message: typeof extra === 'string' ? `${message} ${extra.split('\n', 1)[0] ?? ''}` : message,
    header,
  };
}

function headerReader(response: unknown): (name: string) => string | undefined {
  const headers = isRecord(response) && isRecord(response['headers']) ? response['headers'] : undefined;
  if (headers === undefined || typeof headers['get'] !== 'function') return () => undefined;
  const { get } = headers as { get: (name: string) => string | undefined };
  return (name) => get.call(headers, name);
}

function networkDetail(error: unknown): string {
  const code = isRecord(error) && typeof error['code'] === 'string' ? error['code'] : nameOf(error);
  // The SDK's words for a failed connection may hold the whole address, and so the signature.
  const message = error instanceof Error ? firstLine(error.message).replaceAll(/\?\S*/gu, '') : '';
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
