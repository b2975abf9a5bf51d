import { ConfirmationModal, Notice } from 'obsidian';
import { cloudName } from '../settings/cloud.ts';
import { TEXTS } from '../texts.ts';
import type { Ui } from '../ui-context.ts';

/** Asks before this device forgets its cloud. */
export function forgetModal(ui: Ui): ConfirmationModal {
  const { forget } = TEXTS.settings.danger;
  const modal = new ConfirmationModal(ui.app);
  modal.setTitle(forget.title);
  modal.contentEl.createEl('p', { text: forget.explain(cloudName(ui.service.settings)) });
  modal.contentEl.createEl('p', { text: forget.later });
  modal.addButton((button) => {
    button.setButtonText(forget.button).setDestructive();
    button.onClick(() =>
      ui.run(forget.name, async () => {
        await ui.service.forgetCloud();
        new Notice(forget.done);
      }),
    );
  });
  modal.addCancelButton(TEXTS.cancel);
  return modal;
}
