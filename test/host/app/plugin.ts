import type { App, Command, ProtocolHandler } from './app.ts';
import { absent } from './absent.ts';
import { Component } from './component.ts';
import { Platform } from './platform.ts';
import type { SettingTab } from './settings/setting-tab.ts';
import { setIcon } from './ui/icons.ts';
import { setTooltip } from './ui/tooltip.ts';
import type { WorkspaceLeaf } from './workspace/leaf.ts';
import type { View } from './workspace/view.ts';

export interface PluginManifest {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly minAppVersion: string;
  readonly description: string;
  readonly author: string;
  readonly isDesktopOnly?: boolean;
  dir?: string;
}

export abstract class Plugin extends Component {
  readonly app: App;
  readonly manifest: PluginManifest;
  settings?: unknown;
  onExternalSettingsChange?(): unknown;
  /** Own writes on their way, so that they are not taken for another program's. */
  _savingData = 0;

  constructor(app: App, manifest: PluginManifest) {
    super();
    this.app = app;
    this.manifest = manifest;
  }

  onUserEnable(): void {
    // For those who extend it.
  }

  addRibbonIcon(icon: string, title: string, callback: (event: MouseEvent) => unknown): HTMLElement {
    const el = createDiv({
      cls: 'clickable-icon side-dock-ribbon-action',
      attr: { role: 'button', tabindex: 0 },
    });
    setIcon(el, icon);
    setTooltip(el, title);
    el.addEventListener('click', callback);
    // What is registered last ends first: the list is shorter when the ribbon is drawn again.
    this.register(() => {
      el.detach();
      this.app.workspace.trigger('ribbon-change');
    });
    const { ribbon, workspace } = this.app;
    const item = { icon, title, el };
    ribbon.push(item);
    workspace.trigger('ribbon-change');
    this.register(() => {
      ribbon.splice(ribbon.indexOf(item), 1);
      workspace.trigger('ribbon-change');
    });
    return el;
  }

  /** On phones and tablets it is made too, and nobody sees it. */
  addStatusBarItem(): HTMLElement {
    const el = createDiv(`status-bar-item plugin-${this.manifest.id.replaceAll(/[^\w-]/gu, '-')}`);
    if (!Platform.isMobile) this.app.statusBarEl.insertBefore(el, this.app.statusBarEl.firstChild);
    this.register(() => {
      el.detach();
    });
    return el;
  }

  addCommand(command: Command): Command {
    command.id = `${this.manifest.id}:${command.id}`;
    command.name = `${this.manifest.name}: ${command.name}`;
    if (this.app.commands.has(command.id)) throw new Error(`The command ${command.id} is there already.`);
    this.app.commands.set(command.id, command);
    this.register(() => {
      this.app.commands.delete(command.id);
    });
    return command;
  }

  removeCommand(commandId: string): void {
    this.app.commands.delete(`${this.manifest.id}:${commandId}`);
  }

  addSettingTab(tab: SettingTab): void {
    tab.update();
    this.#listed(this.app.settingTabs, tab);
  }

  registerView(type: string, creator: (leaf: WorkspaceLeaf) => View): void {
    this.register(this.app.registerView(type, creator));
    this.register(() => {
      this.app.workspace.detachLeavesOfType(type);
    });
  }

  registerObsidianProtocolHandler(action: string, handler: ProtocolHandler): void {
    if (this.app.protocolHandlers.has(action)) throw new Error(`obsidian://${action} has a handler already.`);
    this.app.protocolHandlers.set(action, handler);
    this.register(() => {
      this.app.protocolHandlers.delete(action);
    });
  }

  registerCliHandler(
    command: string,
    _description: string,
    _flags: object | null,
    handler: (params: Record<string, string>) => string | Promise<string>,
  ): void {
    this.app.cliHandlers.set(command, handler);
    this.register(() => {
      this.app.cliHandlers.delete(command);
    });
  }

  registerHoverLinkSource(): void {
    absent('Plugin.registerHoverLinkSource');
  }

  registerExtensions(): void {
    absent('Plugin.registerExtensions');
  }

  registerMarkdownPostProcessor(): void {
    absent('Plugin.registerMarkdownPostProcessor');
  }

  registerMarkdownCodeBlockProcessor(): void {
    absent('Plugin.registerMarkdownCodeBlockProcessor');
  }

  registerBasesView(): void {
    absent('Plugin.registerBasesView');
  }

  registerEditorExtension(): void {
    absent('Plugin.registerEditorExtension');
  }

  registerEditorSuggest(): void {
    absent('Plugin.registerEditorSuggest');
  }

  async loadData(): Promise<unknown> {
    const { adapter } = this.app.vault;
    if (!(await adapter.exists(this.#dataPath))) return null;
    return JSON.parse(await adapter.read(this.#dataPath)) as unknown;
  }

  async saveData(data: unknown): Promise<void> {
    const { adapter } = this.app.vault;
    this._savingData += 1;
    try {
      await adapter.write(this.#dataPath, JSON.stringify(data, null, 2));
    } finally {
      this._savingData -= 1;
    }
  }

  get #dataPath(): string {
    return `${this.manifest.dir ?? ''}/data.json`;
  }

  #listed<T>(list: T[], item: T): void {
    list.push(item);
    this.register(() => {
      list.splice(list.indexOf(item), 1);
    });
  }
}
