import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import type { ObjectStore } from '../../../src/storage/object-store.ts';
import { createAzureStore, type AzureStoreOptions } from '../../../src/storage/azure/azure-store.ts';
import { nodeClock } from '../../../src/cli/platform/clock.mts';
import { fetchTransport } from '../../../src/cli/platform/fetch-transport.mts';
import { nodeRandom } from '../../../src/cli/platform/random.mts';
import type { ServerAddress } from './server.mts';

let count = 0;

/** A new container of the account, made by the SDK with its own signatures; its name. */
export async function createContainer(server: ServerAddress): Promise<string> {
  const name = `container-${String(process.pid)}-${Date.now().toString(36)}-${String(count++)}`;
  const credential = new StorageSharedKeyCredential(server.accessKeyId, server.secretAccessKey);
  await new ContainerClient(`${server.endpoint}/${name}`, credential).create();
  return name;
}

/** The store of that container by the account's key, unless told otherwise. */
export function openContainer(
  server: ServerAddress,
  options: Partial<AzureStoreOptions> & Pick<AzureStoreOptions, 'container'>,
): ObjectStore {
  const { endpoint, accessKeyId: account, secretAccessKey: key } = server;
  return createAzureStore({
    access: () => Promise.resolve({ kind: 'key', account, key, endpoint }),
    transport: fetchTransport(),
    timer: nodeClock,
    random: nodeRandom,
    ...options,
  });
}
