import type { LogEntry } from '../service.ts';
import { TEXTS } from '../texts.ts';
import { plainText } from '../../core/text/words.ts';
import { dayText, momentText } from '../texts/times.ts';
import { hiddenText, icon } from '../modals/parts.ts';

const ICONS: Readonly<Record<Exclude<LogEntry['level'], 'info'>, string>> = {
  warn: 'alert-triangle',
  error: 'x',
};

/** `undo`: what opens again a conflict that was settled by itself or by a person. */
export function logRow(
  list: HTMLElement,
  entry: LogEntry,
  place: 'first' | 'last',
  undo: (id: string) => void,
): HTMLElement {
  const row = list.createEl('li', { cls: `twincloud-entry is-${entry.level}`, prepend: place === 'first' });
  const mark = row.createDiv({ cls: 'twincloud-entry-mark' });
  if (entry.level !== 'info') icon(mark, ICONS[entry.level]);
  const words = row.createDiv({ cls: 'twincloud-entry-text' });
  hiddenText(words, `${TEXTS.log.level[entry.level]}: `);
  words.createSpan({ text: plainText(entry.text) });
  const id = entry.event?.undo;
  if (id !== undefined) {
    const button = words.createEl('button', {
      cls: 'twincloud-link twincloud-undo',
      text: TEXTS.conflict.undo,
      attr: { type: 'button', 'aria-label': TEXTS.conflict.undoLabel(plainText(entry.text)) },
    });
    button.addEventListener('click', () => undo(id));
  }
  words.createEl('time', {
    cls: 'twincloud-entry-time',
    text: momentText(entry.timeMs, Date.now()),
    attr: { datetime: new Date(entry.timeMs).toISOString() },
    title: dayText(entry.timeMs),
  });
  return row;
}
