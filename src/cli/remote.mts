import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CloudPlace } from '../core/model/backup-place.ts';
import { serverOf } from '../storage/http/server-of.ts';
import { CliError, EXIT } from './cli-error.mts';
import { gcsName, gcsText, parseGcs, type GcsRemote } from './gcs-remote.mts';

/** A cloud as `--remote` names it. No secret is ever part of it. */
export type RemoteSpec =
  | { readonly kind: 'folder'; readonly folder: string; readonly prefix: string }
  | {
      readonly kind: 's3';
      readonly bucket: string;
      /** Empty, or ends in `/`. */
      readonly prefix: string;
      readonly region: string;
      readonly endpoint?: string;
      readonly pathStyle: boolean;
    }
  | {
      readonly kind: 'azure';
      readonly account: string;
      readonly container: string;
      /** Empty, or ends in `/`. */
      readonly prefix: string;
      readonly endpoint?: string;
    }
  | GcsRemote;

const FORMS =
  'folder:/path/to/folder, s3://bucket/prefix?region=…&endpoint=https://…&path-style=true, azure://account/container/prefix or gcs:bucket/prefix';
const S3_OPTIONS = ['region', 'endpoint', 'path-style'];
const AZURE_OPTIONS = ['endpoint'];
const ACCOUNT = /^[a-z0-9]{3,24}$/u;
const CONTAINER = /^[a-z0-9](?:-?[a-z0-9]){2,62}$/u;
const BUCKET = /^[a-zA-Z0-9][a-zA-Z0-9._-]{1,254}$/u;
const DEFAULT_REGION = 'us-east-1';

