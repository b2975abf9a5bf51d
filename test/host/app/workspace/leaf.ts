import type { App } from '../app.ts';
import { Events } from '../vault/events.ts';
import type { TFile } from '../vault/files.ts';
import { DeferredView, EmptyView, type View } from './view.ts';

export interface ViewState {
  readonly type: string;
  readonly state?: Record<string, unknown>;
  readonly active?: boolean;
}

export type Side = 'root' | 'left' | 'right';

let lastId = 0;

export class WorkspaceLeaf extends Events {
  readonly app: App;
  readonly side: Side;
  readonly id = `leaf-${(lastId += 1)}`;
  /** Leaves with the same one share a place as tabs. */
  readonly tabGroup: number;
  view: View;

  constructor(app: App, side: Side, tabGroup = 0) {
    super();
    this.app = app;
    this.side = side;
    this.tabGroup = tabGroup;
    this.view = new EmptyView(this);
  }

  get isDeferred(): boolean {
    return this.view instanceof DeferredView;
  }

  getRoot(): unknown {
    return this.side;
  }

  async openFile(file: TFile, options: { readonly active?: boolean } = {}): Promise<void> {
    const type = this.app.viewTypeOf(file.extension);
    await this.setViewState({ type, state: { file: file.path }, active: options.active ?? true });
    this.app.workspace.trigger('file-open', file);
  }

  async open(view: View): Promise<View> {
    const former = this.view;
    if (former !== view) {
      await former.onClose();
      former.unload();
      this.view = view;
    }
    view.load();
    await view.onOpen();
    this.app.workspace.leafChanged(this);
    return view;
  }

  getViewState(): ViewState {
    return { type: this.view.getViewType(), state: this.view.getState() };
  }

  async setViewState(next: ViewState): Promise<void> {
    if (this.view.getViewType() !== next.type || this.isDeferred)
      await this.open(this.app.createView(next.type, this));
    await this.view.setState(next.state ?? {}, {});
    this.app.workspace.leafChanged(this);
    if (next.active === true) this.app.workspace.setActiveLeaf(this, { focus: true });
  }

  /** Puts a tab here that is not loaded before somebody looks at it. */
  async defer(state: ViewState): Promise<void> {
    await this.open(new DeferredView(this, state.type, state.state ?? {}));
  }

  async loadIfDeferred(): Promise<void> {
    if (this.isDeferred) await this.setViewState(this.getViewState());
  }

  detach(): void {
    const { view } = this;
    this.app.workspace.removeLeaf(this);
    void view.onClose().then(() => {
      view.unload();
    });
  }

  getIcon(): string {
    return this.view.getIcon();
  }

  getDisplayText(): string {
    return this.view.getDisplayText();
  }

  getEphemeralState(): Record<string, unknown> {
    return this.view.getEphemeralState();
  }

  setEphemeralState(state: unknown): void {
    this.view.setEphemeralState(state);
  }

  setPinned(_pinned: boolean): void {
    // Nothing here closes a tab unasked.
  }

  onResize(): void {
    this.view.onResize();
  }
}
