import { Modal } from 'obsidian';
import type { Finding } from '../../storage/check-connection.ts';
import { TEXTS } from '../texts.ts';
import type { Ui } from '../ui-context.ts';
import { button, buttonRow, callout, failureBox, hiddenText, icon, messageOf, statusLine } from './parts.ts';

const ICONS: Readonly<Record<Finding['state'], string>> = {
  ok: 'check',
  warning: 'alert-triangle',
  failed: 'x',
  skipped: 'minus',
};

/** Tries the connection as soon as it opens, and says of each check what came out and what to do. */
export class CheckModal extends Modal {
  readonly #ui: Ui;
  /** The name of the one that is tried; absent: the vault's cloud. */
  readonly #backup: string | undefined;
  #run = new AbortController();

  constructor(ui: Ui, backup?: string) {
    super(ui.app);
    this.#ui = ui;
    this.#backup = backup;
  }

  override async onOpen(): Promise<void> {
    this.modalEl.addClass('twincloud-modal');
    this.setTitle(TEXTS.check.title);
    await this.#check();
  }

  override onClose(): void {
    this.#run.abort();
    this.contentEl.empty();
  }

  async #check(): Promise<void> {
    const { contentEl } = this;
    const run = new AbortController();
    this.#run = run;
    contentEl.empty();
    statusLine(contentEl, TEXTS.check.running);
    button(buttonRow(contentEl), TEXTS.cancel, () => this.close()).buttonEl.focus();
    try {
      const { service } = this.#ui;
      const findings =
        this.#backup === undefined
          ? await service.checkConnection(run.signal)
          : await service.backups.check(this.#backup, run.signal);
      if (run.signal.aborted) return;
      contentEl.empty();
      this.#show(findings);
    } catch (error) {
      if (run.signal.aborted) return;
      contentEl.empty();
      failureBox(contentEl, messageOf(error));
      this.#showButtons(false);
    }
  }

  #show(findings: readonly Finding[]): void {
    const { check } = TEXTS;
    const failed = findings.some(({ state }) => state === 'failed');
    const warned = findings.some(({ state }) => state === 'warning');
    const text = failed ? check.bad : warned ? check.usable : check.good;
    const tone = failed ? 'error' : warned ? 'warning' : 'success';
    callout(this.contentEl, { tone, text, role: failed ? 'alert' : 'status' });
    const list = this.contentEl.createEl('ul', { cls: 'twincloud-findings' });
    for (const finding of findings) showFinding(list, finding);
    this.#showButtons(!failed);
  }

  #showButtons(good: boolean): void {
    const row = buttonRow(this.contentEl);
    const goOn = (): void => {
      this.close();
      if (this.#backup === undefined) this.#ui.open.preview();
      else this.#ui.syncByHand();
    };
    const next = good
      ? button(row, this.#backup === undefined ? TEXTS.check.preview : TEXTS.check.sync, goOn)
      : button(row, TEXTS.check.again, () => void this.#check());
    next.setCta().buttonEl.focus({ preventScroll: true });
    button(row, TEXTS.close, () => this.close());
  }
}

function showFinding(list: HTMLElement, { check, state, message, remedy }: Finding): void {
  const row = list.createEl('li', { cls: `twincloud-finding is-${state}` });
  icon(row, ICONS[state]);
  const words = row.createDiv();
  const title = words.createDiv({ cls: 'twincloud-finding-name', text: TEXTS.check.name(check) });
  hiddenText(title, `: ${TEXTS.check.state(state)}.`);
  words.createDiv({ cls: 'twincloud-detail', text: message });
  if (remedy !== undefined) words.createDiv({ cls: 'twincloud-remedy', text: remedy });
}
