import type { App } from '../app.ts';
import { Setting } from '../settings/setting.ts';
import { ConfirmationModal } from '../ui/confirmation-modal.ts';
import { Notice } from '../ui/notice.ts';

export function askForName(
  app: App,
  title: string,
  value: string,
  act: (name: string) => Promise<unknown>,
): void {
  let name = value;
  const modal = new ConfirmationModal(app).setTitle(title);
  new Setting(modal.contentEl).setName('Name').addText((input) => {
    input.setValue(value).onChange((text) => (name = text));
    window.setTimeout(() => {
      input.inputEl.select();
    });
  });
  modal.addCancelButton();
  modal.addButton((button) =>
    button
      .setButtonText('Save')
      .setCta()
      .onClick(() =>
        act(name).then(
          () => false,
          (error: unknown) => {
            new Notice(String(error));
            return true;
          },
        ),
      ),
  );
  modal.open();
}
