import { Modal } from 'obsidian';
import type { VerifyReport } from '../../engine/api.ts';
import { TEXTS } from '../texts.ts';
import { plainText } from '../../core/text/words.ts';
import type { Ui } from '../ui-context.ts';
import { button, buttonRow, callout, failureBox, foldedList, messageOf, statusLine } from './parts.ts';
import { progressView } from './progress-view.ts';

/** Looks over the cloud as soon as it opens; closing it stops that. */
export class VerifyModal extends Modal {
  readonly #ui: Ui;
  readonly #stopping = new AbortController();
  readonly #closing = new AbortController();

  constructor(ui: Ui) {
    super(ui.app);
    this.#ui = ui;
  }

  override async onOpen(): Promise<void> {
    const { contentEl } = this;
    this.modalEl.addClass('twincloud-modal');
    this.setTitle(TEXTS.verify.title);
    contentEl.createEl('p', { text: TEXTS.verify.explain });
    const onProgress = progressView(contentEl, {
      label: TEXTS.verify.bar,
      onStop: () => this.#stopping.abort(),
    });
    try {
      const report = await this.#ui.service.verify(onProgress, this.#stopping.signal);
      if (!this.#closing.signal.aborted) this.#show(report);
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#fail(messageOf(error));
    }
  }

  override onClose(): void {
    this.#closing.abort();
    this.#stopping.abort();
    this.contentEl.empty();
  }

  #fail(message: string): void {
    this.contentEl.empty();
    if (this.#stopping.signal.aborted) statusLine(this.contentEl, TEXTS.verify.stopped);
    else failureBox(this.contentEl, message);
    this.#showClose();
  }

  #show(report: VerifyReport): void {
    const { contentEl } = this;
    const { verify } = TEXTS;
    contentEl.empty();
    if (report.damaged.length === 0) {
      callout(contentEl, { tone: 'success', text: verify.good(report), role: 'status' });
    } else {
      callout(contentEl, { tone: 'warning', text: verify.bad(report), role: 'alert' });
      const rows = report.damaged.map(({ path, repaired, detail }) => ({
        title: plainText(path),
        detail: `${repaired ? verify.repaired : verify.lost} (${plainText(detail)})`,
      }));
      foldedList(contentEl, { title: verify.damaged, open: true, rows });
    }
    contentEl.createEl('p', { text: verify.readable(report) });
    if (report.problems.length > 0) {
      const rows = report.problems.map(({ path, message }) => ({
        title: plainText(path),
        detail: plainText(message),
      }));
      foldedList(contentEl, { title: verify.problems(rows.length), rows });
    }
    this.#showClose();
  }

  #showClose(): void {
    const close = button(buttonRow(this.contentEl), TEXTS.close, () => this.close());
    close.buttonEl.focus({ preventScroll: true });
  }
}
