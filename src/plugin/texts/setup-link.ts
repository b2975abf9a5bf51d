import type { SetupItemKey } from '../setup-items.ts';

const NAMES: Readonly<Record<SetupItemKey, string>> = {
  cloud: 'Cloud',
  ignore: 'Ignore patterns',
  dotFolders: 'Folders that begin with a dot',
  readableCopy: 'Readable copy',
  conflicts: 'Conflicts',
  intervalMinutes: 'Minutes between syncs',
  syncOnStart: 'Sync on start',
  syncAfterEdit: 'Sync after an edit',
  maxFileMiB: 'Largest file (MiB)',
};

export const SETUP_LINK_TEXTS = {
  title: 'Set up from a link',
  explain:
    'A link asks to set up syncing in this vault. Take it only if you made it yourself on another device: whoever owns the bucket can read what is synced to it.',
  name: (key: SetupItemKey): string => NAMES[key],
  on: 'On',
  off: 'Off',
  none: 'None',
  amazon: 'Amazon, by region',
  azureOwn: 'Azure’s own',
  googleOwn: 'Google’s own',
  wholeBucket: 'The whole bucket',
  wholeContainer: 'The whole container',
  now: (value: string): string => `Now: ${value}`,
  sameAsNow: 'Same as now',
  take: (name: string): string => `Take over: ${name}`,
  replaces:
    'This vault syncs with another cloud already. If you take this item, it syncs with the new one instead; nothing in the old one is deleted.',
  keys: 'Keys',
  keysExplain: 'The link holds no keys. Select or enter them here, or do it later in the settings.',
  apply: 'Set up',
  applied: 'Twincloud is set up. Check the connection next.',
  nothing: 'Nothing was selected, so nothing was changed.',
  copied: 'Setup link copied. It holds no keys. Open it on the other device, in the vault to be synced.',
  byHandTitle: 'Copy the setup link',
  byHand:
    'The system did not let the link be copied. Copy it from here by hand, and open it on the other device, in the vault to be synced. It holds no keys.',
  link: 'Setup link',
  unset: 'There is nothing to copy yet: set up a cloud in the settings first.',
  refused: (reason: string): string =>
    `Twincloud: this setup link cannot be used. ${reason} Copy it again on the other device.`,
  wrongVersion: 'It was made by a newer version of Twincloud.',
  noCloud: 'It does not name a bucket.',
  wrong: (name: string): string => `Its part “${name}” is wrong.`,
} as const;
