import { Notice } from 'obsidian';
import type { ClearReport, Encryption, EncryptionService, LongWork } from '../service.ts';
import { eitherOf } from '../sync/either.ts';
import { TEXTS } from '../texts.ts';
import { askNew, askSecret, drawCleared, drawRecoveryKey, explainSteps } from './encryption-parts.ts';
import { LoadingModal, type Loading } from './loading-modal.ts';
import { button, buttonRow, callout, failureBox, messageOf, statusLine } from './parts.ts';
import { progressView } from './progress-view.ts';

const TEXT = TEXTS.encryption;

/** Gives this device the key of an encrypted cloud, has a cloud encrypted, or its passphrase changed. */
export class EncryptionModal extends LoadingModal<Encryption> {
  protected override loading(): Loading<Encryption> {
    return { title: TEXT.title, waiting: TEXT.looking, load: () => this.#service.look() };
  }

  get #service(): EncryptionService {
    return this.ui.service.encryption;
  }

  protected override show(found: Encryption): void {
    this.contentEl.empty();
    switch (found) {
      case 'has-key':
      case 'leftovers':
        this.#showKnown(found === 'leftovers');
        break;
      case 'sealed':
        this.#askSecret(TEXT.sealed, TEXT.open, (secret) => this.#join(secret));
        break;
      case 'begun':
        this.#askSecret(TEXT.begun, TEXT.goOn, (secret) => this.#prepare(secret));
        break;
      case 'begun-here':
        this.#showBegun();
        break;
      case 'empty':
        this.#askNew('warning', TEXT.empty, TEXT.begin, async (passphrase) =>
          this.#showRecoveryKey(await this.#service.begin(passphrase), () => this.close()),
        );
        break;
      case 'plain':
        askNew(this.contentEl, {
          explain: explainSteps,
          button: TEXT.encrypt,
          cancel: () => this.close(),
          act: (passphrase) => this.#prepare(passphrase),
        });
        break;
      case 'files':
        callout(this.contentEl, { tone: 'info', text: TEXT.files });
        button(buttonRow(this.contentEl), TEXTS.close, () => this.close());
    }
  }

  #showKnown(hasLeftovers: boolean): void {
    const { contentEl } = this;
    callout(contentEl, { tone: 'success', text: TEXT.hasKey });
    if (hasLeftovers) callout(contentEl, { tone: 'warning', text: TEXT.leftovers });
    const row = buttonRow(contentEl);
    if (hasLeftovers) button(row, TEXT.remove, () => this.#clear()).setDestructive();
    button(row, TEXT.showKey, () => this.#showKeptKey(() => this.close()));
    button(row, TEXT.change, () => this.#askChange());
    button(row, TEXTS.close, () => this.close());
  }

  #showBegun(): void {
    callout(this.contentEl, { tone: 'info', text: TEXT.begunHere });
    const row = buttonRow(this.contentEl);
    button(row, TEXT.goOn, () => this.#seal()).setCta();
    button(row, TEXT.showKey, () => this.#showKeptKey(() => this.#seal()));
    button(row, TEXT.later, () => this.close());
  }

  #showKeptKey(onKept: () => void): void {
    this.#work(async () => {
      const key = await this.#service.recoveryKey();
      if (key !== undefined) this.#showRecoveryKey(key, onKept);
    });
  }

  #showRecoveryKey(key: string, onKept: () => void): void {
    if (!this.closing.signal.aborted) drawRecoveryKey(this.contentEl, this.ui, key, onKept);
  }

  #askSecret(text: string, buttonText: string, act: (secret: string) => void, problem?: string): void {
    askSecret(this.contentEl, {
      explain: (parent) => callout(parent, { tone: 'info', text }),
      button: buttonText,
      cancel: () => this.close(),
      act,
      problem,
    });
  }

  #askNew(
    tone: 'info' | 'warning',
    text: string,
    buttonText: string,
    act: (passphrase: string) => Promise<void>,
  ): void {
    askNew(this.contentEl, {
      explain: (parent) => callout(parent, { tone, text }),
      button: buttonText,
      cancel: () => this.close(),
      act: (passphrase) => this.#work(() => act(passphrase)),
    });
  }

  #join(secret: string): void {
    this.#work(async () => {
      if (await this.#service.join(secret)) this.#finish(TEXT.joined);
      else this.#askSecret(TEXT.sealed, TEXT.open, (again) => this.#join(again), TEXT.wrong);
    });
  }

  #askChange(): void {
    this.#askNew('info', TEXT.changing, TEXT.change, async (passphrase) => {
      await this.#service.changePassphrase(passphrase);
      this.close();
      new Notice(TEXT.changed);
    });
  }

  #prepare(passphrase: string): void {
    this.#workLong(
      (work) => this.#service.prepare(passphrase, work),
      (key) => {
        if (key !== undefined) this.#showRecoveryKey(key, () => this.#seal());
        else this.#askSecret(TEXT.begun, TEXT.goOn, (again) => this.#prepare(again), TEXT.wrong);
      },
    );
  }

  #seal(): void {
    this.#workLong(
      (work) => this.#service.seal(work),
      () => {
        const { contentEl } = this;
        callout(contentEl, { tone: 'success', text: TEXT.sealedNow, role: 'status' });
        callout(contentEl, { tone: 'warning', text: TEXT.leftovers });
        const row = buttonRow(contentEl);
        button(row, TEXT.remove, () => this.#clear()).setDestructive();
        button(row, TEXT.later, () => this.#finish());
      },
    );
  }

  #clear(): void {
    this.#workLong<ClearReport>(
      (work) => this.#service.clear(work),
      (report) => {
        drawCleared(this.contentEl, report);
        button(buttonRow(this.contentEl), TEXTS.close, () => this.#finish()).setCta();
      },
    );
  }

  #finish(told?: string): void {
    this.close();
    if (told !== undefined) new Notice(told);
    this.ui.syncByHand();
  }

  #work(act: () => Promise<void>): void {
    this.contentEl.empty();
    statusLine(this.contentEl, TEXT.working);
    act().catch((error: unknown) => this.#fail(error));
  }

  /** With its progress; stopped by the button, and by closing the window. */
  #workLong<T>(act: (work: LongWork) => Promise<T>, done: (result: T) => void): void {
    const { contentEl } = this;
    contentEl.empty();
    contentEl.createEl('p', { text: TEXT.keepOpen });
    const stopping = new AbortController();
    const { signal, end } = eitherOf(this.closing.signal, stopping.signal);
    const onProgress = progressView(contentEl, {
      label: TEXT.title,
      onStop: () => stopping.abort(),
    });
    act({ onProgress, signal })
      .then(
        (result) => {
          if (this.closing.signal.aborted) return;
          contentEl.empty();
          done(result);
        },
        (error: unknown) => {
          if (this.closing.signal.aborted) new Notice(TEXT.stopped);
          else this.#fail(error, signal.aborted);
        },
      )
      .finally(end);
  }

  #fail(error: unknown, isStopped = false): void {
    const { contentEl } = this;
    if (this.closing.signal.aborted) return;
    contentEl.empty();
    if (isStopped) statusLine(contentEl, TEXT.stopped);
    else failureBox(contentEl, messageOf(error));
    const row = buttonRow(contentEl);
    button(row, isStopped ? TEXT.goOn : TEXTS.again, () => void this.load()).setCta();
    button(row, TEXTS.close, () => this.close());
  }
}
