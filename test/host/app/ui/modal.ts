import type { App } from '../app.ts';
import { Platform } from '../platform.ts';
import { Scope } from './scope.ts';
import { setIcon } from './icons.ts';

const open: Modal[] = [];

/** Whether a modal took the key. */
export function modalTakesKey(event: KeyboardEvent): boolean {
  return open.at(-1)?.scope.handle(event) ?? false;
}

export function closeAllModals(): void {
  for (const modal of [...open].reverse()) modal.close();
}

export class Modal {
  readonly app: App;
  readonly scope = new Scope();
  readonly containerEl: HTMLElement;
  readonly modalEl: HTMLElement;
  readonly titleEl: HTMLElement;
  readonly contentEl: HTMLElement;
  shouldRestoreSelection = true;
  #closeCallback: (() => unknown) | undefined;
  #focusedBefore: Element | null = null;

  constructor(app: App) {
    this.app = app;
    const doc = activeDocument;
    this.containerEl = doc.createElement('div');
    this.containerEl.addClass('modal-container', 'mod-dim');
    const background = this.containerEl.createDiv('modal-bg');
    background.addEventListener('click', () => {
      this.close();
    });
    this.modalEl = this.containerEl.createDiv({ cls: 'modal', attr: { role: 'dialog', tabindex: -1 } });
    const close = this.modalEl.createDiv({ cls: 'modal-close-button', attr: { 'aria-label': 'Close' } });
    setIcon(close, 'x');
    close.addEventListener('click', () => {
      this.close();
    });
    const header = this.modalEl.createDiv('modal-header');
    this.titleEl = header.createDiv('modal-title');
    this.contentEl = this.modalEl.createDiv('modal-content');
    this.scope.register([], 'Escape', () => {
      this.close();
      return false;
    });
  }

  open(): void {
    if (open.includes(this)) return;
    open.push(this);
    this.#focusedBefore = activeDocument.activeElement;
    activeDocument.body.appendChild(this.containerEl);
    this.containerEl.toggleClass('is-phone', Platform.isPhone);
    this.modalEl.focus();
    void this.onOpen();
  }

  close(): void {
    const at = open.indexOf(this);
    if (at < 0) return;
    open.splice(at, 1);
    this.containerEl.detach();
    this.onClose();
    this.#closeCallback?.();
    const before = this.#focusedBefore;
    if (this.shouldRestoreSelection && before?.instanceOf(HTMLElement) === true) before.focus();
  }

  onOpen(): Promise<void> | void {
    // For those who extend it.
  }

  onClose(): void {
    // For those who extend it.
  }

  setTitle(title: string): this {
    this.titleEl.setText(title);
    return this;
  }

  setContent(content: string | DocumentFragment): this {
    this.contentEl.setText(content);
    return this;
  }

  setCloseCallback(callback: () => unknown): this {
    this.#closeCallback = callback;
    return this;
  }
}
