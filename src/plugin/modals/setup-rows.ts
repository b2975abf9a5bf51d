import { hasCloud } from '../settings/cloud.ts';
import type { CloudSecretKey } from '../settings/cloud-fields.ts';
import type { CloudSettings, Settings } from '../settings/model.ts';
import { cloudItemOf, type CloudItem, type SetupItemKey, type SetupItems } from '../setup-items.ts';
import { TEXTS } from '../texts.ts';
import { plainText } from '../../core/text/words.ts';

/** One item of a setup link beside what this device has, in words. */
export interface SetupRow {
  readonly key: SetupItemKey;
  readonly name: string;
  readonly asked: readonly string[];
  readonly now: readonly string[];
  readonly isSame: boolean;
}

const ORDER: readonly SetupItemKey[] = [
  'cloud',
  'ignore',
  'dotFolders',
  'readableCopy',
  'conflicts',
  'intervalMinutes',
  'syncOnStart',
  'syncAfterEdit',
  'maxFileMiB',
];

/** What a link asks for, to be confirmed item by item. */
export function setupRows(items: SetupItems, settings: Settings): readonly SetupRow[] {
  return ORDER.filter((key) => items[key] !== undefined).map((key) => {
    const asked = wordsOf(key, items);
    const isUnset = key === 'cloud' && !hasCloud(settings);
    const cloud = cloudItemOf(settings);
    const now = isUnset ? [TEXTS.setupLink.none] : wordsOf(key, { ...settings, cloud });
    const isSame = asked.join('\n') === now.join('\n');
    return { key, name: TEXTS.setupLink.name(key), asked, now, isSame };
  });
}

/** The settings with the items in `taken` as the link has them; those of the keys stay with the cloud. */
export function settingsFrom(
  items: SetupItems,
  taken: ReadonlySet<SetupItemKey>,
  secrets: SecretNames,
): Partial<Settings> {
  const { cloud, ...others } = items;
  const chosen = Object.entries(others).filter(([key]) => taken.has(key as SetupItemKey));
  return {
    ...(Object.fromEntries(chosen) as Partial<Settings>),
    ...(taken.has('cloud') ? cloudWith(cloud, secrets) : {}),
  };
}

/** What a person selected for the cloud of a link: names of secrets; empty, or not there, for none yet. */
export type SecretNames = Readonly<Partial<Record<CloudSecretKey, string>>>;

function cloudWith(cloud: CloudItem, secrets: SecretNames): Partial<CloudSettings> {
  switch (cloud.kind) {
    case 's3': {
      const { kind, ...place } = cloud;
      const accessKeySecret = secrets['s3.accessKeySecret'] ?? '';
      const secretKeySecret = secrets['s3.secretKeySecret'] ?? '';
      return { cloudKind: kind, s3: { ...place, accessKeySecret, secretKeySecret } };
    }
    case 'azure': {
      const { kind, ...place } = cloud;
      return { cloudKind: kind, azure: { ...place, keySecret: secrets['azure.keySecret'] ?? '' } };
    }
    case 'gcs': {
      const { kind, ...place } = cloud;
      return { cloudKind: kind, gcs: { ...place, keySecret: secrets['gcs.keySecret'] ?? '' } };
    }
  }
}

function wordsOf(key: SetupItemKey, items: SetupItems): readonly string[] {
  const { setupLink } = TEXTS;
  switch (key) {
    case 'cloud':
      return cloudWords(items.cloud);
    case 'ignore':
      return items.ignore === undefined || items.ignore.length === 0
        ? [setupLink.none]
        : items.ignore.map(plainText);
    case 'conflicts':
      return items.conflicts === undefined ? [] : [TEXTS.settings.files.conflicts.options[items.conflicts]];
    case 'intervalMinutes':
    case 'maxFileMiB':
      return [String(items[key])];
    case 'dotFolders':
    case 'readableCopy':
    case 'syncOnStart':
    case 'syncAfterEdit':
      return [items[key] === true ? setupLink.on : setupLink.off];
  }
}

function cloudWords(cloud: CloudItem): readonly string[] {
  const { setupLink, settings } = TEXTS;
  const { s3, azure, gcs, cloudKind } = settings.cloud;
  const line = (name: string, value: string, empty: string): string =>
    `${name}: ${value === '' ? empty : plainText(value)}`;
  const kind = `${cloudKind.name}: ${cloudKind.options[cloud.kind]}`;
  switch (cloud.kind) {
    case 's3':
      return [
        line(s3.endpoint.name, cloud.endpoint, setupLink.amazon),
        line(s3.bucket.name, cloud.bucket, ''),
        line(s3.region.name, cloud.region, ''),
        line(s3.prefix.name, cloud.prefix, setupLink.wholeBucket),
        `${s3.pathStyle.name}: ${cloud.pathStyle ? setupLink.on : setupLink.off}`,
      ];
    case 'azure':
      return [
        kind,
        line(azure.account.name, cloud.account, ''),
        line(azure.container.name, cloud.container, ''),
        line(azure.prefix.name, cloud.prefix, setupLink.wholeContainer),
        line(azure.endpoint.name, cloud.endpoint, setupLink.azureOwn),
      ];
    case 'gcs':
      return [
        kind,
        line(gcs.bucket.name, cloud.bucket, ''),
        line(gcs.prefix.name, cloud.prefix, setupLink.wholeBucket),
        line(gcs.endpoint.name, cloud.endpoint, setupLink.googleOwn),
      ];
  }
}
