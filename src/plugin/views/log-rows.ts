import type { LogEntry } from '../service.ts';
import { TEXTS } from '../texts.ts';
import { plainText } from '../../core/text/words.ts';
import { dayText, momentText } from '../texts/times.ts';
import { hiddenText, icon } from '../modals/parts.ts';

const ICONS: Readonly<Record<Exclude<LogEntry['level'], 'info'>, string>> = {
  warn: 'alert-triangle',
  error: 'x',
};

export function logRow(list: HTMLElement, entry: LogEntry, place: 'first' | 'last'): HTMLElement {
  const row = list.createEl('li', { cls: `twincloud-entry is-${entry.level}`, prepend: place === 'first' });
  const mark = row.createDiv({ cls: 'twincloud-entry-mark' });
  if (entry.level !== 'info') icon(mark, ICONS[entry.level]);
  const words = row.createDiv({ cls: 'twincloud-entry-text' });
  hiddenText(words, `${TEXTS.log.level[entry.level]}: `);
  words.createSpan({ text: plainText(entry.text) });
  words.createEl('time', {
    cls: 'twincloud-entry-time',
    text: momentText(entry.timeMs, Date.now()),
    attr: { datetime: new Date(entry.timeMs).toISOString() },
    title: dayText(entry.timeMs),
  });
  return row;
}
