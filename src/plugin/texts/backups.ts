import type { BackupObstacle } from '../../core/model/backup-place.ts';
import { MAIN } from '../../core/model/backup-place.ts';
import { bytesText, countText, plainText } from '../../core/text/words.ts';
import type { BackupStatus, Promoted, SyncReport } from '../../engine/api.ts';
import { clockText, timeText } from './times.ts';

/** As it is spoken of in a sentence. */
function nameText(name: string): string {
  return name === MAIN ? 'the cloud named first' : `“${name}”`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function statusText({ state, holds, behindCommits, behindBytes, message }: BackupStatus): string {
  const why = message === undefined ? '' : ` ${plainText(message)}`;
  const seen =
    holds === undefined ? 'It holds nothing yet.' : `Last brought up at ${timeText(holds.seenMs)}.`;
  if (state === 'protected') return `Protected: it holds all that the cloud holds.${why}`;
  if (state === 'stopped') return `Stopped.${why}`;
  const lag =
    holds === undefined ? '' : `, ${countText(behindCommits, 'commit')} and ${bytesText(behindBytes)} behind`;
  return `Behind${lag}. ${seen}${why}`;
}

function obstacleText(obstacle: BackupObstacle): string {
  switch (obstacle.kind) {
    case 'name':
      return 'A backup’s name has 1 to 30 small letters, digits and hyphens.';
    case 'reserved':
      return '“main” is the cloud named first. Give the backup another name.';
    case 'taken':
      return 'There is a backup of this name. Give it another.';
    case 'same-place':
      return `This is the place of ${nameText(obstacle.with)}. A backup there would protect nothing: name another bucket or folder.`;
    case 'inside':
      return `This place and that of ${nameText(obstacle.with)} lie one in the other: what is written in the inner one would be taken for notes of the outer. Name another folder.`;
  }
}

const SWITCHED: Readonly<Record<Promoted['kind'], (name: string) => string>> = {
  promoted: (name) => `${capital(name)} is this vault’s cloud now.`,
  joined: (name) => `Another device had switched to ${name} before. This one follows.`,
  already: (name) => `${capital(name)} is this vault’s cloud already.`,
};

/** Backups: their page in the settings, what they are like, and the switch to one of them. */
export const BACKUP_TEXTS = {
  page: {
    name: 'Backups',
    desc: 'Other clouds that hold all that the cloud holds, for the day on which it fails.',
    none: 'None',
    heading: 'Clouds of this vault',
    main: 'Cloud named first',
    current: 'In use',
    unseen: 'Not looked at yet in this session.',
  },
  add: {
    name: 'Add a backup',
    desc: 'A bucket of another company, or of your own server. The next sync copies everything there.',
    button: 'Add backup',
    title: 'Add a backup',
    label: 'Name of the backup',
    labelDesc: 'Small letters, digits and hyphens. Give it the same name on your other devices.',
    save: 'Add and check',
    clean: 'All that is needed is there.',
  },
  check: 'Check connection',
  remove: {
    button: 'Remove',
    title: (name: string): string => `Remove the backup “${name}”?`,
    explain:
      'This device no longer brings it up. What is in it stays there, as it is: delete it in that cloud’s console if you want it gone. The keys stay in the app’s secret storage.',
    done: (name: string): string => `“${name}” is no backup any more. What it holds was left as it is.`,
    inUse: (name: string): string => `“${name}” is the vault’s cloud now. Switch to another one first.`,
  },
  switch: {
    button: 'Switch',
    label: (name: string): string => `Switch to ${nameText(name)}`,
    title: 'Switch to another cloud',
    explain: [
      'The cloud that you select takes over: from then on notes are sent there and received from there. It need not be up to date, and the other need not answer.',
      'Devices that know it follow by themselves. One that does not know it stops, with its notes as they are, until you add it there.',
      'What was committed to the former cloud meanwhile is brought over when it answers again: merged, or as a conflict copy. It is a backup then, and you can switch back.',
    ],
    to: (name: string): string => capital(nameText(name)),
    done: ({ kind, name, behindCommits }: Promoted): string =>
      SWITCHED[kind](nameText(name)) +
      (behindCommits === 0
        ? ''
        : ` It lacks ${countText(behindCommits, 'commit')} that this device knows: what of them is in this vault is sent now, the rest comes when the former cloud is back.`),
    none: 'There is no backup. Add one in the settings of Twincloud.',
    noConditions:
      'It keeps no conditional writes: enough for a backup, but two devices that write at once would overwrite each other there. Switch to another one.',
  },
  noConditions:
    'That is enough for a backup. It cannot become the vault’s cloud, where two devices that write at once would overwrite each other.',
  moved:
    'Another device has switched this vault to a cloud that this device does not know or cannot reach. Nothing was changed. Add that cloud as a backup in the settings; or, if it is gone for good, use “Switch to backup” to go on with another.',
  obstacle: obstacleText,
  status: statusText,
  name: nameText,
  protected: (names: readonly string[]): string => `Protected by ${names.map(nameText).join(', ')}.`,
  unprotected: (status: BackupStatus): string => `${capital(nameText(status.name))}: ${statusText(status)}`,
  savedNow: 'This device’s edits are in the cloud. What follows brings its copies up.',
  away: ({ readFrom, sinceMs, waiting }: NonNullable<SyncReport['away']>): string => {
    const held =
      waiting === 0
        ? ''
        : ` ${countText(waiting, 'change')} of this device wait${waiting === 1 ? 's' : ''} for it.`;
    return `The cloud has not answered since ${clockText(sinceMs)}. Notes are received from ${nameText(readFrom)}.${held} If it stays away, use “Switch to backup”.`;
  },
} as const;
