import { ProgressBarComponent } from 'obsidian';
import type { Progress } from '../../engine/api.ts';
import { TEXTS } from '../texts.ts';
import { button, buttonRow, statusLine } from './parts.ts';

/** A bar, what it says in words, and a button that stops the work; returns what moves it. */
export function progressView(
  parent: HTMLElement,
  work: {
    /** For those who hear the bar. */
    readonly label: string;
    readonly onStop: () => void;
  },
): (progress: Progress) => void {
  const bar = parent.createDiv({
    cls: 'twincloud-progress',
    attr: { role: 'progressbar', 'aria-label': work.label, 'aria-valuemin': '0', 'aria-valuemax': '100' },
  });
  const shown = new ProgressBarComponent(bar).setValue(0);
  const line = statusLine(parent, TEXTS.verify.starting);
  const stop = button(buttonRow(parent), TEXTS.verify.stop, () => {
    stop.setDisabled(true);
    work.onStop();
  });
  stop.buttonEl.focus();
  return (progress) => {
    const percent = percentOf(progress);
    shown.setValue(percent);
    bar.setAttr('aria-valuenow', String(Math.round(percent)));
    line.setText(TEXTS.status.progress(progress));
  };
}

function percentOf({ doneFiles, totalFiles, doneBytes, totalBytes }: Progress): number {
  if (totalBytes > 0) return (100 * doneBytes) / totalBytes;
  return totalFiles > 0 ? (100 * doneFiles) / totalFiles : 0;
}
