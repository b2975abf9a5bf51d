import type { Problem, SyncEvent } from '../../engine/api.ts';
import { countText, plainText } from '../../core/text/words.ts';

const VERBS: Readonly<Record<SyncEvent['kind'], string>> = {
  uploaded: 'Sent',
  'deleted-in-cloud': 'Deleted in the cloud',
  'renamed-in-cloud': 'Renamed in the cloud',
  downloaded: 'Received',
  trashed: 'Moved to the trash',
  'renamed-here': 'Renamed here',
  merged: 'Merged',
  'conflict-copy': 'Kept both versions',
  'kept-edit': 'Kept the edit',
  imported: 'Taken in from the bucket',
  repaired: 'Repaired',
  'newest-won': 'Kept the newest',
  resolved: 'Conflict resolved',
  reopened: 'Conflict open again',
};

const REASONED: ReadonlySet<SyncEvent['kind']> = new Set([
  'merged',
  'conflict-copy',
  'kept-edit',
  'imported',
  'repaired',
  'newest-won',
  'resolved',
  'reopened',
]);

function eventText({ kind, path, other, reason }: SyncEvent): string {
  const why = REASONED.has(kind) && reason !== '' ? ` (${reason})` : '';
  return `${VERBS[kind]}: ${wayText(kind, plainText(path), other === undefined ? undefined : plainText(other))}${why}`;
}

function wayText(kind: SyncEvent['kind'], path: string, other: string | undefined): string {
  if (other === undefined) return path;
  return kind.startsWith('renamed') ? `${other} → ${path}` : `${path}, the other as ${other}`;
}

function more(count: number): string {
  return count <= 1 ? '' : ` ${countText(count - 1, 'more file')}: see the sync log.`;
}

/** What the sync says of itself. */
export const SYNC_TEXTS = {
  event: eventText,
  unset: {
    cloud: {
      message: 'No cloud is set up. Name one in the settings of Twincloud.',
      inSettings: 'Select “Cloud” and say which bucket keeps this vault.',
    },
    key: (secret: string): { readonly message: string; readonly inSettings: string } => ({
      message: `The secret “${secret}” is not on this device. Enter it in the settings of Twincloud; secrets are not synced.`,
      inSettings: `The secret “${secret}” is not on this device. Select “Cloud” and enter it there; secrets are not synced.`,
    }),
  },
  paused: 'Syncing is paused on this device. Resume it first.',
  offline: 'This device is offline. The sync goes on by itself when the network is back.',
  stopped: 'The sync was stopped. What was finished stays finished; the next one goes on from there.',
  held: (count: number): string =>
    `${countText(count, 'change')} would delete or replace much at once and ${count === 1 ? 'is' : 'are'} held. Review them.`,
  firstPreview:
    'Both this vault and the cloud hold files. Look at what the first sync would do, then start it.',
  problems: ([first]: readonly Problem[], count: number): string => `${first?.message ?? ''}${more(count)}`,
  conflicts: (paths: readonly string[]): string => {
    const [first = ''] = paths.map(plainText);
    return paths.length === 1
      ? `Both versions of a note were kept: ${first}. Compare them, then delete one.`
      : `Both versions of ${countText(paths.length, 'note')} were kept, the first is ${first}. Compare them, then delete one of each.`;
  },
  failed: (detail: string): string => `The sync failed: ${detail}`,
  /** The engine words these for a terminal. */
  headVanished:
    'The bucket no longer has its head (.twincloud/head), though this device has synced with it. Nothing was changed. If the bucket was emptied on purpose, forget this cloud in the settings and set it up again; else restore the object.',
  nothingYet: 'There is nothing in this bucket yet. Sync first.',
  noVersion: (path: string): string =>
    `${plainText(path)}: this version is not in the cloud any more. Choose another one.`,
  wrongVersion: (path: string): string =>
    `${plainText(path)}: what the cloud has of this version is damaged. Run “Verify cloud”.`,
  openUnsaved: (path: string): string =>
    `${plainText(path)} has unsaved changes. Wait two seconds until they are saved, then try again.`,
  changedMeanwhile: (path: string): string => `${plainText(path)} changed meanwhile. Try again.`,
  noConditions: (detail: string): string =>
    `This cloud cannot keep a vault. ${detail} Two devices that write at once would overwrite each other there. Use one that keeps conditional writes: AWS S3, Cloudflare R2, MinIO and Ceph do.`,
  stateLost: (detail: string): string =>
    `What this device remembered was damaged and is made anew (${detail}). Nothing of the vault is lost.`,
  log: {
    started: 'Sync started.',
    done: (changes: number): string =>
      changes === 0 ? 'Synced: nothing had changed.' : `Synced: ${countText(changes, 'change')}.`,
    restored: (path: string): string => `Restored an earlier version: ${plainText(path)}`,
    forgotten: 'The cloud was forgotten on this device.',
    note: (event: string, detail: string): string => (detail === '' ? event : `${event}: ${detail}`),
  },
  deviceNames: {
    iphone: 'iPhone',
    ipad: 'iPad',
    phone: 'Android phone',
    tablet: 'Android tablet',
    mac: 'Mac',
    windows: 'Windows PC',
    other: 'Computer',
  },
  settingsBroken: (aside: string): string =>
    `Twincloud: its settings could not be read and start anew. The broken file was kept as ${aside}.`,
} as const;
