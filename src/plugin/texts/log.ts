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
  conflicts: (count: number): string => countText(count, 'conflict copy', 'conflict copies'),
  conflictsHelp:
    'Two devices changed the same note. Compare the copy with the note, then delete one of them.',
  openNote: (path: string): string => `Open ${path}`,
} as const;
