import { Notice, type ButtonComponent } from 'obsidian';
import type { VaultPath } from '../../core/model/vault-path.ts';
import type { Version } from '../../engine/api.ts';
import { TEXTS } from '../texts.ts';
import { plainText } from '../../core/text/words.ts';
import type { Ui } from '../ui-context.ts';
import { LoadingModal, type Loading } from './loading-modal.ts';
import { button, buttonRow, failureBox, messageOf, statusLine } from './parts.ts';
import { readableText } from './readable-text.ts';

/** The versions of a note: each beside the note as it is now, and the way back to it. */
export class HistoryModal extends LoadingModal<readonly Version[]> {
  readonly #path: VaultPath;
  #selected: Version | undefined;
  #rows: readonly { readonly version: Version; readonly el: HTMLElement }[] = [];

  constructor(ui: Ui, path: VaultPath) {
    super(ui);
    this.#path = path;
  }

  protected loading(): Loading<readonly Version[]> {
    return {
      title: TEXTS.history.title(plainText(this.#path)),
      waiting: TEXTS.history.loading,
      classes: ['twincloud-wide', 'twincloud-history'],
      load: () => this.ui.service.history(this.#path),
    };
  }

  protected show(versions: readonly Version[]): void {
    const { contentEl } = this;
    contentEl.empty();
    const [newest] = versions;
    if (newest === undefined) {
      statusLine(contentEl, TEXTS.history.none);
      button(buttonRow(contentEl), TEXTS.close, () => this.close()).buttonEl.focus();
      return;
    }
    const columns = contentEl.createDiv({ cls: 'twincloud-history-columns' });
    const list = columns.createEl('ul', {
      cls: 'twincloud-versions',
      attr: { 'aria-label': TEXTS.history.list },
    });
    const panes = columns.createDiv({ cls: 'twincloud-panes' });
    const row = buttonRow(contentEl);
    row.createDiv({ cls: 'twincloud-detail', text: TEXTS.history.restoreHelp });
    const restore = button(row, TEXTS.history.restore, () => this.#restore())
      .setCta()
      .setDisabled(true);
    button(row, TEXTS.close, () => this.close());
    this.#rows = versions.map((version) => {
      const el = showVersion(list, version);
      el.addEventListener('click', () => void this.#select(version, panes, restore));
      return { version, el };
    });
    this.#rows[0]?.el.focus();
    void this.#select(newest, panes, restore);
  }

  async #select(version: Version, panes: HTMLElement, restore: ButtonComponent): Promise<void> {
    this.#selected = version;
    for (const row of this.#rows) row.el.setAttr('aria-pressed', String(row.version === version));
    restore.setDisabled(true);
    panes.empty();
    statusLine(panes, TEXTS.history.loadingVersion);
    try {
      const [bytes, now] = await Promise.all([this.ui.service.contents(version), this.#now()]);
      if (this.closing.signal.aborted || this.#selected !== version) return;
      panes.empty();
      const then = readableText(bytes);
      statusLine(panes, then !== undefined && then === now ? TEXTS.history.same : '');
      showPane(panes, TEXTS.history.before, then ?? TEXTS.history.binary(bytes.byteLength));
      showPane(panes, TEXTS.history.now, now ?? TEXTS.history.noNote);
      restore.setDisabled(false);
    } catch (error) {
      if (this.closing.signal.aborted || this.#selected !== version) return;
      panes.empty();
      failureBox(panes, messageOf(error));
    }
  }

  /** What the vault has at the path now; nothing where it has no such note. */
  async #now(): Promise<string | undefined> {
    const { vault } = this.app;
    const file = vault.getFileByPath(this.#path);
    if (file === null) return undefined;
    const bytes = new Uint8Array(await vault.readBinary(file));
    return readableText(bytes) ?? TEXTS.history.binary(bytes.byteLength);
  }

  #restore(): void {
    const version = this.#selected;
    if (version === undefined) return;
    this.close();
    this.ui.run(TEXTS.history.restore, async () => {
      await this.ui.service.restoreVersion(version);
      new Notice(TEXTS.history.restored(plainText(this.#path)));
    });
  }
}

function showVersion(list: HTMLElement, version: Version): HTMLElement {
  const { history } = TEXTS;
  const el = list.createEl('li').createEl('button', { cls: 'twincloud-version', attr: { type: 'button' } });
  el.createSpan({ text: history.time(version.timeMs) });
  const device = version.deviceName === undefined ? undefined : plainText(version.deviceName);
  const text = history.detail(device, version.sizeBytes, version.deleted);
  el.createSpan({ cls: 'twincloud-detail', text });
  return el;
}

/** A note may have megabytes; a page does not want them in one element. */
const MOST_CHARACTERS = 200_000;

function showPane(parent: HTMLElement, name: string, text: string): void {
  const pane = parent.createDiv({ cls: 'twincloud-pane' });
  pane.createDiv({ cls: 'twincloud-pane-name', text: name });
  // Focusable, so that the keys can scroll it.
  const body = pane.createEl('pre', { attr: { role: 'region', 'aria-label': name, tabindex: '0' } });
  body.setText(text === '' ? TEXTS.history.empty : text.slice(0, MOST_CHARACTERS));
  body.toggleClass('twincloud-detail', text === '');
  if (text.length > MOST_CHARACTERS) {
    pane.createDiv({ cls: 'twincloud-detail', text: TEXTS.history.cut(text.length) });
  }
}
