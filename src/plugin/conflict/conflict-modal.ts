import { Component, Modal, Notice, Platform, type ButtonComponent, type TAbstractFile } from 'obsidian';
import { plainText } from '../../core/text/words.ts';
import type { VaultPath } from '../../core/model/vault-path.ts';
import type { ConflictContents, ConflictDecision } from '../../engine/api.ts';
import { confirmMarks } from '../ai/marks-list.ts';
import { SuggestModal } from '../ai/suggest-modal.ts';
import { button, buttonRow, callout, failureBox, messageOf, statusLine } from '../modals/parts.ts';
import { TEXTS } from '../texts.ts';
import type { Ui } from '../ui-context.ts';
import type { Editors } from './editors.ts';
import { FileDecision } from './file-decision.ts';
import type { SideNames } from './hunk-bar.ts';
import { noteTexts, type NoteTexts } from './note-text.ts';
import { TextDecision } from './text-decision.ts';

/** Several events of one write are one look. */
const LOOK_AGAIN_MS = 150;

/** Resolving one conflict. Closing it at any time leaves both versions as they are. */
export class ConflictModal extends Modal {
  readonly #ui: Ui;
  readonly #copy: VaultPath;
  readonly #tie = new Component();
  #contents: ConflictContents | undefined;
  #text: TextDecision | undefined;
  #file: FileDecision | undefined;
  #notes: HTMLElement | undefined;
  #left: HTMLElement | undefined;
  #apply: ButtonComponent | undefined;
  #isClosed = false;
  #isBusy = false;
  #isOver = false;
  #timer: number | undefined;
  #asking: SuggestModal | undefined;

  constructor(ui: Ui, copy: VaultPath) {
    super(ui.app);
    this.#ui = ui;
    this.#copy = copy;
  }

