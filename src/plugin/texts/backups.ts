import type { BackupObstacle } from '../../core/model/backup-place.ts';
import { bytesText, countText, numberText, plainText } from '../../core/text/words.ts';
import type { BackupStatus, Promoted, SyncReport } from '../../engine/api.ts';
import type { BackupView } from '../service.ts';
import { clockText, timeText } from './times.ts';

/** As it is spoken of in a sentence. */
function nameText(name: string): string {
  return `“${name}”`;
}

function statusText({ state, holds, behindCommits, behindBytes, message }: BackupStatus): string {
  const why = message === undefined ? '' : ` ${plainText(message)}`;
  if (state === 'protected') return `Protected: it holds all that the cloud holds.${why}`;
  if (state === 'stopped') return `Stopped.${why}`;
  if (holds === undefined) return `It holds nothing yet.${why}`;
  const lag = `${countText(behindCommits, 'commit')} and ${bytesText(behindBytes)}`;
  return `Behind by ${lag}; last brought up ${timeText(holds.seenMs)}.${why}`;
}

function obstacleText(obstacle: BackupObstacle): string {
  switch (obstacle.kind) {
    case 'name':
      return 'A name has 1 to 30 small letters, digits and hyphens.';
    case 'reserved':
    case 'taken':
      return 'This name is taken. Give the backup another.';
    case 'same-place':
      return `This is the place of ${nameText(obstacle.with)}: a backup there would protect nothing. Name another bucket or folder.`;
    case 'inside':
      return `This place and that of ${nameText(obstacle.with)} lie one in the other: what the inner one holds would be taken for notes. Name another folder.`;
  }
}

const SWITCHED: Readonly<Record<Promoted['kind'], (name: string) => string>> = {
  promoted: (name) => `${name} is this vault’s cloud now.`,
  joined: (name) => `Another device had switched to ${name} before. This one follows.`,
  already: (name) => `${name} is this vault’s cloud already.`,
};

/** Backups: their page in the settings, what they are like, and the switch to one of them. */
export const BACKUP_TEXTS = {
  page: {
    name: 'Backups',
    desc: 'Other clouds that hold all that the cloud holds, for the day on which it fails.',
    none: 'None',
    heading: 'Clouds of this vault',
  },
  add: {
    name: 'Add a backup',
    desc: 'A bucket of another company, or on your own server. The next sync copies everything there.',
    button: 'Add backup',
    label: 'Name of the backup',
    labelDesc: 'The same on all your devices. Small letters, digits and hyphens.',
    save: 'Add and check',
    clean: 'All that is needed is there.',
  },
  check: 'Check',
  remove: {
    button: 'Remove',
    title: (name: string): string => `Remove the backup “${name}”?`,
    explain:
      'This device no longer brings it up. What is in it stays there, as it is, and the keys stay in the app’s secret storage.',
    inUse: (name: string): string => `“${name}” is the vault’s cloud now. Switch to another one first.`,
  },
  switch: {
    button: 'Switch',
    title: 'Switch to another cloud',
    explain: [
      'Notes are sent to that cloud from then on, and received from there. The other need not answer.',
      'Devices that know it follow by themselves. One that does not know it stops, with its notes as they are, until you add it there.',
      'What the former cloud has beyond is brought over when it answers again: merged, or as a conflict copy. It is a backup then, and you can switch back.',
    ],
    done: ({ kind, name, behindCommits }: Promoted): string =>
      SWITCHED[kind](nameText(name)) +
      (behindCommits === 0
        ? ''
        : ` It lacks ${countText(behindCommits, 'commit')}: what of them is in this vault is sent now, the rest comes when the former cloud is back.`),
  },
  noConditions:
    'It keeps no conditional writes. That is enough for a backup, but the vault cannot switch to it: two devices that write at once would overwrite each other there.',
  moved:
    'Another device has switched this vault to a cloud that this one does not know or reach. Nothing was changed. Add that cloud as a backup in the settings; or, if it is gone for good, “Switch to backup” goes on with another.',
  obstacle: obstacleText,
  view: ({ place, isCurrent, status }: BackupView): string =>
    `${place}. ${isCurrent ? 'In use.' : status === undefined ? 'Not looked at yet in this session.' : statusText(status)}`,
  protected: (names: readonly string[]): string => `Protected by ${names.map(nameText).join(', ')}.`,
  unprotected: (status: BackupStatus): string => `${nameText(status.name)}: ${statusText(status)}`,
  savedNow: 'This device’s edits are in the cloud. The backups are brought up now.',
  away: ({ readFrom, sinceMs, waiting }: NonNullable<SyncReport['away']>): string =>
    `The cloud has not answered since ${clockText(sinceMs)}. Notes are received from ${nameText(readFrom)}; changes that wait here: ${numberText(waiting)}. If it stays away, use “Switch to backup”.`,
} as const;
