import { bytesText } from '../../core/text/words.ts';
import { timeText } from './times.ts';

export const HISTORY_TEXTS = {
  title: (path: string): string => `Versions of ${path}`,
  loading: 'Reading the history…',
  loadingVersion: 'Reading this version…',
  none: 'The cloud has no former version of this note yet. A version is kept with every sync that sends an edit.',
  list: 'Versions, newest first',
  before: 'This version',
  now: 'The note now',
  noNote: 'There is no such note now.',
  same: 'This version and the note are equal.',
  binary: (bytes: number): string =>
    `This version is no text (${bytesText(bytes)}). It can be restored all the same.`,
  empty: 'Empty',
  cut: (bytes: number): string =>
    `Only the beginning of ${bytesText(bytes)} is shown; all of it is restored.`,
  restore: 'Restore this version',
  restored: (path: string): string => `Restored: ${path}. What it was before is in the history, too.`,
  restoreHelp: 'The text of the note now stays in the history.',
  time: (timeMs: number | undefined): string => (timeMs === undefined ? 'Time unknown' : timeText(timeMs)),
  detail: (device: string | undefined, bytes: number, deleted: boolean): string =>
    [deleted ? 'deleted' : bytesText(bytes), ...(device === undefined ? [] : [`from ${device}`])].join(', '),
} as const;
