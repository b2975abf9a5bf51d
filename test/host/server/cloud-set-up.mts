import type { ServerAddress } from '../../support/servers/server.mts';

/** Names of the secrets on a device that is set up for tests. */
export const SECRET_NAMES = { accessKey: 'twincloud-access-key', secretKey: 'twincloud-secret-key' } as const;

export interface CloudPlace {
  readonly server: ServerAddress;
  readonly bucket: string;
  readonly prefix?: string;
}

/** The plugin's `data.json`, as its settings would leave it; other settings on top. */
export function settingsFor(place: CloudPlace, others: Readonly<Record<string, unknown>> = {}): object {
  const { endpoint, region } = place.server;
  return {
    s3: {
      endpoint,
      region,
      bucket: place.bucket,
      prefix: place.prefix ?? 'notes',
      pathStyle: true,
      accessKeySecret: SECRET_NAMES.accessKey,
      secretKeySecret: SECRET_NAMES.secretKey,
    },
    ...others,
  };
}

export function secretsFor({ server }: CloudPlace): Readonly<Record<string, string>> {
  return {
    [SECRET_NAMES.accessKey]: server.accessKeyId,
    [SECRET_NAMES.secretKey]: server.secretAccessKey,
  };
}
