import { denied, pemBytes, type ServiceAccountKey } from './credentials.ts';

/** Read and write objects, no rights over buckets. */
const SCOPE = 'https://www.googleapis.com/auth/devstorage.read_write';
/** The longest that Google takes. */
const LIFE_SECONDS = 3600;
const RS256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;

/**
 * The statement by which a service account asks for a token: a JSON Web Token (RFC 7519, RS256), as in
 * https://developers.google.com/identity/protocols/oauth2/service-account. Rejects with `denied` where the
 * private key is none.
 */
export async function signedStatement(key: ServiceAccountKey, nowMs: number): Promise<string> {
  const issuedAt = Math.floor(nowMs / 1000);
  const header = {
    alg: 'RS256',
    typ: 'JWT',
    ...(key.privateKeyId === undefined ? {} : { kid: key.privateKeyId }),
  };
  const claims = {
    iss: key.email,
    scope: SCOPE,
    aud: key.tokenUri,
    iat: issuedAt,
    exp: issuedAt + LIFE_SECONDS,
  };
  const said = `${base64Url(utf8(JSON.stringify(header)))}.${base64Url(utf8(JSON.stringify(claims)))}`;
  try {
    const signer = await crypto.subtle.importKey('pkcs8', pemBytes(key.privateKey), RS256, false, ['sign']);
    const signature = await crypto.subtle.sign(RS256.name, signer, utf8(said));
    return `${said}.${base64Url(new Uint8Array(signature))}`;
  } catch {
    // The cause might repeat the key.
    throw denied('wrong-secret', 'the private key is damaged');
  }
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
