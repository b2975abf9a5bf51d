import { Modal, TextAreaComponent } from 'obsidian';
import { checkIgnore, ignoreLines } from '../settings/checks.ts';
import { TEXTS } from '../texts.ts';
import type { Ui } from '../ui-context.ts';
import { button, buttonRow } from './parts.ts';

/** The ignore patterns, a line each. `onSaved` is called once they are in use. */
export class IgnoreModal extends Modal {
  readonly #ui: Ui;
  readonly #onSaved: () => void;

  constructor(ui: Ui, onSaved: () => void) {
    super(ui.app);
    this.#ui = ui;
    this.#onSaved = onSaved;
  }

  override onOpen(): void {
    const { contentEl } = this;
    const { ignore } = TEXTS.settings.files;
    this.modalEl.addClass('twincloud-modal');
    this.setTitle(ignore.title);
    contentEl.createEl('p', { text: ignore.explain });
    const area = new TextAreaComponent(contentEl).setValue(this.#ui.service.settings.ignore.join('\n'));
    area.inputEl.addClass('twincloud-patterns');
    area.inputEl.setAttrs({ 'aria-label': ignore.label, rows: 12, spellcheck: 'false' });
    const error = contentEl.createDiv({ cls: 'twincloud-error', attr: { role: 'alert' } });
    const row = buttonRow(contentEl);
    button(row, ignore.save, () => {
      const lines = ignoreLines(area.getValue());
      const wrong = checkIgnore(lines);
      error.setText(wrong ?? '');
      if (wrong === undefined) this.#save(lines);
    }).setCta();
    button(row, TEXTS.cancel, () => this.close());
    area.inputEl.focus();
  }

  override onClose(): void {
    this.contentEl.empty();
  }

  #save(ignore: readonly string[]): void {
    this.close();
    this.#ui.run(TEXTS.settings.files.ignore.name, async () => {
      await this.#ui.service.changeSettings({ ignore });
      this.#onSaved();
    });
  }
}
