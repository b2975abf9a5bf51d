import type { AzureSettings, CloudSettings, GcsSettings, S3Settings, Settings } from './settings/model.ts';

/** Where the vault is kept, without the keys. */
export type CloudItem =
  | ({ readonly kind: 's3' } & Omit<S3Settings, 'accessKeySecret' | 'secretKeySecret'>)
  | ({ readonly kind: 'azure' } & Omit<AzureSettings, 'keySecret'>)
  | ({ readonly kind: 'gcs' } & Omit<GcsSettings, 'keySecret'>);

/** What a link asks for. What it does not name is absent. */
export type SetupItems = { readonly cloud: CloudItem } & Partial<
  Omit<Settings, keyof CloudSettings | 'backups' | 'ai'>
>;
export type SetupItemKey = keyof SetupItems;

/** The cloud that is set up, without its keys; of what this version does not know, nothing. */
export function cloudItemOf({ cloudKind: kind, s3, azure, gcs }: CloudSettings): CloudItem {
  switch (kind) {
    case 's3': {
      const { endpoint, bucket, region, prefix, pathStyle } = s3;
      return { kind, endpoint, bucket, region, prefix, pathStyle };
    }
    case 'azure': {
      const { account, container, prefix, endpoint } = azure;
      return { kind, account, container, prefix, endpoint };
    }
    case 'gcs': {
      const { bucket, prefix, endpoint } = gcs;
      return { kind, bucket, prefix, endpoint };
    }
  }
}
