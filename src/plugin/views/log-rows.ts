import type { LogEntry } from '../service.ts';
import { TEXTS } from '../texts.ts';
import { clockText, dayText, plainText } from '../texts/words.ts';
import { hiddenText, icon } from '../modals/parts.ts';

const ICONS: Readonly<Record<LogEntry['level'], string>> = {
  info: 'circle',
  warn: 'alert-triangle',
  error: 'x',
};

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
