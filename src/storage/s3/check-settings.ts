import { isStoreError, StoreError, type StoreErrorDetails, type StoreErrorKind } from '../store-error.ts';

interface Settings {
  readonly bucket: string;
  readonly region: string;
  readonly endpoint?: string;
}

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Of a temporary key: new ones are asked for some minutes before. Absent: it does not expire. */
  readonly expiration?: Date;
}

/** Throws for what no server can be asked with. The SDK's own errors for these look like a network that is down. */
export function checkSettings({ bucket, region, endpoint }: Settings): void {
  if (endpoint !== undefined && !isWebAddress(endpoint)) {
    throw problem('unsupported', 'the endpoint must be an address that starts with https:// or http://');
  }
  if (!/^[^\s/]+$/u.test(bucket)) throw problem('not-found', 'no bucket can have this name', 'no-bucket');
  if (!/^[\w-]+$/u.test(region)) throw problem('denied', 'no region can have this name', 'wrong-region');
}

/** As given, or `denied` where there are none or they hold what no header can carry. */
export async function checkedCredentials(provide: () => Promise<S3Credentials>): Promise<S3Credentials> {
  const credentials = await provide().catch((error: unknown) => {
    if (isStoreError(error)) throw error;
    throw problem('denied', error instanceof Error ? error.message : String(error), 'no-key');
  });
  if (!/^[\x21-\x7e]+$/u.test(credentials.accessKeyId)) {
    throw problem('denied', 'no access key has this form', 'wrong-key');
  }
  if (credentials.secretAccessKey === '') throw problem('denied', 'the secret is empty', 'wrong-secret');
  return credentials;
}

function isWebAddress(text: string): boolean {
  if (!/^https?:\/\/[^/]/u.test(text)) return false;
  try {
    return new URL(text).host !== '';
  } catch {
    return false;
  }
}

function problem(
  kind: StoreErrorKind,
  detail: string,
  reason?: NonNullable<StoreErrorDetails['reason']>,
): StoreError {
  return new StoreError(kind, { provider: 's3', detail, ...(reason === undefined ? {} : { reason }) });
}
