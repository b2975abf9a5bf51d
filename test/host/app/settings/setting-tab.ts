import type { SettingDefinitionItem } from 'obsidian';
import type { App } from '../app.ts';
import type { Plugin } from '../plugin.ts';
import { DefinitionRenderer } from './definition-renderer.ts';

/** A tab of the settings: declared by definitions, or, when there are none, drawn by `display`. */
export abstract class SettingTab {
  icon = '';
  readonly app: App;
  readonly containerEl: HTMLElement;
  settingItems: SettingDefinitionItem[] = [];
  id = '';
  name = '';
  #renderer: DefinitionRenderer | undefined;

  constructor(app: App) {
    this.app = app;
    this.containerEl = activeDocument.createElement('div');
    this.containerEl.addClass('vertical-tab-content');
  }

  getSettingDefinitions(): SettingDefinitionItem[] {
    return [];
  }

  /** Asks for the definitions anew, and draws them when the tab is shown. */
  update(): void {
    this.settingItems = this.getSettingDefinitions();
    this.#renderer?.render(this.settingItems);
  }

  abstract getControlValue(key: string): unknown;
  abstract setControlValue(key: string, value: unknown): void | Promise<void>;

  refreshDomState(): void {
    this.#renderer?.refresh();
  }

  display(): void {
    // For those who draw themselves.
  }

  hide(): void {
    this.#renderer?.clear();
    this.#renderer = undefined;
    this.containerEl.empty();
  }

  /** Called by the settings' window; not in the typings. */
  show(): void {
    this.settingItems = this.getSettingDefinitions();
    this.containerEl.empty();
    if (this.settingItems.length === 0) {
      this.display();
      return;
    }
    this.#renderer = new DefinitionRenderer(this, this.containerEl);
    this.#renderer.render(this.settingItems);
  }
}

export abstract class PluginSettingTab extends SettingTab {
  readonly plugin: Plugin;

  constructor(app: App, plugin: Plugin) {
    super(app);
    this.plugin = plugin;
    this.id = plugin.manifest.id;
    this.name = plugin.manifest.name;
  }

  /** As in the app: read from and written to `plugin.settings`, then `saveData`. */
  getControlValue(key: string): unknown {
    return (this.plugin.settings as Record<string, unknown> | undefined)?.[key];
  }

  async setControlValue(key: string, value: unknown): Promise<void> {
    const settings = (this.plugin.settings ?? {}) as Record<string, unknown>;
    settings[key] = value;
    this.plugin.settings = settings;
    await this.plugin.saveData(settings);
  }
}

export abstract class SettingPage {
  readonly rootEl: HTMLElement;
  readonly titlebarEl: HTMLElement;
  readonly containerEl: HTMLElement;
  title = '';

  constructor() {
    this.rootEl = activeDocument.createElement('div');
    this.rootEl.addClass('setting-page');
    this.titlebarEl = this.rootEl.createDiv('setting-page-titlebar');
    this.containerEl = this.rootEl.createDiv('setting-page-content');
  }

  abstract display(): void;

  hide(): void {
    this.containerEl.empty();
  }
}
