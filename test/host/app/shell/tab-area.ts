import type { App } from '../app.ts';
import { Platform } from '../platform.ts';
import { setIcon } from '../ui/icons.ts';
import { setTooltip } from '../ui/tooltip.ts';
import type { WorkspaceLeaf } from '../workspace/leaf.ts';

/** Tabs in the middle, beside each other when split, and the views at the right. */
export class TabArea {
  readonly rootEl = createDiv('workspace-split mod-vertical mod-root');
  readonly rightEl = createDiv('workspace-split mod-horizontal mod-sidedock mod-right-split');
  readonly #app: App;
  /** The leaf that each group shows. */
  readonly #shown = new Map<string, WorkspaceLeaf>();
  #asked = false;

  constructor(app: App) {
    this.#app = app;
    app.workspace.on('active-leaf-change', (leaf) => {
      if (leaf !== null) this.#shown.set(groupOf(leaf as WorkspaceLeaf), leaf as WorkspaceLeaf);
    });
    for (const event of ['layout-change', 'file-open', 'active-leaf-change'])
      app.workspace.on(event, () => {
        if (this.#asked) return;
        this.#asked = true;
        queueMicrotask(() => {
          this.#asked = false;
          this.#draw();
        });
      });
  }

  #draw(): void {
    const leaves = this.#app.workspace.leaves;
    const right = leaves.filter(({ side }) => side === 'right');
    this.rightEl.toggle(right.length > 0);
    document.body.toggleClass(
      'is-right-drawer-open',
      Platform.isPhone && right.includes(this.#app.workspace.activeLeaf!),
    );
    drawGroups(this.rightEl, right, this);
    drawGroups(
      this.rootEl,
      leaves.filter(({ side }) => side === 'root'),
      this,
    );
  }

  shownOf(group: readonly WorkspaceLeaf[]): WorkspaceLeaf | undefined {
    const [first] = group;
    if (first === undefined) return undefined;
    const shown = this.#shown.get(groupOf(first));
    return shown !== undefined && group.includes(shown) ? shown : group.at(-1);
  }

  drawTab(parent: HTMLElement, leaf: WorkspaceLeaf, isShown: boolean): void {
    const tab = parent.createDiv({
      cls: 'workspace-tab-header tappable',
      attr: { 'data-type': leaf.view.getViewType() },
    });
    tab.toggleClass('is-active', isShown);
    tab.toggleClass('mod-active', leaf === this.#app.workspace.activeLeaf);
    const inner = tab.createDiv('workspace-tab-header-inner');
    setIcon(inner.createDiv('workspace-tab-header-inner-icon'), leaf.getIcon());
    inner.createDiv({ cls: 'workspace-tab-header-inner-title', text: leaf.getDisplayText() });
    const close = inner.createDiv('workspace-tab-header-inner-close-button');
    setIcon(close, 'x');
    setTooltip(close, 'Close');
    close.addEventListener('click', (event) => {
      event.stopPropagation();
      leaf.detach();
    });
    tab.addEventListener('click', () => {
      void leaf.loadIfDeferred().then(() => {
        this.#app.workspace.setActiveLeaf(leaf, { focus: true });
      });
    });
  }
}

function groupOf(leaf: WorkspaceLeaf): string {
  return `${leaf.side}${String(leaf.tabGroup)}`;
}

/** Views stay in the page while tabs are drawn anew: an editor that is moved loses its focus. */
function drawGroups(parent: HTMLElement, leaves: readonly WorkspaceLeaf[], tabs: TabArea): void {
  const groups = byGroup(leaves);
  for (const el of parent.findAll(':scope > .workspace-tabs'))
    if (!groups.has(el.dataset['group'] ?? '')) el.detach();
  for (const [name, group] of groups) {
    const el =
      (parent.find(`:scope > .workspace-tabs[data-group="${name}"]`) as HTMLElement | null) ??
      parent.createDiv({ cls: 'workspace-tabs', attr: { 'data-group': name } });
    const header =
      (el.find('.workspace-tab-header-container') as HTMLElement | null) ??
      el.createDiv('workspace-tab-header-container');
    const container =
      (el.find('.workspace-tab-container') as HTMLElement | null) ?? el.createDiv('workspace-tab-container');
    const shown = tabs.shownOf(group);
    header.empty();
    for (const leaf of group) tabs.drawTab(header, leaf, leaf === shown);
    for (const child of [...container.children]) if (child !== shown?.view.containerEl) child.remove();
    if (shown !== undefined && shown.view.containerEl.parentElement !== container)
      container.appendChild(shown.view.containerEl);
  }
}

function byGroup(leaves: readonly WorkspaceLeaf[]): ReadonlyMap<string, readonly WorkspaceLeaf[]> {
  const groups = new Map<string, WorkspaceLeaf[]>();
  for (const leaf of leaves) groups.set(groupOf(leaf), [...(groups.get(groupOf(leaf)) ?? []), leaf]);
  return groups;
}
