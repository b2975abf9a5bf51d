import type { App } from '../app.ts';
import { BaseComponent } from './base.ts';

/** Chooses a secret by its name, or enters a new one. The value that it has is the name. */
export class SecretComponent extends BaseComponent {
  readonly selectEl: HTMLSelectElement;
  readonly #app: App;
  readonly #formEl: HTMLElement;
  #callback: ((value: string) => unknown) | undefined;
  #value = '';

  constructor(app: App, containerEl: HTMLElement) {
    super();
    this.#app = app;
    const holder = containerEl.createDiv('secret-component');
    this.selectEl = holder.createEl('select', 'dropdown');
    this.#formEl = holder.createDiv('secret-form');
    this.selectEl.addEventListener('change', () => {
      this.#formEl.empty();
      if (this.selectEl.value === '+') this.#askForNew();
      else this.#choose(this.selectEl.value);
    });
    this.#fill();
  }

  override setDisabled(disabled: boolean): this {
    this.selectEl.disabled = disabled;
    return super.setDisabled(disabled);
  }

  setValue(value: string): this {
    this.#value = value;
    this.#fill();
    return this;
  }

  onChange(callback: (value: string) => unknown): this {
    this.#callback = callback;
    return this;
  }

  #fill(): void {
    this.selectEl.empty();
    const known = this.#app.secretStorage.listSecrets();
    const missing = this.#value !== '' && !known.includes(this.#value) ? [this.#value] : [];
    for (const [value, text] of [
      ['', 'Select a secret…'],
      ...missing.map((id) => [id, `${id} (not on this device)`] as const),
      ...known.map((id) => [id, id] as const),
      ['+', 'Add a secret…'],
    ] as const)
      this.selectEl.createEl('option', { text }).value = value;
    this.selectEl.value = this.#value;
  }

  #askForNew(): void {
    const id = this.#formEl.createEl('input', { type: 'text', cls: 'secret-id', placeholder: 'name' });
    const secret = this.#formEl.createEl('input', {
      type: 'password',
      cls: 'secret-value',
      placeholder: 'secret',
    });
    const save = this.#formEl.createEl('button', { text: 'Save', cls: 'mod-cta' });
    id.value = this.#value;
    save.addEventListener('click', () => {
      this.#app.secretStorage.setSecret(id.value, secret.value);
      this.#formEl.empty();
      this.#choose(id.value);
    });
    (id.value === '' ? id : secret).focus();
  }

  #choose(value: string): void {
    this.#value = value;
    this.#fill();
    void this.#callback?.(value);
  }
}
