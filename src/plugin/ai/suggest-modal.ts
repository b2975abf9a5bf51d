import { Modal } from 'obsidian';
import type { VaultPath } from '../../core/model/vault-path.ts';
import type { DraftTexts } from '../../core/conflict/draft.ts';
import { button, buttonRow, callout, failureBox, messageOf, statusLine } from '../modals/parts.ts';
import { TEXTS } from '../texts.ts';
import type { Ui } from '../ui-context.ts';
import type { Prepared } from './suggesting.ts';

type Ready = Extract<Prepared, { kind: 'ready' }>;

export interface SuggestModalOptions {
  readonly path: VaultPath;
  readonly texts: DraftTexts;
  /** Called once, with the whole suggestion, after the modal was closed. */
  readonly suggested: (text: string) => void;
}

/** What will be sent, and where; then the answer as it comes. Nothing is sent before a person says so; closing stops it. */
export class SuggestModal extends Modal {
  readonly #ui: Ui;
  readonly #options: SuggestModalOptions;
  #abort: AbortController | undefined;
  #isClosed = false;

  constructor(ui: Ui, options: SuggestModalOptions) {
    super(ui.app);
    this.#ui = ui;
    this.#options = options;
  }

  get isOpen(): boolean {
    return !this.#isClosed;
  }

  override onOpen(): void {
    this.modalEl.addClass('twincloud-modal', 'twincloud-suggest');
    this.setTitle(TEXTS.ai.title);
    const { path, texts } = this.#options;
    const prepared = this.#ui.suggesting.prepare(path, texts);
    if (prepared.kind !== 'ready') this.#showWhyNot(prepared);
    else if (prepared.isQuick) void this.#ask(prepared);
    else this.#showNotice(prepared);
  }

  override onClose(): void {
    this.#isClosed = true;
    this.#abort?.abort();
    this.contentEl.empty();
  }

  #showWhyNot(prepared: Exclude<Prepared, Ready>): void {
    callout(this.contentEl, { tone: 'info', text: whyNot(prepared) });
    const row = buttonRow(this.contentEl);
    if (prepared.kind === 'off' || prepared.kind === 'no-key')
      button(row, TEXTS.ai.openSettings, () => this.#ui.open.settings());
    button(row, TEXTS.close, () => this.close()).buttonEl.focus();
  }

  #showNotice(prepared: Ready): void {
    const { contentEl } = this;
    const { host, address, request } = prepared;
    contentEl.createEl('p', { cls: 'twincloud-suggest-to', text: TEXTS.ai.to(host, address.model) });
    const [task, ...others] = request.messages.map(({ content }) => content);
    const sent = contentEl.createEl('pre', {
      cls: 'twincloud-suggest-sent',
      text: others.join('\n'),
      attr: { tabindex: '0', 'aria-label': TEXTS.ai.sent },
    });
    sent.scrollTop = 0;
    const details = contentEl.createEl('details', { cls: 'twincloud-folded' });
    details.createEl('summary', { text: TEXTS.ai.task });
    details.createEl('pre', { cls: 'twincloud-suggest-sent', text: task ?? '' });
    if (request.isShortened) contentEl.createEl('p', { cls: 'twincloud-detail', text: TEXTS.ai.shortened });
    contentEl.createEl('p', { cls: 'twincloud-detail', text: TEXTS.ai.explain });
    const row = buttonRow(contentEl);
    button(row, TEXTS.ai.send(host), () => void this.#ask(prepared)).setCta();
    // The focus is on what sends nothing.
    button(row, TEXTS.cancel, () => this.close()).buttonEl.focus();
  }

  async #ask(prepared: Ready): Promise<void> {
    const { contentEl } = this;
    contentEl.empty();
    const abort = new AbortController();
    this.#abort = abort;
    const status = statusLine(contentEl, TEXTS.ai.asking(prepared.host));
    const answer = contentEl.createEl('pre', { cls: 'twincloud-suggest-sent', attr: { 'aria-live': 'off' } });
    button(buttonRow(contentEl), TEXTS.ai.stop, () => this.close()).buttonEl.focus();
    const onText = (text: string): void => {
      if (this.#isClosed) return;
      status.setText(TEXTS.ai.writing(text.length));
      answer.setText(text);
      answer.scrollTop = answer.scrollHeight;
    };
    try {
      const text = await this.#ui.suggesting.ask(prepared, { signal: abort.signal, onText });
      if (this.#isClosed) return;
      this.close();
      this.#options.suggested(text);
    } catch (error) {
      if (!this.#isClosed) this.#showFailure(messageOf(error), prepared);
    }
  }

  #showFailure(message: string, prepared: Ready): void {
    const { contentEl } = this;
    contentEl.empty();
    failureBox(contentEl, message);
    const row = buttonRow(contentEl);
    button(row, TEXTS.ai.again, () => void this.#ask(prepared));
    button(row, TEXTS.close, () => this.close()).buttonEl.focus();
  }
}

function whyNot(prepared: Exclude<Prepared, Ready>): string {
  switch (prepared.kind) {
    case 'private':
      return TEXTS.ai.private(prepared.reason);
    case 'off':
      return TEXTS.ai.off;
    case 'no-key':
      return TEXTS.ai.noKey;
    case 'settled':
      return TEXTS.ai.settled;
    case 'too-large':
      return TEXTS.ai.tooLarge;
  }
}
