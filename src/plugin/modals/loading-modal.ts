import { Modal } from 'obsidian';
import { TEXTS } from '../texts.ts';
import type { Ui } from '../ui-context.ts';
import { button, buttonRow, failureBox, messageOf, statusLine } from './parts.ts';

/** How such a modal begins. */
export interface Loading<T> {
  readonly title: string;
  /** Said while it loads. */
  readonly waiting: string;
  readonly classes?: readonly string[];
  readonly load: () => Promise<T>;
}

/** A modal that shows what it has to ask the sync for first, or why it could not be had. */
export abstract class LoadingModal<T> extends Modal {
  protected readonly ui: Ui;
  /** Fires when the modal closes: what comes after that is shown to nobody. */
  protected readonly closing = new AbortController();

  constructor(ui: Ui) {
    super(ui.app);
    this.ui = ui;
  }

  protected abstract loading(): Loading<T>;
  protected abstract show(loaded: T): void;

  override async onOpen(): Promise<void> {
    const { title, classes = [] } = this.loading();
    this.modalEl.addClass('twincloud-modal', ...classes);
    this.setTitle(title);
    await this.load();
  }

  /** Asks anew. */
  protected async load(): Promise<void> {
    const { waiting, load } = this.loading();
    this.contentEl.empty();
    statusLine(this.contentEl, waiting);
    try {
      const loaded = await load();
      if (!this.closing.signal.aborted) this.show(loaded);
    } catch (error) {
      if (!this.closing.signal.aborted) this.#fail(messageOf(error));
    }
  }

  override onClose(): void {
    this.closing.abort();
    this.contentEl.empty();
  }

  #fail(message: string): void {
    this.contentEl.empty();
    failureBox(this.contentEl, message);
    const row = buttonRow(this.contentEl);
    const again = button(row, TEXTS.again, () => void this.load());
    again.setCta().buttonEl.focus({ preventScroll: true });
    button(row, TEXTS.close, () => this.close());
  }
}
