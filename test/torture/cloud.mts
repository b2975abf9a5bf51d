import { createContainer } from '../support/servers/azure-container.mts';
import { createBucket } from '../support/servers/s3-bucket.mts';
import type { ServerAddress } from '../support/servers/server.mts';

export interface TortureCloud {
  readonly remote: string;
  /** The server's keys, as the command finds them. */
  readonly env: NodeJS.ProcessEnv;
}

/** A new bucket or container of that server, and how the command is told of it. `host`: where it is found, when that is a proxy. */
export async function newCloud(server: ServerAddress, host?: string): Promise<TortureCloud> {
  const { accessKeyId, secretAccessKey, region, kind } = server;
  if (kind === 'azure') {
    const endpoint = host === undefined ? server.endpoint : `${host}/${accessKeyId}`;
    return {
      remote: `azure://${accessKeyId}/${await createContainer(server)}/my notes?endpoint=${endpoint}`,
      env: { TWINCLOUD_AZURE_ACCOUNT_KEY: secretAccessKey },
    };
  }
  const endpoint = host ?? server.endpoint;
  return {
    remote: `s3://${await createBucket(server)}/my notes?endpoint=${endpoint}&region=${region}`,
    env: {
      TWINCLOUD_S3_ACCESS_KEY_ID: accessKeyId,
      TWINCLOUD_S3_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  };
}
