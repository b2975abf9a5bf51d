import { CliError, EXIT } from './cli-error.mts';

/** A bucket of Google Cloud Storage. */
export interface GcsRemote {
  readonly kind: 'gcs';
  readonly bucket: string;
  /** Empty, or ends in `/`. */
  readonly prefix: string;
  /** Absent: Google's own. */
  readonly endpoint?: string;
}

/** https://cloud.google.com/storage/docs/buckets#naming */
const BUCKET = /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/u;
const FORM = 'gcs:bucket/prefix';

/** `gcs:bucket/prefix` or, as Google writes it, `gs://bucket/prefix`. Rejects with exit code 2. */
export function parseGcs(
  text: string,
  env: NodeJS.ProcessEnv,
  read: {
    readonly prefixOf: (path: string) => string;
    readonly endpointOf: (text: string | null) => string | undefined;
  },
): GcsRemote {
  const named = text.slice(text.indexOf(':') + 1).replace(/^\/\//u, '');
  if (named.includes('#')) throw wrong('The remote has a "#": write it as %23 if it belongs to the prefix.');
  const [path = '', query = ''] = named.split('?', 2);
  const [bucket = '', ...rest] = path.split('/');
  if (bucket.includes('@')) throw secretInside();
  const options = new URLSearchParams(query);
  for (const name of options.keys()) {
    if (name === 'endpoint') continue;
    if (/key|secret|token|password|credential|signature/iu.test(name)) throw secretInside();
    throw wrong(`The remote has an option "${name}" that is not known; there is endpoint.`);
  }
  if (!BUCKET.test(bucket)) {
    throw wrong(
      `"${bucket}" is no name of a bucket. A bucket of Google Cloud Storage is written as ${FORM}.`,
    );
  }
  const given = options.get('endpoint') ?? emulatorOf(env);
  const endpoint = read.endpointOf(given);
  return {
    kind: 'gcs',
    bucket,
    prefix: read.prefixOf(rest.join('/')),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}

/** As Google's own clients read it; without a scheme it is a test's server on this computer, and speaks HTTP. */
function emulatorOf(env: NodeJS.ProcessEnv): string | null {
  const host = env['STORAGE_EMULATOR_HOST'] ?? '';
  if (host === '') return null;
  return /^[a-z]+:\/\//iu.test(host) ? host : `http://${host}`;
}

/** The one spelling by which the remote is remembered. */
export function gcsText({ bucket, prefix, endpoint }: GcsRemote): string {
  const path = prefix.split('/').map(encodeURIComponent).join('/');
  const query = endpoint === undefined ? '' : `?${new URLSearchParams({ endpoint }).toString()}`;
  return `gcs:${bucket}/${path}${query}`;
}

/** As people are told of it. */
export function gcsName({ bucket, prefix, endpoint }: GcsRemote): string {
  return `gcs:${bucket}/${prefix}${endpoint === undefined ? '' : ` at ${new URL(endpoint).host}`}`;
}

function wrong(message: string): CliError {
  return new CliError(message, EXIT.usage);
}

function secretInside(): CliError {
  return wrong(
    'The remote must hold no secret: addresses are stored and shown. Name the key file in GOOGLE_APPLICATION_CREDENTIALS, or put its text into TWINCLOUD_GCS_KEY.',
  );
}
