import { blobEndpoint, readConnectionString, type AzureAccess } from '../storage/azure/access.ts';
import { CliError } from './cli-error.mts';
import type { RemoteSpec } from './remote.mts';

type AzureRemote = Extract<RemoteSpec, { kind: 'azure' }>;

const WHERE =
  'Set TWINCLOUD_AZURE_ACCOUNT_KEY (the account’s key), TWINCLOUD_AZURE_SAS (a SAS of the container or account) or TWINCLOUD_AZURE_CONNECTION_STRING.';

/** The first that is set: SAS, account key, connection string. Asked when the first request is made. */
export function azureAccess(remote: AzureRemote, env: NodeJS.ProcessEnv): () => Promise<AzureAccess> {
  return async () => {
    const { account } = remote;
    const endpoint = remote.endpoint ?? blobEndpoint(account);
    const sas = env['TWINCLOUD_AZURE_SAS'] ?? '';
    // People copy the whole address as often as its query.
    if (sas !== '') return { kind: 'sas', endpoint, sas: sas.slice(sas.indexOf('?') + 1) };
    const key = env['TWINCLOUD_AZURE_ACCOUNT_KEY'] ?? '';
    if (key !== '') return { kind: 'key', account, key, endpoint };
    const text = env['TWINCLOUD_AZURE_CONNECTION_STRING'] ?? '';
    if (text === '') throw new CliError(`No key for Azure was found. ${WHERE}`);
    const access = readConnectionString(text);
    if (access.kind === 'key' && access.account !== account) {
      throw new CliError(`The connection string is that of another account than ${account}. ${WHERE}`);
    }
    return Promise.resolve(access);
  };
}
