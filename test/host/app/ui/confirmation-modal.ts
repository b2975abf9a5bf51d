import type { App } from '../app.ts';
import { ButtonComponent } from '../settings/button.ts';
import { Modal } from './modal.ts';

type Handler = (event: MouseEvent) => unknown;

/** A truthy answer of the handler, or a promise of one, keeps the modal open. */
export class ConfirmationButton extends ButtonComponent {
  readonly #modal: Modal;

  constructor(modal: Modal, containerEl: HTMLElement) {
    super(containerEl);
    this.#modal = modal;
  }

  override onClick(handler: Handler): this {
    return super.onClick(async (event) => {
      this.buttonEl.addClass('mod-loading');
      try {
        if (!(await handler(event))) this.#modal.close();
      } finally {
        this.buttonEl.removeClass('mod-loading');
      }
    });
  }

  setInitialFocus(): this {
    window.setTimeout(() => {
      this.buttonEl.focus();
    });
    return this;
  }

  setSecondary(): this {
    this.buttonEl.addClass('mod-secondary');
    return this;
  }

  setCancel(): this {
    this.buttonEl.addClass('mod-cancel');
    return this;
  }
}

export class ConfirmationModal extends Modal {
  readonly buttonContainerEl: HTMLElement;

  constructor(app: App) {
    super(app);
    this.modalEl.addClass('mod-confirmation');
    this.buttonContainerEl = this.modalEl.createDiv('modal-button-container');
  }

  addClass(name: string): this {
    this.modalEl.addClass(name);
    return this;
  }

  addCheckbox(label: string, callback: (value: boolean) => unknown): this {
    const holder = this.buttonContainerEl.createEl('label', 'mod-checkbox');
    const box = holder.createEl('input', { type: 'checkbox', attr: { tabindex: -1 } });
    holder.appendText(label);
    box.addEventListener('change', () => {
      callback(box.checked);
    });
    return this;
  }

  addButton(configure: (button: ConfirmationButton) => unknown): this {
    configure(new ConfirmationButton(this, this.buttonContainerEl));
    return this;
  }

  addCancelButton(text = 'Cancel'): this {
    return this.addButton((button) =>
      button
        .setCancel()
        .setButtonText(text)
        .onClick(() => undefined),
    );
  }
}
