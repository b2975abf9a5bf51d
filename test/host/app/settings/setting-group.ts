import { ExtraButtonComponent } from './button.ts';
import { Setting } from './setting.ts';
import { SearchComponent } from './text.ts';

export class SettingGroup {
  readonly groupEl: HTMLElement;
  readonly headerEl: HTMLElement;
  readonly listEl: HTMLElement;
  readonly #headerControlEl: HTMLElement;
  readonly #headingEl: HTMLElement;

  constructor(containerEl: HTMLElement) {
    this.groupEl = containerEl.createDiv('setting-group');
    this.headerEl = this.groupEl.createDiv('setting-item setting-item-heading');
    this.#headingEl = this.headerEl.createDiv('setting-item-info').createDiv('setting-item-name');
    this.#headerControlEl = this.headerEl.createDiv('setting-item-control');
    this.headerEl.hide();
    this.listEl = this.groupEl.createDiv('setting-items');
  }

  setHeading(text: string | DocumentFragment): this {
    this.headerEl.show();
    this.#headingEl.setText(text);
    return this;
  }

  addClass(...classes: string[]): this {
    this.groupEl.addClasses(classes);
    return this;
  }

  addSetting(configure: (setting: Setting) => void): this {
    configure(new Setting(this.listEl));
    return this;
  }

  addSearch(configure: (component: SearchComponent) => unknown): this {
    const holder = this.groupEl.createDiv('setting-group-search');
    this.groupEl.insertBefore(holder, this.listEl);
    configure(new SearchComponent(holder));
    return this;
  }

  addExtraButton(configure: (component: ExtraButtonComponent) => unknown): this {
    this.headerEl.show();
    configure(new ExtraButtonComponent(this.#headerControlEl));
    return this;
  }
}
