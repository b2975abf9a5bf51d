import { Component } from '../component.ts';
import { setIcon } from './icons.ts';

export class MenuItem {
  readonly dom: HTMLElement;
  readonly #titleEl: HTMLElement;
  readonly #iconEl: HTMLElement;
  readonly #menu: Menu;
  #callback: ((event: MouseEvent | KeyboardEvent) => unknown) | undefined;
  #disabled = false;

  constructor(menu: Menu, containerEl: HTMLElement) {
    this.#menu = menu;
    this.dom = containerEl.createDiv({ cls: 'menu-item tappable', attr: { role: 'menuitem' } });
    this.#iconEl = this.dom.createDiv('menu-item-icon');
    this.#titleEl = this.dom.createDiv('menu-item-title');
    this.dom.addEventListener('click', (event) => {
      if (this.#disabled) return;
      this.#menu.hide();
      this.#callback?.(event);
    });
  }

  setTitle(title: string | DocumentFragment): this {
    this.#titleEl.setText(title);
    return this;
  }

  setIcon(icon: string | null): this {
    setIcon(this.#iconEl, icon ?? '');
    return this;
  }

  setChecked(checked: boolean | null): this {
    this.dom.toggleClass('mod-checked', checked === true);
    const mark = this.dom.querySelector('.menu-item-checked') ?? this.dom.createDiv('menu-item-checked');
    setIcon(mark as HTMLElement, checked === true ? 'check' : '');
    return this;
  }

  setDisabled(disabled: boolean): this {
    this.#disabled = disabled;
    this.dom.toggleClass('is-disabled', disabled);
    return this;
  }

  setWarning(isWarning: boolean): this {
    this.dom.toggleClass('is-warning', isWarning);
    return this;
  }

  setIsLabel(isLabel: boolean): this {
    this.dom.toggleClass('is-label', isLabel);
    this.#disabled = isLabel;
    return this;
  }

  onClick(callback: (event: MouseEvent | KeyboardEvent) => unknown): this {
    this.#callback = callback;
    return this;
  }

  setSection(section: string): this {
    this.dom.setAttr('data-section', section);
    return this;
  }
}

export class Menu extends Component {
  readonly dom: HTMLElement;
  readonly #hideCallbacks: (() => unknown)[] = [];
  #away: ((event: Event) => void) | undefined;

  constructor() {
    super();
    this.dom = activeDocument.createElement('div');
    this.dom.addClass('menu');
    this.dom.setAttr('role', 'menu');
  }

  static forEvent(event: MouseEvent): Menu {
    const menu = new Menu();
    window.setTimeout(() => menu.showAtMouseEvent(event));
    return menu;
  }

  setNoIcon(): this {
    this.dom.addClass('mod-no-icon');
    return this;
  }

  setUseNativeMenu(_useNativeMenu: boolean): this {
    return this;
  }

  setParentElement(_el: HTMLElement): this {
    return this;
  }

  addItem(configure: (item: MenuItem) => unknown): this {
    configure(new MenuItem(this, this.dom));
    return this;
  }

  addSeparator(): this {
    this.dom.createDiv('menu-separator');
    return this;
  }

  showAtMouseEvent(event: MouseEvent): this {
    return this.showAtPosition({ x: event.clientX, y: event.clientY }, event.view?.document);
  }

  showAtPosition(position: { readonly x: number; readonly y: number }, doc: Document = activeDocument): this {
    doc.querySelector('.menu')?.detach();
    doc.body.appendChild(this.dom);
    const { offsetWidth, offsetHeight } = this.dom;
    const win = doc.defaultView ?? window;
    this.dom.setCssProps({
      left: `${String(Math.max(8, Math.min(position.x, win.innerWidth - offsetWidth - 8)))}px`,
      top: `${String(Math.max(8, Math.min(position.y, win.innerHeight - offsetHeight - 8)))}px`,
    });
    this.#away = (event): void => {
      if (event instanceof KeyboardEvent ? event.key === 'Escape' : !this.dom.contains(event.target as Node))
        this.hide();
    };
    doc.addEventListener('mousedown', this.#away, true);
    doc.addEventListener('keydown', this.#away, true);
    this.load();
    return this;
  }

  hide(): this {
    const { doc } = this.dom;
    if (this.#away !== undefined) {
      doc.removeEventListener('mousedown', this.#away, true);
      doc.removeEventListener('keydown', this.#away, true);
      this.#away = undefined;
      for (const callback of this.#hideCallbacks) callback();
    }
    this.dom.detach();
    this.unload();
    return this;
  }

  close(): void {
    this.hide();
  }

  onHide(callback: () => unknown): void {
    this.#hideCallbacks.push(callback);
  }
}
