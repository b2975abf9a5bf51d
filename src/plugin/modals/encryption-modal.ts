import { Notice, Setting } from 'obsidian';
import type { Encryption } from '../service.ts';
import { TEXTS } from '../texts.ts';
import { LoadingModal, type Loading } from './loading-modal.ts';
import { button, buttonRow, callout, failureBox, messageOf, statusLine } from './parts.ts';

const TEXT = TEXTS.encryption;
const LEAST_CHARACTERS = 10;

/** Gives this device the key of an encrypted cloud, or has an empty cloud encrypted. */
export class EncryptionModal extends LoadingModal<Encryption> {
  protected override loading(): Loading<Encryption> {
    return { title: TEXT.title, waiting: TEXT.looking, load: () => this.ui.service.encryption.look() };
  }

  protected override show(found: Encryption): void {
    this.contentEl.empty();
    switch (found) {
      case 'has-key':
        this.#showKnown();
        break;
      case 'sealed':
        this.#askPassphrase();
        break;
      case 'empty':
        this.#askNew();
        break;
      case 'plain':
      case 'files':
        callout(this.contentEl, { tone: 'info', text: TEXT[found] });
        button(buttonRow(this.contentEl), TEXTS.close, () => this.close());
    }
  }

  #showKnown(): void {
    callout(this.contentEl, { tone: 'success', text: TEXT.hasKey });
    const row = buttonRow(this.contentEl);
    button(row, TEXT.showKey, () => {
      void this.#work(async () => {
        const key = await this.ui.service.encryption.recoveryKey();
        if (key !== undefined) this.#showRecoveryKey(key);
      });
    });
    button(row, TEXTS.close, () => this.close());
  }

  #askPassphrase(problem?: string): void {
    const { contentEl } = this;
    contentEl.empty();
    if (problem !== undefined) failureBox(contentEl, problem);
    callout(contentEl, { tone: 'info', text: TEXT.sealed });
    const [secret] = this.#fields([TEXT.passphrase], () => open());
    const open = (): void => {
      void this.#work(async () => {
        if (!(await this.ui.service.encryption.join(secret?.value ?? ''))) {
          this.#askPassphrase(TEXT.wrong);
          return;
        }
        this.close();
        new Notice(TEXT.joined);
        this.ui.syncByHand();
      });
    };
    this.#buttons(TEXT.open, open);
  }

  #askNew(problem?: string): void {
    const { contentEl } = this;
    contentEl.empty();
    if (problem !== undefined) failureBox(contentEl, problem);
    callout(contentEl, { tone: 'warning', text: TEXT.empty });
    const fields = this.#fields([TEXT.passphrase, TEXT.again], () => begin());
    const begin = (): void => {
      const [first = '', again = ''] = fields.map(({ value }) => value);
      if (first.length < LEAST_CHARACTERS) this.#askNew(TEXT.short);
      else if (first !== again) this.#askNew(TEXT.differ);
      else void this.#work(async () => this.#showRecoveryKey(await this.ui.service.encryption.begin(first)));
    };
    this.#buttons(TEXT.begin, begin);
  }

  #showRecoveryKey(key: string): void {
    const { contentEl } = this;
    contentEl.empty();
    callout(contentEl, { tone: 'warning', text: TEXT.recovery });
    contentEl.createEl('code', { cls: 'twincloud-recovery-key', text: key });
    const row = buttonRow(contentEl);
    button(row, TEXT.copy, () => {
      this.ui.run(TEXT.copy, async () => {
        await navigator.clipboard.writeText(key);
        new Notice(TEXT.copied);
      });
    });
    button(row, TEXT.kept, () => this.close()).setCta();
  }

  #fields(names: readonly string[], onEnter: () => void): readonly HTMLInputElement[] {
    const fields = names.map((name) => {
      let input: HTMLInputElement | undefined;
      new Setting(this.contentEl).setName(name).addText((text) => {
        input = text.inputEl;
        input.type = 'password';
        input.autocomplete = 'off';
        input.setAttr('aria-label', name);
      });
      return input;
    });
    const shown = fields.filter((field) => field !== undefined);
    for (const field of shown)
      field.addEventListener('keydown', (event) => {
        if (event.key === 'Enter' && !event.isComposing) onEnter();
      });
    shown[0]?.focus({ preventScroll: true });
    return shown;
  }

  #buttons(text: string, act: () => void): void {
    const row = buttonRow(this.contentEl);
    button(row, text, act).setCta();
    button(row, TEXTS.cancel, () => this.close());
  }

  async #work(act: () => Promise<void>): Promise<void> {
    this.contentEl.empty();
    statusLine(this.contentEl, TEXT.working);
    try {
      await act();
    } catch (error) {
      if (this.closing.signal.aborted) return;
      this.contentEl.empty();
      failureBox(this.contentEl, messageOf(error));
      button(buttonRow(this.contentEl), TEXTS.close, () => this.close());
    }
  }
}
