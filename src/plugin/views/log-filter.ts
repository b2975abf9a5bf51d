import type { LogEntry } from '../service.ts';

export type LogFilter = 'all' | 'problems';

export function passes(entry: LogEntry, filter: LogFilter): boolean {
  return filter === 'all' || entry.level !== 'info';
}

/** The entries that came after `last`, which is the newest shown; all of them where it is gone or was none. */
export function entriesAfter(log: readonly LogEntry[], last: LogEntry | undefined): readonly LogEntry[] {
  return last === undefined ? log : log.slice(log.lastIndexOf(last) + 1);
}
