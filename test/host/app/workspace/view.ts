import type { App } from '../app.ts';
import { Component } from '../component.ts';
import { setIcon } from '../ui/icons.ts';
import { setTooltip } from '../ui/tooltip.ts';
import type { TFile } from '../vault/files.ts';
import type { WorkspaceLeaf } from './leaf.ts';

export abstract class View extends Component {
  readonly app: App;
  readonly leaf: WorkspaceLeaf;
  readonly containerEl: HTMLElement;
  icon = 'file';
  navigation = true;
  scope: unknown = null;

  constructor(leaf: WorkspaceLeaf) {
    super();
    this.leaf = leaf;
    this.app = leaf.app;
    this.containerEl = activeDocument.createElement('div');
    this.containerEl.addClass('workspace-leaf-content');
  }

  abstract getViewType(): string;
  abstract getDisplayText(): string;

  async onOpen(): Promise<void> {
    // For those who extend it.
  }

  async onClose(): Promise<void> {
    // For those who extend it.
  }

  getIcon(): string {
    return this.icon;
  }

  getState(): Record<string, unknown> {
    return {};
  }

  async setState(_state: unknown, _result: object): Promise<void> {
    // For those who extend it.
  }

  getEphemeralState(): Record<string, unknown> {
    return {};
  }

  setEphemeralState(_state: unknown): void {
    // For those who extend it.
  }

  onResize(): void {
    // For those who extend it.
  }

  onPaneMenu(_menu: unknown, _source: string): void {
    // For those who extend it.
  }
}

export abstract class ItemView extends View {
  readonly contentEl: HTMLElement;
  readonly titleEl: HTMLElement;
  readonly #actionsEl: HTMLElement;

  constructor(leaf: WorkspaceLeaf) {
    super(leaf);
    const header = this.containerEl.createDiv('view-header');
    this.titleEl = header.createDiv('view-header-title-container').createDiv('view-header-title');
    this.#actionsEl = header.createDiv('view-actions');
    this.contentEl = this.containerEl.createDiv('view-content');
  }

  addAction(icon: string, title: string, callback: (event: MouseEvent) => unknown): HTMLElement {
    const action = this.#actionsEl.createEl('button', 'clickable-icon view-action');
    setIcon(action, icon);
    setTooltip(action, title);
    action.addEventListener('click', callback);
    return action;
  }
}

/** What a leaf shows in place of a tab that was restored and not looked at yet. */
export class DeferredView extends View {
  readonly #type: string;
  readonly #state: Record<string, unknown>;

  constructor(leaf: WorkspaceLeaf, type: string, state: Record<string, unknown>) {
    super(leaf);
    this.#type = type;
    this.#state = state;
  }

  getViewType(): string {
    return this.#type;
  }

  getDisplayText(): string {
    const { file } = this.#state;
    return typeof file === 'string' ? file.replace(/^.*\//u, '').replace(/\.md$/u, '') : this.#type;
  }

  override getState(): Record<string, unknown> {
    return this.#state;
  }
}

export class EmptyView extends ItemView {
  getViewType(): string {
    return 'empty';
  }

  getDisplayText(): string {
    return 'New tab';
  }

  override async onOpen(): Promise<void> {
    this.contentEl.createDiv({ cls: 'empty-state', text: 'No file is open' });
  }
}

export abstract class FileView extends ItemView {
  allowNoFile = false;
  file: TFile | null = null;

  getDisplayText(): string {
    return this.file?.basename ?? '';
  }

  override getState(): Record<string, unknown> {
    return { file: this.file?.path ?? '' };
  }

  override async setState(state: unknown, _result: object): Promise<void> {
    const path = (state as { file?: unknown } | undefined)?.file;
    const file = typeof path === 'string' ? this.app.vault.getFileByPath(path) : null;
    if (file === this.file) return;
    if (this.file !== null) await this.onUnloadFile(this.file);
    this.file = file;
    if (file !== null) await this.onLoadFile(file);
    this.titleEl.setText(this.getDisplayText());
  }

  override onload(): void {
    const { vault } = this.app;
    this.registerEvent(
      vault.on('rename', (file) => {
        if (file === this.file) void this.onRename(this.file);
      }),
    );
    this.registerEvent(
      vault.on('delete', (file) => {
        if (file !== this.file) return;
        this.file = null;
        void this.leaf.setViewState({ type: 'empty' });
      }),
    );
  }

  override async onClose(): Promise<void> {
    if (this.file !== null) await this.onUnloadFile(this.file);
  }

  async onLoadFile(_file: TFile): Promise<void> {
    // For those who extend it.
  }

  async onUnloadFile(_file: TFile): Promise<void> {
    // For those who extend it.
  }

  async onRename(_file: TFile): Promise<void> {
    this.titleEl.setText(this.getDisplayText());
    this.app.workspace.trigger('layout-change');
  }

  canAcceptExtension(_extension: string): boolean {
    return false;
  }
}

/** A picture, or whatever else is no note: shown, never held. */
export class ResourceView extends FileView {
  getViewType(): string {
    return 'image';
  }

  override async onLoadFile(file: TFile): Promise<void> {
    this.contentEl.empty();
    if (/^(png|jpe?g|gif|svg|webp)$/u.test(file.extension))
      this.contentEl.createEl('img', { attr: { src: this.app.vault.getResourcePath(file) } });
    else
      this.contentEl.createDiv({ cls: 'empty-state', text: `${file.name}, ${String(file.stat.size)} bytes` });
  }
}
