import { Setting } from 'obsidian';
import type { HeldDecision, HeldItem } from '../../engine/api.ts';
import { TEXTS } from '../texts.ts';
import { plainText } from '../../core/text/words.ts';
import { LoadingModal, type Loading } from './loading-modal.ts';
import { button, buttonRow, foldedList, statusLine } from './parts.ts';

/** What the guard keeps back, and the three answers. */
export class HeldModal extends LoadingModal<readonly HeldItem[]> {
  protected loading(): Loading<readonly HeldItem[]> {
    return {
      title: TEXTS.held.title,
      waiting: TEXTS.held.loading,
      load: () => this.ui.service.held(),
    };
  }

  protected show(items: readonly HeldItem[]): void {
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
    this.ui.run(TEXTS.held.title, () => this.ui.service.answerHeld(decision));
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
