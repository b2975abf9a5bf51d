import type { App } from '../app.ts';
import type { PluginLoader } from '../plugin-loader.ts';
import { Platform } from '../platform.ts';
import { SettingTab } from '../settings/setting-tab.ts';
import { Setting } from '../settings/setting.ts';
import { setIcon } from '../ui/icons.ts';
import { Modal } from '../ui/modal.ts';
import { openPopout, type Popout } from './popout.ts';

/** The app's own tab, as far as plugins are concerned by it. */
class AppearanceTab extends SettingTab {
  override name = 'Appearance';

  getControlValue(): unknown {
    return this.app.isDarkMode();
  }

  setControlValue(_key: string, value: unknown): void {
    document.body.toggleClass('theme-dark', value === true);
    document.body.toggleClass('theme-light', value !== true);
  }

  override getSettingDefinitions() {
    return [
      { name: 'Dark mode', desc: 'How the app looks.', control: { type: 'toggle' as const, key: 'dark' } },
    ];
  }
}

class PluginsTab extends SettingTab {
  override name = 'Community plugins';
  readonly #plugins: PluginLoader;

  constructor(app: App, plugins: PluginLoader) {
    super(app);
    this.#plugins = plugins;
  }

  getControlValue(): unknown {
    return undefined;
  }

  setControlValue(): void {
    // Drawn by hand.
  }

  override display(): void {
    void this.app.vault.adapter.list(`${this.app.vault.configDir}/plugins`).then(({ folders }) => {
      for (const folder of folders) {
        const id = folder.replace(/^.*\//u, '');
        new Setting(this.containerEl).setName(id).addToggle((toggle) =>
          toggle.setValue(this.#plugins.get(id) !== undefined).onChange((on) => {
            if (on) void this.#plugins.enable(id, true);
            else this.#plugins.disable(id);
          }),
        );
      }
    });
  }
}

export class SettingsWindow extends Modal {
  readonly #own: readonly SettingTab[];
  readonly #navEl: HTMLElement;
  readonly #tabEl: HTMLElement;
  #shown: SettingTab | undefined;
  readonly #ownWindow: boolean;
  #popout: Popout | undefined;
  #lastId = '';

  constructor(app: App, plugins: PluginLoader, ownWindow: boolean) {
    super(app);
    this.#ownWindow = ownWindow;
    this.#own = [new AppearanceTab(app), new PluginsTab(app, plugins)];
    this.modalEl.addClass('mod-settings', 'mod-sidebar-layout');
    this.contentEl.addClass('vertical-tabs-container');
    this.#navEl = this.contentEl.createDiv('vertical-tab-header');
    this.#tabEl = this.contentEl.createDiv('vertical-tab-content-container');
  }

  override open(): void {
    if (this.#ownWindow) this.#popout ??= openPopout();
    super.open();
  }

  override onOpen(): void {
    this.#drawNav();
    const tab = this.#find(this.#lastId);
    if (tab !== undefined) this.#show(tab);
    else if (!Platform.isPhone) this.#show(this.app.settingTabs[0] ?? this.#own[0]!);
  }

  override onClose(): void {
    this.#hide();
    this.#popout?.close();
    this.#popout = undefined;
    this.#lastId = '';
  }

  openTabById(id: string): SettingTab | undefined {
    this.#lastId = id;
    const tab = this.#find(id);
    if (tab !== undefined && this.modalEl.isConnected) this.#show(tab);
    return tab;
  }

  #find(id: string): SettingTab | undefined {
    return this.app.settingTabs.find((tab) => tab.id === id);
  }

  #drawNav(): void {
    this.#navEl.empty();
    const groups: [string, readonly SettingTab[]][] = [
      ['Options', this.#own],
      ['Community plugins', this.app.settingTabs],
    ];
    for (const [title, tabs] of groups) {
      const group = this.#navEl.createDiv('vertical-tab-header-group');
      group.createDiv({ cls: 'vertical-tab-header-group-title', text: title });
      for (const tab of tabs) {
        const item = group.createDiv({
          cls: 'vertical-tab-nav-item tappable',
          text: tab.name,
          attr: { 'data-tab': tab.id },
        });
        item.addEventListener('click', () => this.#show(tab));
      }
    }
  }

  #show(tab: SettingTab): void {
    this.#hide();
    this.#shown = tab;
    this.modalEl.addClass('is-tab-open');
    for (const item of this.#navEl.findAll('.vertical-tab-nav-item'))
      item.toggleClass('is-active', item.getText() === tab.name);
    if (Platform.isPhone) this.#drawPhoneTitle(tab);
    this.#tabEl.appendChild(tab.containerEl);
    tab.show();
  }

  #drawPhoneTitle(tab: SettingTab): void {
    const bar = this.#tabEl.createDiv('setting-phone-titlebar');
    const back = bar.createEl('button', { cls: 'clickable-icon', attr: { 'aria-label': 'All settings' } });
    setIcon(back, 'chevron-left');
    bar.createDiv({ cls: 'setting-phone-title', text: tab.name });
    back.addEventListener('click', () => this.#hide());
  }

  #hide(): void {
    this.#shown?.hide();
    this.#shown = undefined;
    this.modalEl.removeClass('is-tab-open');
    this.#tabEl.empty();
  }
}
