import { Modal, Notice, Setting } from 'obsidian';
import { TEXTS } from '../texts.ts';
import type { Ui } from '../ui-context.ts';
import { button, buttonRow } from './parts.ts';

const { backups: TEXT } = TEXTS;

/** Says what a switch to another cloud does, and asks to which; `only`: to no other than this one. */
export class SwitchModal extends Modal {
  readonly #ui: Ui;
  readonly #only: string | undefined;

  constructor(ui: Ui, only: string | undefined) {
    super(ui.app);
    this.#ui = ui;
    this.#only = only;
  }

  override onOpen(): void {
    const { contentEl } = this;
    this.modalEl.addClass('twincloud-modal');
    this.setTitle(TEXT.switch.title);
    const others = this.#ui.service.backups.all.filter(
      ({ name, isCurrent }) => !isCurrent && (this.#only === undefined || name === this.#only),
    );
    for (const text of TEXT.switch.explain) contentEl.createEl('p', { text });
    for (const view of others) {
      const { name } = view;
      new Setting(contentEl)
        .setName(name)
        .setDesc(TEXT.view(view))
        .addButton((one) => {
          one.setButtonText(TEXT.switch.button).setCta();
          one.onClick(() => this.#switch(name));
          one.buttonEl.setAttr('aria-label', `${TEXT.switch.button}: ${name}`);
        });
    }
    button(buttonRow(contentEl), TEXTS.cancel, () => this.close()).buttonEl.focus();
  }

  override onClose(): void {
    this.contentEl.empty();
  }

  #switch(name: string): void {
    const ui = this.#ui;
    this.close();
    ui.run(TEXTS.commands.switchToBackup, async () => {
      new Notice(TEXT.switch.done(await ui.service.backups.switchTo(name)));
      ui.syncByHand();
    });
  }
}