/** Where relative folders begin and unsaid regions come from. */
export interface RemoteSurroundings {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Rejects with exit code 2; the message never repeats what might be a secret. */
export function parseRemote(text: string, { cwd, env }: RemoteSurroundings): RemoteSpec {
  const at = text.indexOf(':');
  const scheme = text.slice(0, Math.max(at, 0)).toLowerCase();
  if (scheme === 'folder') return parseFolder(text.slice(at + 1), cwd);
  if (scheme === 's3') return parseS3(text, env);
  if (scheme === 'gcs' || scheme === 'gs') return parseGcs(text, env, { prefixOf, endpointOf });
  if (scheme === 'azure') return parseAzure(text);
  if (scheme === 'file' && URL.canParse(text)) {
    return { kind: 'folder', folder: fileURLToPath(text), prefix: '' };
  }
  throw wrong(`A remote is written as ${FORMS}.`);
}

function parseFolder(path: string, cwd: string): RemoteSpec {
  const plain = path.startsWith('//') ? path.replace(/^\/+/u, '/') : path;
  if (plain === '') throw wrong('The remote names no folder: write folder:/path/to/folder.');
  return { kind: 'folder', folder: isAbsolute(plain) ? resolve(plain) : resolve(cwd, plain), prefix: '' };
}

/** What stands between the scheme and the first slash. Before an "@" is where other tools put keys. */
function authorityOf(text: string): string {
  const authority =
    text
      .slice(text.indexOf(':') + 1)
      .replace(/^\/\//u, '')
      .split(/[/?#]/u)[0] ?? '';
  if (authority.includes('@')) throw secretInside();
  return authority;
}

function parseAzure(text: string): RemoteSpec {
  const account = authorityOf(text);
  if (!URL.canParse(text)) throw wrong(`This is no address of a container. A remote is written as ${FORMS}.`);
  const url = new URL(text);
  checkOptions(url, AZURE_OPTIONS);
  const [container = '', ...rest] = url.pathname.split('/').filter((part) => part !== '');
  if (!ACCOUNT.test(account) || !CONTAINER.test(container)) {
    throw wrong('An Azure remote names account and container: azure://account/container/prefix.');
  }
  const endpoint = endpointOf(url.searchParams.get('endpoint'));
  return {
    kind: 'azure',
    account,
    container,
    prefix: prefixOf(rest.join('/')),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}

function parseS3(text: string, env: NodeJS.ProcessEnv): RemoteSpec {
  const authority = authorityOf(text);
  if (!URL.canParse(text)) throw wrong(`This is no address of a bucket. A remote is written as ${FORMS}.`);
  const url = new URL(text);
  checkOptions(url, S3_OPTIONS);
  const bucket = authority;
  if (!BUCKET.test(bucket))
    throw wrong(`"${bucket}" is no name of a bucket. A remote is written as ${FORMS}.`);
  const endpoint = endpointOf(url.searchParams.get('endpoint'));
  return {
    kind: 's3',
    bucket,
    prefix: prefixOf(url.pathname),
    region:
      url.searchParams.get('region') ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? DEFAULT_REGION,
    ...(endpoint === undefined ? {} : { endpoint }),
    pathStyle: flagOf(url.searchParams.get('path-style')) ?? endpoint !== undefined,
  };
}

function checkOptions(url: URL, options: readonly string[]): void {
  for (const name of url.searchParams.keys()) {
    if (options.includes(name)) continue;
    if (/key|secret|token|password|credential|sig/iu.test(name)) throw secretInside();
    throw wrong(`The remote has an option "${name}" that is not known; there are ${options.join(', ')}.`);
  }
  if (url.hash !== '') throw wrong('The remote has a "#": write it as %23 if it belongs to the prefix.');
}

function prefixOf(pathname: string): string {
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    throw wrong('The remote’s prefix has a "%" that begins no character: write it as %25.');
  }
  const parts = path.split('/').filter((part) => part !== '');
  return parts.length === 0 ? '' : `${parts.join('/')}/`;
}

function endpointOf(text: string | null): string | undefined {
  if (text === null || text === '') return undefined;
  const whole = /^[a-z]+:\/\//iu.test(text) ? text : `https://${text}`;
  if (!URL.canParse(whole))
    throw wrong('The remote’s endpoint is no address: write endpoint=https://host:port.');
  const url = new URL(whole);
  if (url.username !== '' || url.password !== '') throw secretInside();
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw wrong('The remote’s endpoint must begin with https:// or http://.');
  return url.href.replace(/\/$/u, '');
}

function flagOf(text: string | null): boolean | undefined {
  if (text === null) return undefined;
  if (text === 'true' || text === '1' || text === '') return true;
  if (text === 'false' || text === '0') return false;
  throw wrong('path-style is true or false.');
}

/** The same for two remotes that are written in two ways. */
export function placeOf(remote: RemoteSpec): CloudPlace {
  if (remote.kind === 'folder') return { store: 'folder', path: remote.folder };
  const { kind, prefix: path, endpoint } = remote;
  const server = endpoint === undefined ? '' : serverOf(endpoint);
  const bucket = kind === 'azure' ? `${remote.account}/${remote.container}` : remote.bucket;
  return { store: `${kind} ${server} ${bucket}`, path };
}

/** The one spelling by which a remote is remembered. */
export function remoteText(remote: RemoteSpec): string {
  if (remote.kind === 'folder') return `folder:${remote.folder}`;
  if (remote.kind === 'gcs') return gcsText(remote);
  const prefix = remote.prefix.split('/').map(encodeURIComponent).join('/');
  if (remote.kind === 'azure') {
    const endpoint = remote.endpoint === undefined ? '' : `?endpoint=${encodeURIComponent(remote.endpoint)}`;
    return `azure://${remote.account}/${remote.container}/${prefix}${endpoint}`;
  }
  const query = new URLSearchParams({ region: remote.region });
  if (remote.endpoint !== undefined) query.set('endpoint', remote.endpoint);
  query.set('path-style', String(remote.pathStyle));
  return `s3://${remote.bucket}/${prefix}?${query.toString()}`;
}

/** As people are told of it. */
export function remoteName(remote: RemoteSpec): string {
  if (remote.kind === 'folder') return remote.folder;
  if (remote.kind === 'gcs') return gcsName(remote);
  const host = remote.endpoint === undefined ? '' : ` at ${new URL(remote.endpoint).host}`;
  if (remote.kind === 'azure') return `azure://${remote.account}/${remote.container}/${remote.prefix}${host}`;
  return `s3://${remote.bucket}/${remote.prefix}${host}`;
}

function wrong(message: string): CliError {
  return new CliError(message, EXIT.usage);
}

function secretInside(): CliError {
  return wrong(
    'The remote must hold no secret: addresses are stored and shown. Put the keys into TWINCLOUD_S3_ACCESS_KEY_ID and TWINCLOUD_S3_SECRET_ACCESS_KEY, or where the AWS tools look for them; for Azure into TWINCLOUD_AZURE_ACCOUNT_KEY or TWINCLOUD_AZURE_SAS.',
  );
}
