import type { LogEntry } from '../service.ts';
import { TEXTS } from '../texts.ts';
import { clockText, dayText, plainText } from '../texts/words.ts';
import { hiddenText, icon } from '../modals/parts.ts';

export type LogFilter = 'all' | 'problems';

const ICONS: Readonly<Record<LogEntry['level'], string>> = {
  info: 'circle',
  warn: 'alert-triangle',
  error: 'x-circle',
};

export function passes(entry: LogEntry, filter: LogFilter): boolean {
  return filter === 'all' || entry.level !== 'info';
}

/** The entries that came after `last`, which is the newest shown; all of them where it is gone or was none. */
export function entriesAfter(log: readonly LogEntry[], last: LogEntry | undefined): readonly LogEntry[] {
  return last === undefined ? log : log.slice(log.lastIndexOf(last) + 1);
}

export function logRow(list: HTMLElement, entry: LogEntry, place: 'first' | 'last'): HTMLElement {
  const row = list.createEl('li', { cls: `twincloud-entry is-${entry.level}`, prepend: place === 'first' });
  icon(row, ICONS[entry.level]);
  const words = row.createDiv({ cls: 'twincloud-entry-text' });
  hiddenText(words, `${TEXTS.log.level[entry.level]}: `);
  words.createSpan({ text: plainText(entry.text) });
  row.createEl('time', {
    cls: 'twincloud-entry-time',
    text: clockText(entry.timeMs),
    attr: { datetime: new Date(entry.timeMs).toISOString() },
    title: dayText(entry.timeMs),
  });
  return row;
}
