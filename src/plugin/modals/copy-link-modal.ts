import { Modal, TextAreaComponent } from 'obsidian';
import { TEXTS } from '../texts.ts';
import type { Ui } from '../ui-context.ts';
import { button, buttonRow, callout } from './parts.ts';

/** A setup link to copy by hand, where the clipboard refused it. Selected, so that the usual keys are enough. */
export class CopyLinkModal extends Modal {
  readonly #link: string;

  constructor(ui: Ui, link: string) {
    super(ui.app);
    this.#link = link;
  }

  override onOpen(): void {
    const { contentEl } = this;
    const { setupLink } = TEXTS;
    this.modalEl.addClass('twincloud-modal');
    this.setTitle(setupLink.byHandTitle);
    callout(contentEl, { tone: 'warning', text: setupLink.byHand, role: 'alert' });
    const { inputEl } = new TextAreaComponent(contentEl).setValue(this.#link);
    inputEl.addClass('twincloud-patterns');
    inputEl.setAttrs({ 'aria-label': setupLink.link, rows: 6, readonly: 'true', spellcheck: 'false' });
    inputEl.addEventListener('focus', () => inputEl.select());
    button(buttonRow(contentEl), TEXTS.close, () => this.close());
    inputEl.focus();
  }

  override onClose(): void {
    this.contentEl.empty();
  }
}
