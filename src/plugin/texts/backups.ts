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
      return `This place and that of ${nameText(obstacle.with)} lie one in the other, so that one would take the other’s objects for notes. Name another folder.`;
  }
}

const SWITCHED: Readonly<Record<Promoted['kind'], (name: string) => string>> = {
  promoted: (name) => `${name} is this vault’s cloud now.`,
  joined: (name) => `Another device had switched to ${name}. This one follows.`,
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
    desc: 'A bucket of another company or on your own server. The next sync copies all to it.',
    label: 'Name',
    labelDesc: 'The same everywhere.',
    save: 'Add and check',
  },
  check: 'Check',
  remove: {
    button: 'Remove',
    title: (name: string): string => `Remove the backup “${name}”?`,
    explain:
      'What is in it stays there, and is no longer brought up. The keys stay in the app’s secret storage.',
    inUse: (name: string): string => `“${name}” is the vault’s cloud now. Switch to another one first.`,
  },
  switch: {
    button: 'Switch',
    title: 'Switch to another cloud',
    explain: [
      'From then on notes go to the cloud that you select and come from there. The one in use now need not answer.',
      'Devices that know it follow by themselves. A device without this backup stops, its notes untouched, until you add the backup there.',
      'What only the former cloud has comes over when it answers again: merged, or as a conflict copy. Then it is a backup, and you can switch back.',
    ],
    done: ({ kind, name, behindCommits }: Promoted): string =>
      SWITCHED[kind](nameText(name)) +
      (behindCommits === 0
        ? ''
        : ` It lacks ${countText(behindCommits, 'commit')}: what this vault has of them is sent now, the rest comes with the former cloud.`),
  },
  noConditions:
    'It keeps no conditional writes. That is enough for a backup, but not to switch to it: two devices that write at once would overwrite each other.',
  moved:
    'Another device has switched to a cloud that this one does not know or reach. Nothing was changed. Add that cloud as a backup; if it is gone for good, use “Switch to backup”.',
  obstacle: obstacleText,
  view: ({ place, isCurrent, status }: BackupView): string =>
    `${place}. ${isCurrent ? 'In use.' : status === undefined ? 'Not looked at yet.' : statusText(status)}`,
  protected: (names: readonly string[]): string => `Protected by ${names.map(nameText).join(', ')}.`,
  unprotected: (status: BackupStatus): string => `${nameText(status.name)}: ${statusText(status)}`,
  away: ({ readFrom, sinceMs, waiting }: NonNullable<SyncReport['away']>): string =>
    `The cloud has not answered since ${clockText(sinceMs)}. Notes are received from ${nameText(readFrom)}; changes that wait here: ${numberText(waiting)}. If it stays away, “Switch to backup”.`,
} as const;