  override async onOpen(): Promise<void> {
    this.modalEl.addClass('twincloud-modal', 'twincloud-conflict');
    this.setTitle(TEXTS.conflict.listTitle);
    statusLine(this.contentEl, TEXTS.conflict.loading);
    this.#tie.load();
    try {
      const [contents, { EDITORS }] = await Promise.all([
        this.#ui.service.conflictDesk.read(this.#copy),
        import('./editors.ts'),
      ]);
      if (!this.#isClosed) this.#begin(contents, EDITORS);
    } catch (error) {
      if (this.#isClosed) return;
      this.contentEl.empty();
      failureBox(this.contentEl, messageOf(error));
      button(buttonRow(this.contentEl), TEXTS.close, () => this.close()).buttonEl.focus();
    }
  }

  override onClose(): void {
    this.#isClosed = true;
    this.#asking?.close();
    window.clearTimeout(this.#timer);
    this.#tie.unload();
    this.#text?.destroy();
    this.#file?.destroy();
    this.contentEl.empty();
  }

  #begin(contents: ConflictContents, editors: Editors): void {
    const { contentEl } = this;
    const { conflict } = contents;
    const names = namesOf(contents);
    this.setTitle(TEXTS.conflict.title(plainText(conflict.path)));
    this.modalEl.setAttr('aria-label', this.titleEl.getText());
    contentEl.empty();
    contentEl.createDiv({ cls: 'twincloud-detail', text: TEXTS.conflict.about(conflict) });
    this.#notes = contentEl.createDiv({ cls: 'twincloud-conflict-notes' });
    const main = contentEl.createDiv({ cls: 'twincloud-conflict-main' });
    const changed = (): void => this.#showLeft();
    if (noteTexts(contents) === undefined) this.#file = new FileDecision({ parent: main, names, changed });
    else this.#text = new TextDecision({ parent: main, editors, names, changed, ...this.#suggest() });
    this.#showFooter();
    this.#take(contents);
    this.#text?.editor?.focus();
    this.#watch(contents);
  }

  /** Nothing, where no model is set up. */
  #suggest(): { readonly suggest?: (texts: NoteTexts) => void } {
    if (!this.#ui.suggesting.isOn) return {};
    const suggest = (texts: NoteTexts): void => {
      const path = this.#contents?.conflict.path;
      if (path === undefined || this.#isOver) return;
      const suggested = (text: string): void => this.#text?.suggested(text);
      this.#asking = new SuggestModal(this.#ui, { path, texts, suggested });
      this.#ui.show(this.#asking);
    };
    return { suggest };
  }

  #showFooter(): void {
    const row = buttonRow(this.contentEl);
    row.addClass('twincloud-conflict-foot');
    this.#left = row.createDiv({ cls: 'twincloud-detail', attr: { role: 'status' } });
    if (this.#text !== undefined) {
      const step = (icon: string, name: string, by: 1 | -1): void => {
        const one = button(row, '', () => this.#text?.editor?.step(by)).setIcon(icon);
        one.buttonEl.setAttrs({ 'aria-label': name });
        one.buttonEl.addClass('twincloud-step');
      };
      step('chevron-up', TEXTS.conflict.previous, -1);
      step('chevron-down', TEXTS.conflict.next, 1);
      if (!Platform.isMobile) showKeys(this.contentEl);
    }
    button(row, TEXTS.conflict.later, () => this.close());
    this.#apply = button(row, TEXTS.conflict.apply, () => void this.#resolve()).setCta();
    this.modalEl.addEventListener('keydown', (event) => this.#key(event), { capture: true });
  }

  #take(contents: ConflictContents): readonly string[] {
    // What is asked is about other versions.
    this.#asking?.close();
    this.#contents = contents;
    const texts = noteTexts(contents);
    if (this.#text !== undefined && texts !== undefined) return this.#text.show(contents, texts);
    this.#file?.show(contents);
    this.#showLeft();
    return [];
  }

  #showLeft(): void {
    const text = this.#text;
    const left = text?.open ?? 0;
    const isBroken = text?.isBroken === true;
    const isChosen = left === 0 && (text !== undefined ? !isBroken : this.#file?.isChosen === true);
    const isReady = !this.#isOver && !this.#isBusy && isChosen;
    this.#apply?.setDisabled(!isReady);
    const marks = text?.suggestedMarks ?? 0;
    if (text === undefined) this.#left?.setText('');
    else if (isBroken) this.#left?.setText(TEXTS.conflict.broken);
    else if (marks > 0) this.#left?.setText(TEXTS.ai.marksLeft(marks));
    else this.#left?.setText(text.isClean ? TEXTS.conflict.clean : TEXTS.conflict.left(left));
  }

  #key(event: KeyboardEvent): void {
    const editor = this.#text?.editor;
    const isMod = event.ctrlKey || event.metaKey;
    const act = isMod && event.key === 'Enter' ? () => void this.#resolve() : this.#keyOf(event, isMod);
    if (act === undefined || editor === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  #keyOf(event: KeyboardEvent, isMod: boolean): (() => void) | undefined {
    const editor = this.#text?.editor;
    if (isMod && !event.altKey && event.key.toLowerCase() === 'z')
      return () => (event.shiftKey ? editor?.redo() : editor?.undo());
    if (!event.altKey || isMod) return undefined;
    switch (event.code) {
      case 'ArrowDown':
        return () => editor?.step(1);
      case 'ArrowUp':
        return () => editor?.step(-1);
      case 'Digit1':
        return () => editor?.choose('note');
      case 'Digit2':
        return () => editor?.choose('copy');
      case 'Digit3':
        return () => editor?.choose('both');
      default:
        return undefined;
    }
  }

  async #resolve(): Promise<void> {
    const contents = this.#contents;
    const take = this.#text?.take ?? this.#file?.take;
    if (contents === undefined || take === undefined || this.#apply?.disabled !== false) return;
    if (!(await this.#isMeant(contents))) return;
    this.#busy(true);
    const seen = { note: contents.note.hash, copy: contents.copy.hash };
    const decision: ConflictDecision = { copy: this.#copy, seen, take };
    try {
      await this.#ui.service.conflictDesk.resolve(decision);
      new Notice(TEXTS.conflict.applied(plainText(contents.conflict.path)));
      this.close();
    } catch (error) {
      if (this.#isClosed) return;
      this.#busy(false);
      this.#say('error', messageOf(error));
      await this.#lookAgain();
    }
  }

  /** A suggestion with marks is applied after a second look only; one that has become stale meanwhile is not. */
  async #isMeant(contents: ConflictContents): Promise<boolean> {
    const marks = this.#text?.marks ?? [];
    if (marks.length === 0) return true;
    const isConfirmed = await confirmMarks(this.app, marks, namesOf(contents));
    return isConfirmed && this.#contents === contents && !this.#isGone() && !this.#isOver;
  }

  #busy(isBusy: boolean): void {
    this.#isBusy = isBusy;
    this.#apply?.setButtonText(isBusy ? TEXTS.conflict.applying : TEXTS.conflict.apply);
    this.#showLeft();
  }

  /** A version may arrive, or be edited in another tab, at any time. */
  #watch({ conflict }: ConflictContents): void {
    const { vault } = this.app;
    const paths: readonly string[] = [conflict.path, conflict.copy];
    const look = (path: string): void => {
      if (!paths.includes(path) || this.#isBusy) return;
      window.clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => void this.#lookAgain(), LOOK_AGAIN_MS);
    };
    const changed = (file: TAbstractFile): void => look(file.path);
    this.#tie.registerEvent(vault.on('modify', changed));
    this.#tie.registerEvent(vault.on('create', changed));
    this.#tie.registerEvent(vault.on('delete', changed));
    this.#tie.registerEvent(vault.on('rename', (_file, oldPath) => look(oldPath)));
  }

  async #lookAgain(): Promise<void> {
    if (this.#isClosed || this.#isBusy) return;
    try {
      const contents = await this.#ui.service.conflictDesk.read(this.#copy);
      const before = this.#contents;
      const isSame = before?.note.hash === contents.note.hash && before.copy.hash === contents.copy.hash;
      if (isSame || this.#isGone()) return;
      const isWithdrawn = this.#text?.suggestedMarks !== undefined || this.#asking?.isOpen === true;
      const lost = this.#take(contents);
      this.#say('info', isWithdrawn ? TEXTS.ai.withdrawn : TEXTS.conflict.arrived, lost);
    } catch {
      if (this.#isGone()) return;
      this.#isOver = true;
      this.#say('warning', TEXTS.conflict.over);
      this.#showLeft();
    }
  }

  /** Asked anew after each wait. */
  #isGone(): boolean {
    return this.#isClosed || this.#isBusy;
  }

  #say(tone: 'info' | 'warning' | 'error', text: string, lost: readonly string[] = []): void {
    if (this.#notes === undefined) return;
    this.#notes.empty();
    const box = callout(this.#notes, { tone, text, role: tone === 'info' ? 'status' : 'alert' });
    if (lost.length === 0) return;
    box.createDiv({ text: TEXTS.conflict.lostChoices(lost.length) });
    for (const one of lost) box.createEl('pre', { cls: 'twincloud-lost', text: one });
  }
}

function showKeys(parent: HTMLElement): void {
  const [alt, mod] = Platform.isMacOS ? ['⌥', '⌘'] : ['Alt', 'Ctrl'];
  const row = parent.createDiv({
    cls: 'twincloud-detail twincloud-keys',
    attr: { role: 'note', 'aria-label': TEXTS.conflict.keysLabel },
  });
  for (const { keys, does } of TEXTS.conflict.keys(alt, mod)) {
    const one = row.createSpan();
    for (const key of keys) one.createEl('kbd', { text: key });
    one.appendText(` ${does}`);
  }
}

function namesOf({ conflict }: ConflictContents): SideNames {
  const note = plainText(conflict.noteDevice ?? TEXTS.conflict.otherDevice);
  const copy = plainText(conflict.copyDevice);
  return { note, copy: note === copy ? TEXTS.conflict.twice(copy) : copy };
}
