import type { App } from './app.ts';
import type { HostConfig } from './config.ts';
import type { DeviceState } from './device-state.ts';
import { native } from './net/native.ts';
import type { RequestLedger } from './net/request-ledger.ts';
import type { PluginLoader } from './plugin-loader.ts';
import type { Shell } from './shell/shell.ts';
import { Tasks } from './tasks.ts';
import { closeAllModals } from './ui/modal.ts';
import { noticeHistory } from './ui/notice.ts';
import type { TFile } from './vault/files.ts';
import { MarkdownView } from './workspace/markdown-view.ts';

export interface HandleOptions {
  readonly app: App;
  readonly plugins: PluginLoader;
  readonly shell: Shell;
  readonly device: DeviceState;
  readonly ledger: RequestLedger;
  readonly config: HostConfig;
}

/** What a driver may ask of the page; everything a person could do, and what happens to a device. */
export class HostHandle {
  readonly app: App;
  readonly plugins: PluginLoader;
  readonly shell: Shell;
  readonly device: DeviceState;
  readonly ledger: RequestLedger;
  readonly notices: readonly string[] = noticeHistory;
  /** Errors that nobody caught. */
  readonly errors: string[] = [];
  readonly timesMs: Record<string, number> = {};
  readonly #config: HostConfig;
  ready = false;

  constructor(options: HandleOptions) {
    this.app = options.app;
    this.plugins = options.plugins;
    this.shell = options.shell;
    this.device = options.device;
    this.ledger = options.ledger;
    this.#config = options.config;
    window.addEventListener('error', (event) => this.errors.push(event.message));
    window.addEventListener('message', (event: MessageEvent<{ openLink?: unknown; theme?: unknown }>) => {
      // From the page that shows two devices.
      if (event.source !== window.parent || event.source === window) return;
      const { openLink, theme } = event.data;
      if (typeof openLink === 'string') this.openLink(openLink);
      if (theme === 'light' || theme === 'dark') this.shell.setTheme(theme);
    });
    window.addEventListener('unhandledrejection', (event) =>
      this.errors.push(`unhandled: ${String(event.reason)}`),
    );
  }

  /** In the order of the app: plugins, then the storm of `create`, then the layout. */
  async start(startMs: number): Promise<void> {
    const { app, plugins, shell } = this;
    const mark = (name: string): void => {
      this.timesMs[name] = performance.now() - startMs;
    };
    shell.draw();
    for (const id of this.#config.enabledPlugins)
      await plugins.enable(id).catch((error: unknown) => {
        this.errors.push(`plugin ${id}: ${String(error)}`);
        window.reportError(error);
      });
    mark('pluginsLoaded');
    await app.vault.load();
    mark('vaultLoaded');
    await this.#restoreTabs();
    mark('layoutReady');
    app.workspace.becomeReady();
    // Asked for after the plugins asked for theirs: what they do in it is over by then.
    requestIdleCallback(() => mark('idle'));
    this.ready = true;
    document.body.addClass('is-ready');
  }

  async openNote(path: string, newLeaf: boolean | 'split' = false): Promise<void> {
    await this.app.workspace.getLeaf(newLeaf).openFile(this.file(path));
  }

  file(path: string): TFile {
    const file = this.app.vault.getFileByPath(path);
    if (file === null) throw new Error(`There is no ${path} in the vault.`);
    return file;
  }

  /** The view of a note, in whichever pane. */
  noteView(path: string): MarkdownView {
    const views = this.app.workspace.getLeavesOfType('markdown').map(({ view }) => view);
    const found = views.find((view) => view instanceof MarkdownView && view.file?.path === path);
    if (!(found instanceof MarkdownView)) throw new Error(`${path} is not open.`);
    return found;
  }

  /** As when the app is left: plugins are asked, notes are saved. */
  async quit(): Promise<void> {
    const tasks = new Tasks();
    this.app.workspace.trigger('quit', tasks);
    await tasks.promise();
    for (const { view } of this.app.workspace.getLeavesOfType('markdown'))
      if (view instanceof MarkdownView) await view.save();
  }

  /** A timer that goes on while the page is hidden. */
  nativeTimeout(act: () => void, delayMs: number): void {
    native.setTimeout(act, delayMs);
  }

  closeModals(): void {
    closeAllModals();
  }

  /** As the system hands a link over. */
  openLink(url: string): void {
    const { host, pathname, searchParams } = new URL(url);
    const action = host || pathname.replaceAll('/', '');
    const handler = this.app.protocolHandlers.get(action);
    if (handler === undefined) throw new Error(`Nothing handles obsidian://${action}.`);
    void handler({ action, ...Object.fromEntries(searchParams) });
  }

  async #restoreTabs(): Promise<void> {
    const { workspace } = this.app;
    const [first, ...others] = this.#config.openFiles.filter(
      (path) => this.app.vault.getFileByPath(path) !== null,
    );
    const leaf = workspace.getLeaf();
    if (first !== undefined) await leaf.openFile(this.file(first));
    for (const path of others)
      await workspace.getLeaf('tab').defer({ type: 'markdown', state: { file: path } });
  }
}
