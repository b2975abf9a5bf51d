import type { App } from '../app.ts';
import { debounce } from '../debounce.ts';
import { setIcon } from '../ui/icons.ts';
import { Menu } from '../ui/menu.ts';
import { setTooltip } from '../ui/tooltip.ts';
import { TFile, TFolder, type TAbstractFile } from '../vault/files.ts';
import { askForName } from './name-modal.ts';

/** The app draws what is in sight; a page for tests can do with the beginning. */
const ROWS_AT_ONCE = 300;
const REDRAW_MS = 200;
const names = new Intl.Collator(undefined, { numeric: true });

/** Folders and notes at the left. */
export class FileExplorer {
  readonly containerEl = createDiv('workspace-split mod-horizontal mod-sidedock mod-left-split');
  readonly #app: App;
  readonly #listEl: HTMLElement;
  readonly #closed = new Set<string>();

  constructor(app: App) {
    this.#app = app;
    const leaf = this.containerEl.createDiv({
      cls: 'workspace-leaf-content',
      attr: { 'data-type': 'file-explorer' },
    });
    this.#drawHeader(leaf.createDiv('nav-header').createDiv('nav-buttons-container'));
    this.#listEl = leaf.createDiv('nav-files-container');
    const vaultEl = this.containerEl.createDiv('workspace-sidedock-vault-profile');
    vaultEl.createDiv({ cls: 'workspace-drawer-vault-name', text: app.vault.getName() });
    const redraw = debounce(() => this.#draw(), REDRAW_MS);
    for (const event of ['create', 'delete', 'rename']) app.vault.on(event, redraw);
    app.workspace.on('active-leaf-change', redraw);
    app.workspace.on('file-open', redraw);
    app.workspace.onLayoutReady(redraw);
  }

  #drawHeader(header: HTMLElement): void {
    this.#button(header, 'pencil', 'New note', () => void this.#newNote('/'));
    this.#button(header, 'folder', 'New folder', () => {
      askForName(this.#app, 'New folder', 'New folder', (name) => this.#app.vault.createFolder(name));
    });
  }

  #button(parent: HTMLElement, icon: string, title: string, act: () => void): void {
    const button = parent.createEl('button', 'clickable-icon nav-action-button');
    setIcon(button, icon);
    setTooltip(button, title);
    button.addEventListener('click', act);
  }

  #draw(): void {
    if (!this.#app.workspace.layoutReady) return;
    this.#listEl.empty();
    let left = ROWS_AT_ONCE;
    const visit = (folder: TFolder, parent: HTMLElement): void => {
      for (const child of sorted(folder.children)) {
        if ((left -= 1) < 0) return;
        if (child instanceof TFolder) {
          const children = this.#drawFolder(child, parent);
          if (children !== undefined) visit(child, children);
        } else this.#drawFile(child as TFile, parent);
      }
    };
    visit(this.#app.vault.getRoot(), this.#listEl);
    if (left < 0)
      this.#listEl.createDiv({
        cls: 'nav-more',
        text: `… ${String(this.#app.vault.getFiles().length)} files in all`,
      });
  }

  #drawFolder(folder: TFolder, parent: HTMLElement): HTMLElement | undefined {
    const el = parent.createDiv('tree-item nav-folder');
    const title = el.createDiv({
      cls: 'tree-item-self nav-folder-title is-clickable',
      attr: { 'data-path': folder.path },
    });
    const isClosed = this.#closed.has(folder.path);
    setIcon(title.createDiv('tree-item-icon collapse-icon'), isClosed ? 'chevron-right' : 'chevron-down');
    title.createDiv({ cls: 'tree-item-inner nav-folder-title-content', text: folder.name });
    title.addEventListener('click', () => {
      if (isClosed) this.#closed.delete(folder.path);
      else this.#closed.add(folder.path);
      this.#draw();
    });
    this.#offerMenu(title, folder);
    return isClosed ? undefined : el.createDiv('tree-item-children nav-folder-children');
  }

  #drawFile(file: TFile, parent: HTMLElement): void {
    const el = parent.createDiv('tree-item nav-file');
    const title = el.createDiv({
      cls: 'tree-item-self nav-file-title is-clickable',
      attr: { 'data-path': file.path },
    });
    title.toggleClass('is-active', this.#app.workspace.getActiveFile() === file);
    title.createDiv({ cls: 'tree-item-inner nav-file-title-content', text: file.basename });
    if (file.extension !== 'md') title.createDiv({ cls: 'nav-file-tag', text: file.extension });
    title.addEventListener('click', (event) => {
      document.body.removeClass('is-left-drawer-open');
      void this.#app.workspace.getLeaf(event.ctrlKey || event.metaKey ? 'tab' : false).openFile(file);
    });
    this.#offerMenu(title, file);
  }

  #offerMenu(el: HTMLElement, file: TAbstractFile): void {
    el.addEventListener('contextmenu', (event) => {
      event.preventDefault();
      const menu = new Menu();
      if (file instanceof TFile)
        menu.addItem((item) =>
          item
            .setTitle('Open to the right')
            .setIcon('panel-right')
            .onClick(() => this.#app.workspace.getLeaf('split').openFile(file)),
        );
      else
        menu.addItem((item) =>
          item
            .setTitle('New note')
            .setIcon('pencil')
            .onClick(() => this.#newNote(file.path)),
        );
      this.#app.workspace.trigger('file-menu', menu, file, 'file-explorer-context-menu');
      menu.addSeparator();
      menu.addItem((item) =>
        item
          .setTitle('Rename...')
          .setIcon('pencil')
          .onClick(() => this.#rename(file)),
      );
      menu.addItem((item) =>
        item
          .setTitle('Delete')
          .setIcon('trash-2')
          .setWarning(true)
          .onClick(() => this.#app.fileManager.trashFile(file)),
      );
      menu.showAtMouseEvent(event);
    });
  }

  #rename(file: TAbstractFile): void {
    askForName(this.#app, 'Rename', file.path, (path) => this.#app.fileManager.renameFile(file, path));
  }

  async #newNote(folder: string): Promise<void> {
    const { vault } = this.#app;
    const prefix = folder === '/' ? '' : `${folder}/`;
    let path = `${prefix}Untitled.md`;
    for (let number = 1; await vault.adapter.exists(path); number++) path = `${prefix}Untitled ${number}.md`;
    await this.#app.workspace.getLeaf().openFile(await vault.create(path, ''));
  }
}

function sorted(files: readonly TAbstractFile[]): TAbstractFile[] {
  return [...files].sort(
    (one, other) =>
      Number(other instanceof TFolder) - Number(one instanceof TFolder) ||
      names.compare(one.name, other.name),
  );
}
