import { ConfirmationModal, Notice } from 'obsidian';
import type { S3Settings } from '../settings/model.ts';
import { TEXTS } from '../texts.ts';
import type { Ui } from '../ui-context.ts';

/** Asks before this device forgets its cloud. */
export function forgetModal(ui: Ui): ConfirmationModal {
  const { forget } = TEXTS.settings.danger;
  const modal = new ConfirmationModal(ui.app);
  modal.setTitle(forget.title);
  modal.contentEl.createEl('p', { text: forget.explain(cloudName(ui.service.settings.s3)) });
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

/** `bucket/prefix`, as a person knows it. */
export function cloudName({ bucket, prefix }: Pick<S3Settings, 'bucket' | 'prefix'>): string {
  return prefix === '' ? bucket : `${bucket}/${prefix}`;
}
