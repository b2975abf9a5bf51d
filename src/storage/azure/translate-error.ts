import { StoreError, type StoreErrorDetails, type StoreErrorKind } from '../store-error.ts';
import type { Refusal } from './refusal.ts';

export interface ErrorContext {
  readonly key?: string;
  /** The call carries a condition that the server may find broken. */
  readonly conditional?: boolean;
}

interface Verdict {
  readonly kind: StoreErrorKind;
  readonly reason?: NonNullable<StoreErrorDetails['reason']>;
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
  UnauthorizedBlobOverwrite: { kind: 'denied', reason: 'forbidden' },
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
  // Somebody holds the blob, or has taken snapshots of it: trying again changes nothing.
  LeaseIdMissing: { kind: 'unsupported' },
  SnapshotsPresent: { kind: 'unsupported' },
  CannotVerifyCopySource: { kind: 'not-found' },
};

/** A refusal as the one error that others see. Nothing of the request is kept: its address holds the signature. */
export function translateRefusal(refusal: Refusal, context: ErrorContext): StoreError {
  const { kind, reason } = judge(refusal, context);
  const { status, code, message, retryAfterMs } = refusal;
  return new StoreError(kind, {
    provider: 'azure',
    ...(context.key === undefined ? {} : { key: context.key }),
    ...(reason === undefined ? {} : { reason }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    detail: `${String(status)} ${code} ${message}`.trim().slice(0, DETAIL_LIMIT),
  });
}

export function corruptAnswer(detail: string, key?: string): StoreError {
  return new StoreError('corrupt', { provider: 'azure', detail, ...(key === undefined ? {} : { key }) });
}

function judge({ status, code, message }: Refusal, context: ErrorContext): Verdict {
  if (code === 'AuthenticationFailed' && /time frame|expir/iu.test(message))
    return { kind: 'denied', reason: 'expired-key' };
  // Azurite's word for a signature that is wrong; the service uses it for networks and rights alone.
  if (code === 'AuthorizationFailure' && /authenticate/iu.test(message))
    return { kind: 'denied', reason: 'wrong-secret' };
  // The original of a copy may be refused for other causes under the same name.
  const known = code === 'CannotVerifyCopySource' && status !== 404 ? undefined : BY_CODE[code];
  if (known !== undefined) return known;
  // Creating what exists is 409 BlobAlreadyExists here, another version 412 ConditionNotMet.
  if (status === 409 || status === 412)
    return { kind: context.conditional === true ? 'conflict' : 'unavailable' };
  return { kind: byStatus(status) };
}

/** Absence is believed by Azure's own words alone: a page under a mistyped address is no object that is gone. */
function byStatus(status: number): StoreErrorKind {
  if (status >= 200 && status < 300) return 'corrupt';
  if (status === 401 || status === 403) return 'denied';
  if (status === 416) return 'corrupt';
  if (status === 429) return 'rate-limited';
  if (status === 405 || status === 413 || status === 501) return 'unsupported';
  if (status === 507) return 'quota';
  return status >= 500 || status < 400 || status === 407 || status === 408 ? 'unavailable' : 'unexpected';
}
