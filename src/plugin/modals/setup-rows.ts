import type { Settings } from '../settings/model.ts';
import type { CloudItem, SetupItemKey, SetupItems } from '../setup-items.ts';
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
    const now = wordsOf(key, { ...settings, cloud: settings.s3 });
    const isSame = asked.join('\n') === now.join('\n');
    return { key, name: TEXTS.setupLink.name(key), asked, now, isSame };
  });
}

/** The settings with the items in `taken` as the link has them; those of the keys stay with the cloud. */
export function settingsFrom(
  items: SetupItems,
  taken: ReadonlySet<SetupItemKey>,
  keys: { readonly accessKeySecret: string; readonly secretKeySecret: string },
): Partial<Settings> {
  const { cloud, ...others } = items;
  const chosen = Object.entries(others).filter(([key]) => taken.has(key as SetupItemKey));
  return {
    ...(Object.fromEntries(chosen) as Partial<Settings>),
    ...(taken.has('cloud') ? { s3: { ...cloud, ...keys } } : {}),
  };
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
  if (cloud.bucket === '') return [TEXTS.setupLink.none];
  const { setupLink } = TEXTS;
  return [
    `${setupLink.endpoint}: ${cloud.endpoint === '' ? setupLink.amazon : plainText(cloud.endpoint)}`,
    `${setupLink.bucket}: ${plainText(cloud.bucket)}`,
    `${setupLink.region}: ${plainText(cloud.region)}`,
    `${setupLink.prefix}: ${cloud.prefix === '' ? setupLink.wholeBucket : plainText(cloud.prefix)}`,
    `${setupLink.pathStyle}: ${cloud.pathStyle ? setupLink.on : setupLink.off}`,
  ];
}
