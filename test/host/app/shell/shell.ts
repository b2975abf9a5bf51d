import type { App } from '../app.ts';
import type { HostConfig } from '../config.ts';
import type { PluginLoader } from '../plugin-loader.ts';
import { Platform } from '../platform.ts';
import { setIcon } from '../ui/icons.ts';
import { modalTakesKey } from '../ui/modal.ts';
import { setTooltip } from '../ui/tooltip.ts';
import { CommandPalette } from './command-palette.ts';
import { FileExplorer } from './file-explorer.ts';
import { SettingsWindow } from './settings-window.ts';
import { TabArea } from './tab-area.ts';

export interface ShellOptions {
  readonly app: App;
  readonly plugins: PluginLoader;
  readonly config: HostConfig;
}

/** The window around the notes: ribbon, files, tabs, status bar; on a phone a bar below and drawers. */
export class Shell {
  readonly settings: SettingsWindow;
  readonly #app: App;
  readonly #config: HostConfig;
  readonly #explorer: FileExplorer;
  readonly #tabs: TabArea;

  constructor({ app, plugins, config }: ShellOptions) {
    this.#app = app;
    this.#config = config;
    this.settings = new SettingsWindow(app, plugins, config.settingsInOwnWindow);
    this.#explorer = new FileExplorer(app);
    this.#tabs = new TabArea(app);
  }

  draw(): void {
    const { body } = document;
    body.empty();
    body.addClass(`theme-${this.#config.theme}`);
    body.toggleClass('is-mobile', Platform.isMobile);
    body.toggleClass('is-phone', Platform.isPhone);
    const container = body.createDiv('app-container');
    if (!Platform.isPhone) this.#drawTitlebar(container);
    const main = container.createDiv('horizontal-main-container');
    if (!Platform.isPhone) this.#drawRibbon(main.createDiv('workspace-ribbon side-dock-ribbon mod-left'));
    const { containerEl } = this.#app.workspace;
    main.appendChild(containerEl);
    containerEl.appendChild(this.#explorer.containerEl);
    containerEl.appendChild(this.#tabs.rootEl);
    containerEl.appendChild(this.#tabs.rightEl);
    if (Platform.isPhone) this.#drawPhoneBar(container.createDiv('mobile-navbar'));
    if (!Platform.isMobile) container.appendChild(this.#app.statusBarEl);
    this.#registerKeys();
  }

  openPalette(): void {
    new CommandPalette(this.#app).open();
  }

  setTheme(theme: 'light' | 'dark'): void {
    document.body.toggleClass('theme-dark', theme === 'dark');
    document.body.toggleClass('theme-light', theme === 'light');
    this.#app.workspace.trigger('css-change');
  }

  /** The drawer of a phone. */
  toggleFiles(): void {
    document.body.toggleClass('is-left-drawer-open', !document.body.hasClass('is-left-drawer-open'));
  }

  #drawTitlebar(container: HTMLElement): void {
    const bar = container.createDiv('titlebar');
    bar.createDiv({ cls: 'titlebar-text', text: `${this.#config.vaultName} – ${this.#config.deviceName}` });
  }

  #drawRibbon(ribbon: HTMLElement): void {
    const own = ribbon.createDiv('side-dock-actions');
    const plugins = ribbon.createDiv('side-dock-actions');
    const settings = ribbon.createDiv('side-dock-settings');
    this.#button(own, 'terminal', 'Open command palette', () => this.openPalette());
    this.#button(settings, 'sun', 'Light or dark', () =>
      this.setTheme(this.#app.isDarkMode() ? 'light' : 'dark'),
    );
    this.#button(settings, 'settings', 'Open settings', () => this.settings.open());
    const show = (): void => {
      plugins.setChildrenInPlace(this.#app.ribbon.map(({ el }) => el));
    };
    this.#app.workspace.on('ribbon-change', show);
    show();
  }

  #drawPhoneBar(bar: HTMLElement): void {
    this.#button(bar, 'menu', 'Files', () => this.toggleFiles());
    this.#button(bar, 'search', 'Open command palette', () => this.openPalette());
    const plugins = bar.createDiv('mobile-navbar-plugins');
    const show = (): void => {
      plugins.setChildrenInPlace(this.#app.ribbon.map(({ el }) => el));
    };
    this.#app.workspace.on('ribbon-change', show);
    show();
    this.#button(bar, 'settings', 'Open settings', () => this.settings.open());
  }

  #button(parent: HTMLElement, icon: string, title: string, act: () => void): void {
    const button = parent.createEl('button', 'clickable-icon side-dock-ribbon-action');
    setIcon(button, icon);
    setTooltip(button, title);
    button.addEventListener('click', act);
  }

  #registerKeys(): void {
    document.addEventListener('keydown', (event) => {
      this.#app.lastEvent = event;
      if (modalTakesKey(event)) return;
      const mod = event.ctrlKey || event.metaKey;
      if (mod && event.key === 'p') this.openPalette();
      else if (mod && event.key === ',') this.settings.open();
      else return;
      event.preventDefault();
    });
  }
}
