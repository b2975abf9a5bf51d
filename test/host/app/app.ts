import type { FileManager } from './vault/file-manager.ts';
import type { Vault } from './vault/vault.ts';
import type { SecretStorage } from './secret-storage.ts';
import type { SettingTab } from './settings/setting-tab.ts';
import type { WorkspaceLeaf } from './workspace/leaf.ts';
import { EmptyView, ResourceView, type View } from './workspace/view.ts';
import { MarkdownView } from './workspace/markdown-view.ts';
import { Workspace } from './workspace/workspace.ts';
import type { MetadataCache } from './metadata-cache.ts';

export interface Command {
  id: string;
  name: string;
  readonly icon?: string;
  readonly mobileOnly?: boolean;
  readonly callback?: () => unknown;
  readonly checkCallback?: (checking: boolean) => boolean | void;
  readonly editorCallback?: (editor: unknown, view: unknown) => unknown;
  readonly editorCheckCallback?: (checking: boolean, editor: unknown, view: unknown) => boolean | void;
}

export interface RibbonItem {
  readonly icon: string;
  readonly title: string;
  readonly el: HTMLElement;
}

export interface AppOptions {
  readonly vault: Vault;
  readonly fileManager: FileManager;
  readonly secretStorage: SecretStorage;
  readonly metadataCache: MetadataCache;
  /** Changes when the vault's folder is renamed outside of the app: another vault to it. */
  readonly appId: string;
  readonly storage: Storage;
}

export type ProtocolHandler = (params: Record<string, string>) => unknown;

export class App {
  readonly vault: Vault;
  readonly fileManager: FileManager;
  readonly secretStorage: SecretStorage;
  readonly metadataCache: MetadataCache;
  readonly workspace: Workspace;
  lastEvent: Event | null = null;
  // What follows is of the host: plugins reach it through the methods of `Plugin`.
  readonly commands = new Map<string, Command>();
  readonly settingTabs: SettingTab[] = [];
  readonly protocolHandlers = new Map<string, ProtocolHandler>();
  /** The settings' window: plugins open it by this name, though the typings have none. */
  setting: { open(): void; openTabById(id: string): unknown } | undefined;
  readonly cliHandlers = new Map<string, (params: Record<string, string>) => string | Promise<string>>();
  readonly ribbon: RibbonItem[] = [];
  readonly statusBarEl: HTMLElement;
  readonly #creators = new Map<string, (leaf: WorkspaceLeaf) => View>();
  readonly #options: AppOptions;

  constructor(options: AppOptions) {
    this.#options = options;
    this.vault = options.vault;
    this.fileManager = options.fileManager;
    this.secretStorage = options.secretStorage;
    this.metadataCache = options.metadataCache;
    this.statusBarEl = createDiv('status-bar');
    this.workspace = new Workspace(this);
    this.#creators.set('markdown', (leaf) => new MarkdownView(leaf));
    this.#creators.set('empty', (leaf) => new EmptyView(leaf));
    this.#creators.set('image', (leaf) => new ResourceView(leaf));
  }

  isDarkMode(): boolean {
    return document.body.hasClass('theme-dark');
  }

  loadLocalStorage(key: string): unknown {
    const text = this.#options.storage.getItem(`${this.#options.appId}-${key}`);
    return text === null ? null : JSON.parse(text);
  }

  saveLocalStorage(key: string, data: unknown): void {
    const name = `${this.#options.appId}-${key}`;
    if (data === null || data === undefined) this.#options.storage.removeItem(name);
    else this.#options.storage.setItem(name, JSON.stringify(data));
  }

  registerView(type: string, creator: (leaf: WorkspaceLeaf) => View): () => void {
    if (this.#creators.has(type)) throw new Error(`Attempting to register an existing view type "${type}"`);
    this.#creators.set(type, creator);
    return () => this.#creators.delete(type);
  }

  createView(type: string, leaf: WorkspaceLeaf): View {
    const creator = this.#creators.get(type);
    if (creator === undefined) throw new Error(`No view is registered for "${type}".`);
    return creator(leaf);
  }

  viewTypeOf(extension: string): string {
    return extension === 'md' ? 'markdown' : 'image';
  }

  /** Runs a command as the palette would; false: it does not apply now. */
  executeCommandById(id: string): boolean {
    const command = this.commands.get(id);
    if (command === undefined) throw new Error(`There is no command "${id}".`);
    return this.#run(command, false);
  }

  canRun(command: Command): boolean {
    return this.#run(command, true);
  }

  #run(command: Command, checking: boolean): boolean {
    const view = this.workspace.getActiveViewOfType(MarkdownView);
    if (command.editorCheckCallback !== undefined)
      return view !== null && command.editorCheckCallback(checking, view.editor, view) !== false;
    if (command.editorCallback !== undefined) {
      if (view !== null && !checking) void command.editorCallback(view.editor, view);
      return view !== null;
    }
    if (command.checkCallback !== undefined) return command.checkCallback(checking) === true;
    if (!checking) void command.callback?.();
    return true;
  }
}
