import type { App } from '../app.ts';
import { Events } from '../vault/events.ts';
import type { TFile } from '../vault/files.ts';
import type { WorkspaceLeaf as Leaf, Side } from './leaf.ts';
import { WorkspaceLeaf } from './leaf.ts';
import { FileView, type View } from './view.ts';
import { MarkdownView } from './markdown-view.ts';

type NewLeaf = boolean | 'tab' | 'split' | 'window' | undefined;

/** The panes of the window. Drawn by `shell/`, which listens to `layout-change`. */
export class Workspace extends Events {
  layoutReady = false;
  activeLeaf: Leaf | null = null;
  readonly containerEl: HTMLElement;
  readonly #app: App;
  #leaves: Leaf[] = [];
  #lastTabGroup = 0;
  readonly #readyCallbacks: (() => unknown)[] = [];

  constructor(app: App) {
    super();
    this.#app = app;
    this.containerEl = createDiv('workspace');
  }

  get leaves(): readonly Leaf[] {
    return this.#leaves;
  }

  get activeEditor(): MarkdownView | null {
    return this.getActiveViewOfType(MarkdownView);
  }

  onLayoutReady(callback: () => unknown): void {
    if (this.layoutReady) callback();
    else this.#readyCallbacks.push(callback);
  }

  /** Called once by the start of the app. */
  becomeReady(): void {
    this.layoutReady = true;
    for (const callback of this.#readyCallbacks.splice(0)) {
      try {
        callback();
      } catch (error) {
        window.reportError(error);
      }
    }
    this.trigger('layout-ready');
  }

  getLeaf(newLeaf?: NewLeaf): Leaf {
    if (newLeaf === 'window') return this.#addLeaf('root', (this.#lastTabGroup += 1));
    if (newLeaf === 'split') return this.#addLeaf('root', (this.#lastTabGroup += 1));
    const active =
      this.activeLeaf?.side === 'root' ? this.activeLeaf : this.#leaves.find(({ side }) => side === 'root');
    if (newLeaf === true || newLeaf === 'tab' || active === undefined)
      return this.#addLeaf('root', active?.tabGroup ?? 0);
    return active;
  }

  getRightLeaf(_split: boolean): Leaf {
    return this.#addLeaf('right');
  }

  getLeftLeaf(_split: boolean): Leaf {
    return this.#addLeaf('left');
  }

  async ensureSideLeaf(
    type: string,
    side: 'left' | 'right',
    options: {
      readonly active?: boolean;
      readonly reveal?: boolean;
      readonly state?: Record<string, unknown>;
    } = {},
  ): Promise<Leaf> {
    const found = this.getLeavesOfType(type).find((leaf) => leaf.side === side);
    const leaf = found ?? this.#addLeaf(side);
    if (found === undefined)
      await leaf.setViewState({ type, state: options.state ?? {}, active: options.active ?? false });
    if (options.reveal !== false) await this.revealLeaf(leaf);
    return leaf;
  }

  async openLinkText(linktext: string, _sourcePath: string, newLeaf?: NewLeaf): Promise<void> {
    const path = linktext.replace(/#.*$/u, '');
    const { vault } = this.#app;
    const file =
      vault.getFileByPath(path) ??
      vault.getFileByPath(`${path}.md`) ??
      vault.getFiles().find(({ name, basename }) => name === path || basename === path) ??
      (await vault.create(path.endsWith('.md') ? path : `${path}.md`, ''));
    await this.getLeaf(newLeaf).openFile(file);
  }

  setActiveLeaf(leaf: Leaf, params?: { readonly focus?: boolean } | boolean, focus?: boolean): void {
    const changed = this.activeLeaf !== leaf;
    this.activeLeaf = leaf;
    if (changed) this.trigger('active-leaf-change', leaf);
    this.trigger('layout-change');
    const wanted = typeof params === 'object' ? params.focus : focus;
    if (wanted === true && leaf.view instanceof MarkdownView) leaf.view.editor.focus();
  }

  async revealLeaf(leaf: Leaf): Promise<void> {
    await leaf.loadIfDeferred();
    this.trigger('reveal', leaf);
    this.setActiveLeaf(leaf, { focus: true });
  }

  getLeafById(id: string): Leaf | null {
    return this.#leaves.find((leaf) => leaf.id === id) ?? null;
  }

  getMostRecentLeaf(): Leaf | null {
    return this.activeLeaf ?? this.#leaves[0] ?? null;
  }

  getActiveViewOfType<T extends View>(type: abstract new (...args: never[]) => T): T | null {
    const view = this.activeLeaf?.view;
    return view instanceof type ? view : null;
  }

  getActiveFile(): TFile | null {
    const view = this.activeLeaf?.view;
    return view instanceof FileView ? view.file : null;
  }

  getLeavesOfType(viewType: string): Leaf[] {
    return this.#leaves.filter(({ view }) => view.getViewType() === viewType);
  }

  detachLeavesOfType(viewType: string): void {
    for (const leaf of this.getLeavesOfType(viewType)) leaf.detach();
  }

  iterateRootLeaves(callback: (leaf: Leaf) => unknown): void {
    for (const leaf of this.#leaves) if (leaf.side === 'root') callback(leaf);
  }

  iterateAllLeaves(callback: (leaf: Leaf) => unknown): void {
    for (const leaf of this.#leaves) callback(leaf);
  }

  getLastOpenFiles(): string[] {
    return [];
  }

  updateOptions(): void {
    this.trigger('css-change');
  }

  /** What a leaf shows has changed. */
  leafChanged(_leaf: Leaf): void {
    this.trigger('layout-change');
  }

  removeLeaf(leaf: Leaf): void {
    this.#leaves = this.#leaves.filter((other) => other !== leaf);
    if (this.activeLeaf === leaf) {
      this.activeLeaf = this.#leaves.filter(({ side }) => side === 'root').at(-1) ?? null;
      this.trigger('active-leaf-change', this.activeLeaf);
    }
    this.trigger('layout-change');
  }

  #addLeaf(side: Side, tabGroup = 0): Leaf {
    const leaf = new WorkspaceLeaf(this.#app, side, tabGroup);
    leaf.view.load();
    void leaf.view.onOpen();
    this.#leaves.push(leaf);
    this.trigger('layout-change');
    return leaf;
  }
}
