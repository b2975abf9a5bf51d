import { ConfirmationModal } from 'obsidian';
import { TEXTS } from '../texts.ts';
import type { Ui } from '../ui-context.ts';

/** Asks before this device no longer brings a backup up. */
export function removeBackupModal(ui: Ui, name: string, removed: () => void): ConfirmationModal {
  const { remove } = TEXTS.backups;
  const modal = new ConfirmationModal(ui.app);
  modal.setTitle(remove.title(name));
  modal.contentEl.createEl('p', { text: remove.explain });
  modal.addButton((button) => {
    button.setButtonText(remove.button).setDestructive();
    button.onClick(() =>
      ui.run(remove.button, async () => {
        await ui.service.backups.remove(name);
        removed();
      }),
    );
  });
  modal.addCancelButton(TEXTS.cancel);
  return modal;
}
