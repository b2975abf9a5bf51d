import { StoreError, type StoreErrorDetails } from '../store-error.ts';

/** What opens an account: its key, from which signatures are made here, or a signature that somebody made. */
export type AzureAccess =
  | { readonly kind: 'key'; readonly account: string; readonly key: string; readonly endpoint: string }
  | { readonly kind: 'sas'; readonly endpoint: string; readonly sas: string };

/** Where an account's blobs are, unless it is told. */
export function blobEndpoint(account: string, suffix = 'core.windows.net', protocol = 'https'): string {
  return `${protocol}://${account}.blob.${suffix}`;
}

/** Reads a connection string as the portal shows it; throws `denied` where it lacks a part. */
export function readConnectionString(text: string): AzureAccess {
  const parts = new Map(
    text
      .split(';')
      .filter((part) => part.includes('='))
      .map((part) => [
        part.slice(0, part.indexOf('=')).trim().toLowerCase(),
        part.slice(part.indexOf('=') + 1).trim(),
      ]),
  );
  const account = parts.get('accountname');
  const key = parts.get('accountkey');
  const sas = parts.get('sharedaccesssignature');
  const endpoint =
    parts.get('blobendpoint') ??
    (account === undefined
      ? undefined
      : blobEndpoint(account, parts.get('endpointsuffix'), parts.get('defaultendpointsprotocol')));
  if (endpoint !== undefined && sas !== undefined) return { kind: 'sas', endpoint, sas };
  if (endpoint !== undefined && account !== undefined && key !== undefined) {
    return { kind: 'key', account, key, endpoint };
  }
  throw refused('Copy the whole connection string of the storage account again', 'no-key');
}

/** Where a person says the container is. */
export interface AzurePlace {
  readonly account: string;
  readonly container: string;
  /** Absent: Azure's own for the account. */
  readonly endpoint?: string;
}

/**
 * Access by what a person pasted: the account's key, a SAS (the token, or the whole address), or the connection
 * string. Throws `denied`, with what to do, where it is none of them or that of another place.
 */
export function readPastedKey(text: string, { account, container, endpoint }: AzurePlace): AzureAccess {
  const pasted = text.trim();
  const own = endpoint ?? blobEndpoint(account);
  if (/(?:^|;)\s*(?:AccountKey|SharedAccessSignature)=/iu.test(pasted)) {
    const access = readConnectionString(pasted);
    const isOther =
      access.kind === 'key' ? access.account !== account : !isWithin(access.endpoint, own, container);
    if (isOther)
      throw refused(`The connection string is not that of ${account}: copy it from there`, 'no-key');
    return endpoint === undefined ? access : { ...access, endpoint };
  }
  // No key has one of the signs between which a signature stands.
  if (!/(?:^|[?&])sig=/u.test(pasted)) return { kind: 'key', account, key: pasted, endpoint: own };
  if (/^https?:/iu.test(pasted) && !isWithin(pasted, own, container)) {
    const detail = `The signature (SAS) is not one of ${account} and ${container}: make one there`;
    throw refused(detail, 'no-key');
  }
  return { kind: 'sas', endpoint: own, sas: pasted.slice(pasted.indexOf('?') + 1) };
}

/** Whether the address is the endpoint's, the container's or that of something in it. */
function isWithin(address: string, endpoint: string, container: string): boolean {
  if (!URL.canParse(address) || !URL.canParse(endpoint)) return false;
  const [a, b] = [new URL(address), new URL(endpoint)];
  const named = (path: string): string[] => path.split('/').filter((part) => part !== '');
  const [have, want] = [named(a.pathname), [...named(b.pathname), container]];
  return a.origin === b.origin && have.slice(0, want.length).every((part, index) => part === want[index]);
}

/** `Shared Access Signature` for all that the store does in one container. */
export interface SasRequest {
  readonly account: string;
  /** Base64, as the portal shows it. */
  readonly key: string;
  readonly container: string;
  readonly expiresMs: number;
  readonly httpsOnly: boolean;
}

const SAS_VERSION = '2020-12-06';
/** Read, add, create, write, delete, list: in the order that the service demands. */
const PERMISSIONS = 'racwdl';

/**
 * A service SAS of the container, signed with HMAC-SHA-256. Its fields and their order:
 * https://learn.microsoft.com/rest/api/storageservices/create-service-sas (version 2020-12-06).
 */
export async function mintSas(request: SasRequest): Promise<string> {
  const { account, key, container, expiresMs, httpsOnly } = request;
  const expiry = new Date(expiresMs).toISOString().replace(/\.\d+Z$/u, 'Z');
  const protocol = httpsOnly ? 'https' : 'https,http';
  const resource = `/blob/${account}/${container}`;
  // The empty fields: start, then identifier and IP, then snapshot, encryption scope and five headers.
  const fields = [
    PERMISSIONS,
    '',
    expiry,
    resource,
    '',
    '',
    protocol,
    SAS_VERSION,
    'c',
    '',
    '',
    '',
    '',
    '',
    '',
    '',
  ];
  const signature = await hmacSha256(key, fields.join('\n'));
  return new URLSearchParams({
    sv: SAS_VERSION,
    spr: protocol,
    se: expiry,
    sr: 'c',
    sp: PERMISSIONS,
    sig: signature,
  }).toString();
}

async function hmacSha256(keyBase64: string, text: string): Promise<string> {
  const key = await crypto.subtle.importKey(
    'raw',
    keyBytes(keyBase64),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  );
  const signature = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(signature)));
}

function keyBytes(keyBase64: string): Uint8Array<ArrayBuffer> {
  try {
    const bytes = Uint8Array.from(atob(keyBase64), (character) => character.charCodeAt(0));
    if (bytes.length > 0) return bytes;
  } catch {
    // Told below: it is no Base64.
  }
  throw refused('no account key has this form', 'wrong-secret');
}

function refused(detail: string, reason: NonNullable<StoreErrorDetails['reason']>): StoreError {
  return new StoreError('denied', { provider: 'azure', detail, reason });
}
