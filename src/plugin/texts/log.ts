import { countText } from '../../core/text/words.ts';

export const LOG_TEXTS = {
  title: 'Sync log',
  filter: 'Show',
  all: 'All entries',
  problems: 'Warnings and errors',
  level: { info: 'Info', warn: 'Warning', error: 'Error' },
  entries: 'Entries, newest first',
  older: 'Show older entries',
  emptyTitle: 'Nothing has happened yet',
  empty: 'What a sync sends, receives, merges and leaves alone is listed here.',
  noProblems: 'No warnings and no errors.',
  attention: 'Needs attention',
  open: (count: number): string => `${countText(count, 'file')} left alone`,
  openHelp: 'These stay as they are, on both sides, until the cause is gone.',
  openConflicts: (count: number): string => `${countText(count, 'conflict')} to resolve`,
  openConflictsHelp: 'Both versions of each note are safe. Select one to resolve it.',
  conflicts: (count: number): string => countText(count, 'file set aside', 'files set aside'),
  conflictsHelp:
    'Another file or folder has the name of each. Look at them, then rename or delete one of the two.',
  openNote: (path: string): string => `Open ${path}`,
} as const;
