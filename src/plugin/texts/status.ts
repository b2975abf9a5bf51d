import type { Progress, SyncReport } from '../../engine/api.ts';
import { COMMAND_TEXTS } from './commands.ts';
import { bytesText, countText, numberText } from '../../core/text/words.ts';
import { clockText } from './times.ts';

const PHASES: Readonly<Record<Progress['phase'], string>> = {
  scan: 'Reading the vault',
  fetch: 'Reading the cloud',
  adopt: 'Taking in the bucket’s files',
  upload: 'Sending',
  download: 'Receiving',
  'readable-copy': 'Writing the readable copy',
  audit: 'Checking the cloud',
};

const SENT: ReadonlySet<string> = new Set(['uploaded', 'deleted-in-cloud', 'renamed-in-cloud']);
const MINE: ReadonlySet<string> = new Set(['conflict-copy', 'repaired']);

function reportText(report: SyncReport): string {
  const sent = report.events.filter(({ kind }) => SENT.has(kind)).length;
  const here = report.events.filter(({ kind }) => !SENT.has(kind) && !MINE.has(kind)).length;
  const parts = [
    ...(sent === 0 ? [] : [`${numberText(sent)} sent`]),
    ...(here === 0 ? [] : [`${numberText(here)} received`]),
    ...(report.conflicts.length === 0
      ? []
      : [countText(report.conflicts.length, 'conflict copy', 'conflict copies')]),
  ];
  const done = parts.length === 0 ? 'nothing had changed' : parts.join(', ');
  const left = report.problems.length;
  const rest = left === 0 ? '' : ` ${countText(left, 'file')} left alone: see the sync log.`;
  return `Twincloud is synced: ${done}.${rest}`;
}

/** The status, its menu, and the notices about it. */
export const STATUS_TEXTS = {
  name: 'Twincloud',
  unset: 'Not set up',
  synced: 'Synced',
  /** In the cloud, and not in a backup. */
  saved: 'Saved, not protected',
  protected: 'Protected',
  protecting: 'Saved, protecting',
  readFrom: 'Reading a backup',
  waiting: 'Changes wait',
  syncing: 'Syncing',
  syncingCount: (done: number, total: number): string =>
    `Syncing ${numberText(done)} of ${numberText(total)}`,
  paused: 'Paused',
  offline: 'Offline',
  attention: 'Needs attention',
  conflicts: (count: number): string => countText(count, 'conflict'),
  tooltip: {
    synced: (atMs: number): string => `Synced at ${clockText(atMs)}.`,
    never: 'Not synced yet in this session.',
    waiting: 'An edit is synced as soon as it has settled.',
    paused: 'Syncing is paused on this device. Select resume to go on.',
    syncing: 'Starting to sync.',
  },
  progress: ({ phase, doneFiles, totalFiles, doneBytes, totalBytes }: Progress): string => {
    const files = totalFiles === 0 ? '' : `: ${numberText(doneFiles)} of ${countText(totalFiles, 'file')}`;
    const bytes = totalBytes === 0 ? '' : `, ${bytesText(doneBytes)} of ${bytesText(totalBytes)}`;
    return `${PHASES[phase]}${files}${bytes}`;
  },
  menu: {
    syncNow: COMMAND_TEXTS.syncNow,
    stop: COMMAND_TEXTS.stop,
    pause: 'Pause',
    resume: 'Resume',
    preview: COMMAND_TEXTS.preview,
    held: COMMAND_TEXTS.showHeld,
    resolve: COMMAND_TEXTS.resolve,
    switch: COMMAND_TEXTS.switchToBackup,
    log: COMMAND_TEXTS.showLog,
    settings: 'Open settings',
  },
  notice: {
    starting: 'Twincloud: starting to sync…',
    running: (progress: string): string => `Twincloud: ${progress}`,
    report: reportText,
    failed: (message: string): string => `Twincloud: ${message}`,
    paused: 'Twincloud is paused on this device.',
    resumed: 'Twincloud syncs again.',
    stopping: 'Twincloud stops the sync. What was finished stays finished.',
    notRunning: 'No sync is running.',
  },
  open: {
    failed: 'Show sync log',
    held: 'Review',
    'first-preview': 'Review',
    conflicts: 'Resolve',
    aside: 'Show sync log',
    problems: 'Show sync log',
  },
} as const;
