import { absent } from '../absent.ts';
import { setTooltip } from '../ui/tooltip.ts';
import type { BaseComponent } from './base.ts';
import { ButtonComponent, ExtraButtonComponent } from './button.ts';
import {
  ColorComponent,
  DisplayValueComponent,
  DropdownComponent,
  ProgressBarComponent,
  SliderComponent,
  ToggleComponent,
} from './choices.ts';
import { SearchComponent, TextAreaComponent, TextComponent } from './text.ts';

type Configure<T> = (component: T) => unknown;

/** One row: name and description at the left, controls at the right. */
export class Setting {
  readonly settingEl: HTMLElement;
  readonly infoEl: HTMLElement;
  readonly nameEl: HTMLElement;
  readonly descEl: HTMLElement;
  readonly controlEl: HTMLElement;
  components: BaseComponent[] = [];
  errorEl: HTMLElement | null = null;

  constructor(containerEl: HTMLElement) {
    this.settingEl = containerEl.createDiv('setting-item');
    this.infoEl = this.settingEl.createDiv('setting-item-info');
    this.nameEl = this.infoEl.createDiv('setting-item-name');
    this.descEl = this.infoEl.createDiv('setting-item-description');
    this.controlEl = this.settingEl.createDiv('setting-item-control');
  }

  setErrorMessage(message: string | null): this {
    this.settingEl.toggleClass('is-invalid', message !== null);
    if (message === null) {
      this.errorEl?.detach();
      this.errorEl = null;
    } else {
      this.errorEl ??= this.infoEl.createDiv({ cls: 'setting-item-error', attr: { role: 'alert' } });
      this.errorEl.setText(message);
    }
    return this;
  }

  addDisplayValue(configure: Configure<DisplayValueComponent>): this {
    configure(new DisplayValueComponent(this.controlEl));
    return this;
  }

  setName(name: string | DocumentFragment): this {
    this.nameEl.setText(name);
    return this;
  }

  setDesc(desc: string | DocumentFragment): this {
    this.descEl.setText(desc);
    return this;
  }

  setClass(name: string): this {
    this.settingEl.addClass(name);
    return this;
  }

  setTooltip(tooltip: string): this {
    setTooltip(this.nameEl, tooltip);
    return this;
  }

  setHeading(): this {
    this.settingEl.addClass('setting-item-heading');
    return this;
  }

  setDisabled(disabled: boolean): this {
    this.settingEl.toggleClass('is-disabled', disabled);
    for (const component of this.components) component.setDisabled(disabled);
    return this;
  }

  addButton(configure: Configure<ButtonComponent>): this {
    return this.#add(new ButtonComponent(this.controlEl), configure);
  }

  addExtraButton(configure: Configure<ExtraButtonComponent>): this {
    return this.#add(new ExtraButtonComponent(this.controlEl), configure);
  }

  addToggle(configure: Configure<ToggleComponent>): this {
    this.settingEl.addClass('mod-toggle');
    return this.#add(new ToggleComponent(this.controlEl), configure);
  }

  addText(configure: Configure<TextComponent>): this {
    return this.#add(new TextComponent(this.controlEl), configure);
  }

  addComponent(make: (el: HTMLElement) => BaseComponent): this {
    return this.#add(make(this.controlEl), () => undefined);
  }

  addSearch(configure: Configure<SearchComponent>): this {
    return this.#add(new SearchComponent(this.controlEl), configure);
  }

  addTextArea(configure: Configure<TextAreaComponent>): this {
    return this.#add(new TextAreaComponent(this.controlEl), configure);
  }

  addMomentFormat(): this {
    return absent('Setting.addMomentFormat');
  }

  addDropdown(configure: Configure<DropdownComponent>): this {
    this.settingEl.addClass('mod-dropdown');
    return this.#add(new DropdownComponent(this.controlEl), configure);
  }

  addColorPicker(configure: Configure<ColorComponent>): this {
    return this.#add(new ColorComponent(this.controlEl), configure);
  }

  addProgressBar(configure: Configure<ProgressBarComponent>): this {
    return this.#add(new ProgressBarComponent(this.controlEl), configure);
  }

  addSlider(configure: Configure<SliderComponent>): this {
    return this.#add(new SliderComponent(this.controlEl), configure);
  }

  then(configure: (setting: this) => unknown): this {
    configure(this);
    return this;
  }

  clear(): this {
    this.controlEl.empty();
    this.components = [];
    return this;
  }

  #add<T extends BaseComponent>(component: T, configure: Configure<T>): this {
    this.components.push(component);
    configure(component);
    return this;
  }
}
