import { Modal } from 'obsidian';
import { plainText } from '../../core/text/words.ts';
import type { OpenConflict } from '../../engine/api.ts';
import { TEXTS } from '../texts.ts';
import type { Ui } from '../ui-context.ts';
import { button, buttonRow, statusLine } from './parts.ts';

/** The conflicts that wait, each a way to its dialog. Follows what syncs find and settle. */
export class ConflictListModal extends Modal {
  readonly #ui: Ui;
  #end: (() => void) | undefined;
  #shown = '';

  constructor(ui: Ui) {
    super(ui.app);
    this.#ui = ui;
  }

  override onOpen(): void {
    this.modalEl.addClass('twincloud-modal', 'twincloud-conflicts');
    this.setTitle(TEXTS.conflict.listTitle);
    this.#show();
    this.#end = this.#ui.service.onState(() => this.#show());
  }

  override onClose(): void {
    this.#end?.();
    this.contentEl.empty();
  }

  #show(): void {
    const { open } = this.#ui.service.conflictDesk;
    const shown = JSON.stringify(open.map(({ copy }) => copy));
    if (shown === this.#shown) return;
    this.#shown = shown;
    const { contentEl } = this;
    contentEl.empty();
    statusLine(contentEl, open.length === 0 ? TEXTS.conflict.none : TEXTS.conflict.listHelp);
    if (open.length > 0) {
      const list = contentEl.createEl('ul', {
        cls: 'twincloud-versions',
        attr: { 'aria-label': TEXTS.conflict.list },
      });
      const rows = open.map((conflict) => this.#row(list, conflict));
      rows[0]?.focus({ preventScroll: true });
    }
    button(buttonRow(contentEl), TEXTS.close, () => this.close());
  }

  #row(list: HTMLElement, conflict: OpenConflict): HTMLElement {
    const el = list.createEl('li').createEl('button', { cls: 'twincloud-version', attr: { type: 'button' } });
    el.createSpan({ cls: 'twincloud-path', text: plainText(conflict.path) });
    el.createSpan({ cls: 'twincloud-detail', text: TEXTS.conflict.rowDetail(conflict) });
    el.addEventListener('click', () => this.#ui.open.conflict(conflict.copy));
    return el;
  }
}
