import { randomBytes } from 'node:crypto';
import { fetchTransport } from '../../../src/cli/platform/fetch-transport.mts';
import { nodeClock } from '../../../src/cli/platform/clock.mts';
import { readKeyFile } from '../../../src/storage/gcs/credentials.ts';
import { createGcsStore, type GcsStoreOptions } from '../../../src/storage/gcs/gcs-store.ts';
import type { ObjectStore } from '../../../src/storage/object-store.ts';
import type { ServerAddress } from './server.mts';

let count = 0;

/** A token of the server's owner, by the provider's own road. */
export async function ownersToken(server: ServerAddress): Promise<string> {
  const { AccessTokens } = await import('../../../src/storage/gcs/access-tokens.ts');
  const credentials = () => Promise.resolve(readKeyFile(server.secretAccessKey));
  return new AccessTokens({ credentials, transport: fetchTransport(), timer: nodeClock }).current();
}

/** A new bucket of the server's owner; its name. Buckets go when the server does. */
export async function createBucket(server: ServerAddress): Promise<string> {
  const name = `bucket-${String(process.pid)}-${Date.now().toString(36)}-${String(count++)}`;
  const response = await fetch(`${server.endpoint}/storage/v1/b?project=twincloud-test`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await ownersToken(server)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  if (!response.ok) throw new Error(`no bucket: ${String(response.status)} ${await response.text()}`);
  return name;
}

/** The store of that bucket, as the server's owner unless told otherwise. */
export function openBucket(
  server: ServerAddress,
  options: Partial<GcsStoreOptions> & Pick<GcsStoreOptions, 'bucket'>,
): ObjectStore {
  return createGcsStore({
    endpoint: server.endpoint,
    credentials: () => Promise.resolve(readKeyFile(server.secretAccessKey)),
    transport: fetchTransport(),
    timer: nodeClock,
    random: { hex: (digits) => randomBytes(digits).toString('hex').slice(0, digits) },
    ...options,
  });
}
