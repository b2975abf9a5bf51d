import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readKeyFile, type GcsCredentials } from '../storage/gcs/credentials.ts';
import { CliError } from './cli-error.mts';

const WHERE =
  'Name the JSON key of a service account in GOOGLE_APPLICATION_CREDENTIALS, or put its text into TWINCLOUD_GCS_KEY.';

/**
 * The key's text in TWINCLOUD_GCS_KEY, else the file that GOOGLE_APPLICATION_CREDENTIALS names, else the sign-on
 * that `gcloud auth application-default login` left. Read when a token is needed, so that a key that was
 * replaced counts at once. `undefined`: another endpoint than Google's is asked without a key where none is
 * given, and never with the sign-on.
 */
export function gcsCredentials(
  env: NodeJS.ProcessEnv,
  endpoint: string | undefined,
): (() => Promise<GcsCredentials>) | undefined {
  const text = env['TWINCLOUD_GCS_KEY'] ?? '';
  if (text !== '') return async () => readKeyFile(text);
  const file = env['GOOGLE_APPLICATION_CREDENTIALS'] ?? '';
  if (file !== '')
    return () => fromFile(file, (error) => `The key file ${file} cannot be read (${error}). ${WHERE}`);
  if (endpoint !== undefined) return undefined;
  return () => fromFile(signOnFile(env), () => `There is no key for Google Cloud Storage. ${WHERE}`);
}

async function fromFile(file: string, problem: (error: string) => string): Promise<GcsCredentials> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new CliError(problem(code), 1, error);
  });
  return readKeyFile(text);
}

/** Where Google's own tools keep it. */
function signOnFile(env: NodeJS.ProcessEnv): string {
  const folder =
    env['CLOUDSDK_CONFIG'] ||
    (process.platform === 'win32'
      ? join(env['APPDATA'] ?? homedir(), 'gcloud')
      : join(homedir(), '.config', 'gcloud'));
  return join(folder, 'application_default_credentials.json');
}
