import * as v from 'valibot';
import { StoreError, type StoreErrorDetails } from '../store-error.ts';
import { parseJson } from './refusal.ts';

/** The key of a service account, as the cloud's console gives it for download. */
export interface ServiceAccountKey {
  readonly kind: 'service-account';
  readonly email: string;
  /** PKCS #8 in PEM. */
  readonly privateKey: string;
  readonly privateKeyId?: string;
  readonly tokenUri: string;
}

/** A person's own sign-on, as `gcloud auth application-default login` leaves it. */
export interface UserSignOn {
  readonly kind: 'user';
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
  readonly tokenUri: string;
}

export type GcsCredentials = ServiceAccountKey | UserSignOn;

const GOOGLE_TOKENS = 'https://oauth2.googleapis.com/token';
const filled = v.pipe(v.string(), v.nonEmpty());

const KeyFile = v.variant('type', [
  v.object({
    type: v.literal('service_account'),
    client_email: filled,
    private_key: filled,
    private_key_id: v.optional(v.string()),
    token_uri: v.optional(filled, GOOGLE_TOKENS),
  }),
  v.object({
    type: v.literal('authorized_user'),
    client_id: filled,
    client_secret: filled,
    refresh_token: filled,
    token_uri: v.optional(filled, GOOGLE_TOKENS),
  }),
]);

/** The key in the text of a key file. Rejects with `denied`, and never repeats what stands in it. */
export function readKeyFile(text: string): GcsCredentials {
  const json = parseJson(text.replace(/^\uFEFF/u, ''));
  if (json === undefined) throw noKey('The key is no JSON: download the key file anew and give it as it is.');
  const parsed = v.safeParse(KeyFile, json);
  if (!parsed.success) throw noKey(whatIsWrong(json, parsed.issues[0]));
  const { token_uri: tokenUri } = parsed.output;
  if (!isSafeAddress(tokenUri)) throw noKey('The key’s token_uri must begin with https://.');
  if (parsed.output.type === 'authorized_user') {
    const { client_id: clientId, client_secret: clientSecret, refresh_token: refreshToken } = parsed.output;
    return { kind: 'user', clientId, clientSecret, refreshToken, tokenUri };
  }
  const { client_email: email, private_key: privateKey, private_key_id: privateKeyId } = parsed.output;
  return {
    kind: 'service-account',
    email,
    privateKey,
    ...(privateKeyId === undefined ? {} : { privateKeyId }),
    tokenUri,
  };
}

/** The PEM's bytes; PKCS #8 alone, which is what Google gives out and WebCrypto takes. */
export function pemBytes(pem: string): Uint8Array<ArrayBuffer> {
  // Where a key went through a variable, its line ends are often spelt out.
  const text = pem.replaceAll('\\n', '\n');
  const inner = /-----BEGIN PRIVATE KEY-----(?<inner>[\sA-Za-z0-9+/=]+)-----END PRIVATE KEY-----/u.exec(text);
  try {
    return Uint8Array.from(atob((inner?.groups?.['inner'] ?? '!').replace(/\s/gu, '')), (character) =>
      character.charCodeAt(0),
    );
  } catch {
    throw denied('wrong-secret', 'the private key is damaged');
  }
}

export function denied(reason: NonNullable<StoreErrorDetails['reason']>, detail: string): StoreError {
  return new StoreError('denied', { provider: 'gcs', reason, detail });
}

function noKey(remedy: string): StoreError {
  return denied('no-key', remedy);
}

function whatIsWrong(json: unknown, issue: v.BaseIssue<unknown>): string {
  const type = v.safeParse(v.object({ type: v.string() }), json);
  const field = v.getDotPath(issue) ?? 'type';
  if (type.success && field === 'type') {
    return 'The key is of another type than service_account: download the JSON key of a service account.';
  }
  return `The key lacks "${field}": download the JSON key of a service account anew.`;
}

/** A signed statement must not go over the network in the clear; loopback is a test's. */
function isSafeAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return (
    protocol === 'https:' || (protocol === 'http:' && /^(?:localhost|127\.0\.0\.1|\[::1\])$/u.test(hostname))
  );
}
