import { isCloudNamed } from '../settings/cloud.ts';
import type { AzureSettings, CloudSettings, GcsSettings, S3Settings } from '../settings/model.ts';
import { TEXTS } from '../texts.ts';
import { UnsetError } from './outcome.ts';

/** A cloud and what opens it, out of the app's secret storage. */
export type CloudWithKeys =
  | {
      readonly kind: 's3';
      readonly place: S3Settings;
      readonly keys: { readonly accessKeyId: string; readonly secretAccessKey: string };
    }
  | { readonly kind: 'azure'; readonly place: AzureSettings; readonly key: string }
  | { readonly kind: 'gcs'; readonly place: GcsSettings; readonly key: string };

/** Throws an `UnsetError` where a key is not on this device. */
export function withKeys(settings: CloudSettings, find: (name: string) => string | undefined): CloudWithKeys {
  if (!isCloudNamed(settings)) throw new UnsetError(TEXTS.sync.unset.cloud);
  const secret = (name: string): string => {
    const found = find(name);
    if (found === undefined || found === '') throw new UnsetError(TEXTS.sync.unset.key(name));
    return found;
  };
  const { cloudKind: kind, s3, azure, gcs } = settings;
  if (kind === 'azure') return { kind, place: azure, key: secret(azure.keySecret) };
  if (kind === 'gcs') return { kind, place: gcs, key: secret(gcs.keySecret) };
  const accessKeyId = secret(s3.accessKeySecret);
  return { kind, place: s3, keys: { accessKeyId, secretAccessKey: secret(s3.secretKeySecret) } };
}
