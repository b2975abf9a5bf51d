import { DEFAULTS } from './defaults.ts';
import { MAIN, type CloudPlace, type NamedPlace } from '../../core/model/backup-place.ts';
import { serverOf } from '../../storage/http/server-of.ts';
import type { CloudSettings, Settings } from './model.ts';

/** No cloud at all. */
export const NO_CLOUD: CloudSettings = {
  cloudKind: DEFAULTS.cloudKind,
  s3: DEFAULTS.s3,
  azure: DEFAULTS.azure,
  gcs: DEFAULTS.gcs,
};

/** Whether a place is named, with or without what opens it. */
export function hasCloud(settings: CloudSettings): boolean {
  return cloudName(settings) !== '';
}

/** Whether enough is said to try a connection. */
export function isCloudNamed(settings: CloudSettings): boolean {
  const { s3, azure, gcs } = settings;
  switch (settings.cloudKind) {
    case 's3':
      return s3.bucket !== '' && s3.accessKeySecret !== '' && s3.secretKeySecret !== '';
    case 'azure':
      return azure.account !== '' && azure.container !== '' && azure.keySecret !== '';
    case 'gcs':
      return gcs.bucket !== '' && gcs.keySecret !== '';
  }
}

/** `bucket/prefix`, as a person knows it; empty where none is named. */
export function cloudName({ cloudKind, s3, azure, gcs }: CloudSettings): string {
  if (cloudKind === 'azure') {
    if (azure.account === '' || azure.container === '') return '';
    return pathOf(azure.account, azure.container, azure.prefix);
  }
  const { bucket, prefix } = cloudKind === 's3' ? s3 : gcs;
  return bucket === '' ? '' : pathOf(bucket, prefix);
}

/** Two settings with one id speak of one vault in one cloud. */
export function cloudId({ cloudKind, s3, azure, gcs }: CloudSettings): string {
  switch (cloudKind) {
    case 's3':
      // As it was before there were kinds: another id is another cloud, with which a device starts afresh.
      return JSON.stringify([s3.endpoint, s3.bucket, s3.region, s3.prefix, s3.pathStyle]);
    case 'azure':
      return JSON.stringify(['azure', azure.account, azure.container, azure.prefix, azure.endpoint]);
    case 'gcs':
      return JSON.stringify(['gcs', gcs.bucket, gcs.prefix, gcs.endpoint]);
  }
}

/** The same for two settings that speak of one place in two ways. */
export function placeOf({ cloudKind, s3, azure, gcs }: CloudSettings): CloudPlace {
  const { endpoint, prefix: path } = { s3, azure, gcs }[cloudKind];
  const bucket =
    cloudKind === 'azure' ? `${azure.account}/${azure.container}` : { s3, gcs }[cloudKind].bucket;
  return { store: `${cloudKind} ${serverOf(endpoint)} ${bucket}`, path };
}

/** All clouds of the vault that are named, with their places. */
export function placesOf(settings: Settings): readonly NamedPlace[] {
  const backups = settings.backups.map((one) => ({ name: one.name, place: placeOf(one) }));
  return hasCloud(settings) ? [{ name: MAIN, place: placeOf(settings) }, ...backups] : backups;
}

function pathOf(...names: readonly string[]): string {
  return names.filter((name) => name !== '').join('/');
}
