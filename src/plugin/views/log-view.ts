import { DropdownComponent, ItemView, Notice, type WorkspaceLeaf } from 'obsidian';
import type { LogEntry } from '../service.ts';
import { faceOf } from '../status-face.ts';
import { TEXTS } from '../texts.ts';
import type { Ui } from '../ui-context.ts';
import { showAttention } from './attention.ts';
import { entriesAfter, passes, type LogFilter } from './log-filter.ts';
import { logRow } from './log-rows.ts';

export const LOG_VIEW = 'twincloud-log';
/** So many more entries are made at a time. */
const PAGE = 200;

/** The log, newest first and live, below what needs a person. */
export class LogView extends ItemView {
  override icon = 'scroll-text';
  readonly #ui: Ui;
  #filter: LogFilter = 'all';
  #limit = PAGE;
  #newest: LogEntry | undefined;
  #parts: Parts | undefined;
  #frame: number | undefined;

  constructor(leaf: WorkspaceLeaf, ui: Ui) {
    super(leaf);
    this.#ui = ui;
  }

  override getViewType(): string {
    return LOG_VIEW;
  }

  override getDisplayText(): string {
    return TEXTS.log.title;
  }

  override async onOpen(): Promise<void> {
    const { contentEl } = this;
    contentEl.empty();
    contentEl.addClass('twincloud-log');
    const head = contentEl.createDiv({ cls: 'twincloud-log-head' });
    const status = head.createSpan({ cls: 'twincloud-log-status' });
    const filter = new DropdownComponent(head)
      .addOptions({ all: TEXTS.log.all, problems: TEXTS.log.problems })
      .onChange((value) => {
        this.#filter = value === 'problems' ? 'problems' : 'all';
        this.#showAll();
      });
    filter.selectEl.setAttr('aria-label', TEXTS.log.filter);
    const attention = contentEl.createDiv({ attr: { role: 'region', 'aria-label': TEXTS.log.attention } });
    const empty = contentEl.createDiv({ cls: 'twincloud-empty' });
    const list = contentEl.createEl('ul', {
      cls: 'twincloud-entries',
      attr: { 'aria-label': TEXTS.log.entries },
    });
    const older = contentEl.createEl('button', { text: TEXTS.log.older, attr: { type: 'button' } });
    this.registerDomEvent(older, 'click', () => {
      this.#limit += PAGE;
      this.#showAll();
    });
    this.#parts = { status, attention, empty, list, older };
    this.register(this.#ui.service.onLog(() => this.#later()));
    this.register(this.#ui.service.onState(() => this.#later()));
    this.register(() => {
      if (this.#frame !== undefined) contentEl.win.cancelAnimationFrame(this.#frame);
    });
    this.#showAll();
    this.#showState();
  }

  readonly #undo = (id: string): void => {
    this.#ui.run(TEXTS.conflict.undo, async () => {
      await this.#ui.service.conflictDesk.undo(id);
      new Notice(TEXTS.conflict.undone);
    });
  };

  /** A sync may log hundreds of lines in a moment: they are shown together. */
  #later(): void {
    this.#frame ??= this.contentEl.win.requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#showNew();
      this.#showState();
    });
  }

  #showState(): void {
    if (this.#parts === undefined) return;
    this.#parts.status.setText(faceOf(this.#ui.service.state).text);
    showAttention(this.#parts.attention, this.#ui);
  }

  #showNew(): void {
    const parts = this.#parts;
    const { log } = this.#ui.service;
    const fresh = entriesAfter(log, this.#newest);
    this.#newest = log.at(-1);
    if (parts === undefined || fresh.length === 0) return;
    if (fresh.length > PAGE) {
      this.#showAll();
      return;
    }
    for (const entry of fresh)
      if (passes(entry, this.#filter)) logRow(parts.list, entry, 'first', this.#undo);
    while (parts.list.childElementCount > this.#limit) parts.list.lastElementChild?.remove();
    this.#showEnds(parts);
  }

  #showAll(): void {
    const parts = this.#parts;
    if (parts === undefined) return;
    const { log } = this.#ui.service;
    this.#newest = log.at(-1);
    parts.list.empty();
    const passing = log.filter((entry) => passes(entry, this.#filter));
    for (const entry of passing.slice(-this.#limit).reverse()) logRow(parts.list, entry, 'last', this.#undo);
    this.#showEnds(parts);
  }

  /** What stands where there are no entries, and the way to the older ones. */
  #showEnds({ list, empty, older }: Parts): void {
    const { log } = this.#ui.service;
    const shown = list.childElementCount;
    empty.empty();
    if (shown === 0 && log.length > 0) empty.createDiv({ text: TEXTS.log.noProblems });
    if (log.length === 0) {
      empty.createDiv({ cls: 'twincloud-empty-title', text: TEXTS.log.emptyTitle });
      empty.createDiv({ text: TEXTS.log.empty });
    }
    older.toggle(log.filter((entry) => passes(entry, this.#filter)).length > shown);
  }
}

interface Parts {
  readonly status: HTMLElement;
  readonly attention: HTMLElement;
  readonly empty: HTMLElement;
  readonly list: HTMLElement;
  readonly older: HTMLElement;
}
