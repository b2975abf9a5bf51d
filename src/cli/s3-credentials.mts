import type { S3Credentials } from '../storage/s3/check-settings.ts';
import { CliError } from './cli-error.mts';

const WHERE =
  'Set TWINCLOUD_S3_ACCESS_KEY_ID and TWINCLOUD_S3_SECRET_ACCESS_KEY (and TWINCLOUD_S3_SESSION_TOKEN for a temporary key), or give the keys as the AWS tools take them (AWS_ACCESS_KEY_ID, or AWS_PROFILE and ~/.aws/credentials).';

/** The own variables, else whatever the AWS tools would use. Asked when the first request is made. */
export function s3Credentials(env: NodeJS.ProcessEnv): () => Promise<S3Credentials> {
  return async () => {
    const accessKeyId = env['TWINCLOUD_S3_ACCESS_KEY_ID'];
    const secretAccessKey = env['TWINCLOUD_S3_SECRET_ACCESS_KEY'];
    const sessionToken = env['TWINCLOUD_S3_SESSION_TOKEN'];
    if ((accessKeyId ?? '') === '' && (secretAccessKey ?? '') === '')
      return standardKeys(env) ?? standardChain();
    if (
      accessKeyId === undefined ||
      secretAccessKey === undefined ||
      accessKeyId === '' ||
      secretAccessKey === ''
    ) {
      throw new CliError(`Only one half of the S3 key is set. ${WHERE}`);
    }
    return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  };
}

/** The chain's first link, read without a client: the SDK takes long to make one. A profile goes before it. */
function standardKeys(env: NodeJS.ProcessEnv): S3Credentials | undefined {
  const accessKeyId = env['AWS_ACCESS_KEY_ID'] ?? '';
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'] ?? '';
  if (accessKeyId === '' || secretAccessKey === '') return undefined;
  if ((env['AWS_PROFILE'] ?? '') !== '' || (env['AWS_CREDENTIAL_EXPIRATION'] ?? '') !== '') return undefined;
  const sessionToken = env['AWS_SESSION_TOKEN'] ?? '';
  return { accessKeyId, secretAccessKey, ...(sessionToken === '' ? {} : { sessionToken }) };
}

/** Environment, shared files, sign-on, container and instance roles: in the SDK's order. */
async function standardChain(): Promise<S3Credentials> {
  const { S3Client } = await import('../storage/s3/sdk.ts');
  // A client that sends nothing: it knows the chain of its own platform.
  const client = new S3Client({ region: 'us-east-1' });
  try {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await client.config.credentials();
    return {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      ...(expiration === undefined ? {} : { expiration }),
    };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new CliError(`No keys for S3 were found (${detail}). ${WHERE}`, 1, error);
  } finally {
    client.destroy();
  }
}
