import { ConfirmationModal, type App } from 'obsidian';
import type { Mark } from '../../core/suggestion/mark.ts';
import { callout } from '../modals/parts.ts';
import { TEXTS } from '../texts.ts';

type Names = Parameters<typeof TEXTS.ai.mark>[1];
const MOST_ROWS = 100;

/** What the check found, above the suggestion. */
export function showMarks(parent: HTMLElement, marks: readonly Mark[], names: Names): void {
  if (marks.length === 0) {
    callout(parent, { tone: 'success', text: TEXTS.ai.noMarks });
    return;
  }
  const box = callout(parent, { tone: 'warning', text: TEXTS.ai.marksTitle(marks.length), role: 'status' });
  box.parentElement?.addClass('twincloud-marks');
  listMarks(box, marks, names);
}

/** Resolves with whether the person wants it all the same. */
export function confirmMarks(app: App, marks: readonly Mark[], names: Names): Promise<boolean> {
  return new Promise((resolve) => {
    const modal = new ConfirmationModal(app);
    modal.modalEl.addClass('twincloud-modal');
    modal.setTitle(TEXTS.ai.confirmTitle);
    modal.contentEl.createEl('p', { text: TEXTS.ai.confirmExplain });
    listMarks(modal.contentEl, marks, names);
    modal.addButton((button) => {
      button.setButtonText(TEXTS.ai.confirm).setDestructive();
      button.onClick(() => resolve(true));
    });
    modal.addCancelButton(TEXTS.cancel);
    // Also where it is closed in any other way; what was resolved first stays.
    modal.setCloseCallback(() => resolve(false));
    modal.open();
    modal.modalEl.setAttr('aria-label', TEXTS.ai.confirmTitle);
  });
}

function listMarks(parent: HTMLElement, marks: readonly Mark[], names: Names): void {
  const list = parent.createEl('ul', { cls: 'twincloud-mark-list' });
  const rows = [...new Set(marks.map((mark) => TEXTS.ai.mark(mark, names)))];
  for (const row of rows.slice(0, MOST_ROWS)) list.createEl('li', { text: row });
  if (rows.length > MOST_ROWS) list.createEl('li', { text: TEXTS.ai.more(rows.length - MOST_ROWS) });
}
