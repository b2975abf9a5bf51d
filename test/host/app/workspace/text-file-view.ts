import { debounce } from '../debounce.ts';
import { Notice } from '../ui/notice.ts';
import type { TFile } from '../vault/files.ts';
import { mergeFuzzily } from './fuzzy-merge.ts';
import { FileView } from './view.ts';

const AUTOSAVE_MS = 2_000;

export abstract class EditableFileView extends FileView {}

/**
 * A note in memory, and how it meets its file:
 *
 *             typing                    2 s after the first unsaved key
 *   clean ─────────────► dirty ──────────────────────────────────────► save ► clean
 *     │ modify             │ modify
 *     ▼                    ▼
 *   take the file's text   patch what was typed onto the file's text, fuzzily; what does not fit is lost
 *
 * Without a `modify` it learns nothing, and the next save goes over the file. Saves do not overlap: one that is
 * asked for during another comes after it (obsidian-typings `saving`, `saveAgain`).
 */
export abstract class TextFileView extends EditableFileView {
  data = '';
  dirty = false;
  /** As it was last read or written: the ancestor of a merge. */
  lastSavedData = '';
  readonly requestSave = debounce(() => {
    void this.save();
  }, AUTOSAVE_MS);

  /** Ends with the last save that was asked for; never rejects. */
  #saved: Promise<void> = Promise.resolve();

  abstract getViewData(): string;
  abstract setViewData(data: string, clear: boolean): void;
  abstract clear(): void;

  override onload(): void {
    super.onload();
    this.registerEvent(
      this.app.vault.on('modify', (file) => {
        if (file === this.file) void this.#fileWasModified(this.file);
      }),
    );
  }

  override async onLoadFile(file: TFile): Promise<void> {
    const text = await this.app.vault.read(file);
    this.data = text;
    this.lastSavedData = text;
    this.dirty = false;
    this.setViewData(text, true);
  }

  override async onUnloadFile(_file: TFile): Promise<void> {
    this.requestSave.cancel();
    await this.save(true);
  }

  save(clear = false): Promise<void> {
    const saving = this.#saved.then(() => this.#save(clear));
    this.#saved = saving.catch(() => undefined);
    return saving;
  }

  async #save(clear: boolean): Promise<void> {
    const { file } = this;
    const text = this.getViewData();
    if (file !== null && this.dirty) {
      this.dirty = false;
      this.lastSavedData = text;
      await this.app.vault.modify(file, text);
    }
    if (clear) this.clear();
  }

  /** Called by the editor when its text changed by whatever hand. */
  wasEdited(): void {
    this.data = this.getViewData();
    this.dirty = true;
    this.requestSave();
  }

  async #fileWasModified(file: TFile): Promise<void> {
    const text = await this.#settledText(file);
    // Another note may be shown here meanwhile.
    if (file !== this.file || text === this.lastSavedData) return;
    const live = this.getViewData();
    if (!this.dirty || text === live) {
      this.#take(text);
      return;
    }
    const merged = mergeFuzzily(this.lastSavedData, live, text);
    this.#take(merged);
    this.lastSavedData = text;
    new Notice(`"${file.basename}" has been modified externally, merging changes automatically.`);
    this.dirty = true;
    this.requestSave();
  }

  /** What the file has once no save of the view's own is under way: its echo is no news. */
  async #settledText(file: TFile): Promise<string> {
    for (;;) {
      const saved = this.#saved;
      await saved;
      const text = await this.app.vault.read(file);
      if (saved === this.#saved) return text;
    }
  }

  #take(text: string): void {
    this.data = text;
    this.lastSavedData = text;
    if (text !== this.getViewData()) this.setViewData(text, false);
    this.dirty = false;
  }
}
