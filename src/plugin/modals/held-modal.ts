import { Modal, Setting } from 'obsidian';
import type { HeldDecision, HeldItem } from '../../engine/api.ts';
import { TEXTS } from '../texts.ts';
import { plainText } from '../texts/words.ts';
import type { Ui } from '../ui-context.ts';
import { button, buttonRow, failureBox, foldedList, messageOf, statusLine } from './parts.ts';

/** What the guard keeps back, and the three answers. */
export class HeldModal extends Modal {
  readonly #ui: Ui;
  readonly #closing = new AbortController();

  constructor(ui: Ui) {
    super(ui.app);
    this.#ui = ui;
  }

  override async onOpen(): Promise<void> {
    this.modalEl.addClass('twincloud-modal');
    this.setTitle(TEXTS.held.title);
    statusLine(this.contentEl, TEXTS.held.loading);
    try {
      const items = await this.#ui.service.held();
      if (!this.#closing.signal.aborted) this.#show(items);
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#fail(messageOf(error));
    }
  }

  override onClose(): void {
    this.#closing.abort();
    this.contentEl.empty();
  }

  #fail(message: string): void {
    this.contentEl.empty();
    failureBox(this.contentEl, message);
    button(buttonRow(this.contentEl), TEXTS.close, () => this.close());
  }

  #show(items: readonly HeldItem[]): void {
    const { contentEl } = this;
    contentEl.empty();
    if (items.length === 0) {
      statusLine(contentEl, TEXTS.held.none);
      button(buttonRow(contentEl), TEXTS.close, () => this.close()).buttonEl.focus();
      return;
    }
    statusLine(contentEl, TEXTS.held.explain);
    const groups = groupsOf(items);
    for (const { first, group } of groups) {
      const rows = group.map(({ path }) => ({ title: plainText(path) }));
      const title = TEXTS.held.heading(first, group.length);
      foldedList(contentEl, { title, open: groups.length === 1 && group.length <= 20, rows });
    }
    this.#showAnswers();
  }

  #showAnswers(): void {
    const { held } = TEXTS;
    const answers = this.contentEl.createDiv({
      cls: 'twincloud-answers',
      attr: { role: 'group', 'aria-label': held.answers },
    });
    const answer = (decision: HeldDecision, text: string, help: string): void => {
      new Setting(answers).setName(help).addButton((one) => {
        one.setButtonText(text).onClick(() => this.#answer(decision));
        if (decision === 'apply') one.setDestructive();
      });
    };
    answer('restore', held.restore, held.restoreHelp);
    answer('apply', held.apply, held.applyHelp);
    answer('keep', held.keep, held.keepHelp);
  }

  #answer(decision: HeldDecision): void {
    this.close();
    this.#ui.run(TEXTS.held.title, () => this.#ui.service.answerHeld(decision));
  }
}

interface Group {
  readonly first: HeldItem;
  readonly group: HeldItem[];
}

/** Those of one kind and direction together. */
function groupsOf(items: readonly HeldItem[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const item of items) {
    const key = `${item.kind}:${item.direction}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { first: item, group: [item] });
    else known.group.push(item);
  }
  return [...groups.values()];
}
