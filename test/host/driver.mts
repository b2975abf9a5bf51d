import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { HostConfig } from './app/config.ts';
import type { MemoryDiskOptions } from './app/vault/memory-disk.ts';
import type { VaultTraps } from './app/vault/traps.ts';
import { openBrowser, type BrowserProfile } from '../support/browser/chromium.mts';
import { HostDevice, type PluginFiles } from './server/host-device.mts';

export interface OpenOptions {
  readonly name?: string;
  readonly plugins: readonly PluginFiles[];
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly config?: Partial<HostConfig>;
  readonly disk?: Partial<MemoryDiskOptions>;
  readonly size?: { readonly width: number; readonly height: number };
  /** As what the browser gives itself out: the editor treats some in ways of their own. */
  readonly userAgent?: string;
}

const WIDE = { width: 1_280, height: 800 };
const PHONE = { width: 390, height: 844 };
const WAIT_MS = 20_000;

/**
 * A device that a test drives: `user…` does what a person does in the app, `program…` what another
 * program does to the files, which works while no page is open, too.
 */
export class DeviceDriver {
  readonly device: HostDevice;
  readonly #profile: BrowserProfile;
  #page: Page | undefined;

  private constructor(device: HostDevice, profile: BrowserProfile) {
    this.device = device;
    this.#profile = profile;
  }

  /** A new device with a browser profile of its own; its page is open and the app's layout is ready. */
  static async open(options: OpenOptions): Promise<DeviceDriver> {
    const device = await HostDevice.start({ name: 'Laptop', ...options });
    const isPhone = device.config.kind === 'phone';
    const viewport = options.size ?? (isPhone ? PHONE : WIDE);
    const settings: BrowserContextOptions = {
      viewport,
      ...(isPhone ? { hasTouch: true, deviceScaleFactor: 2 } : {}),
      ...(options.userAgent === undefined ? {} : { userAgent: options.userAgent }),
    };
    const profile = await openBrowser(settings).catch(async (error: unknown) => {
      await device.close();
      throw error;
    });
    const driver = new DeviceDriver(device, profile);
    await driver.start();
    return driver;
  }

  get page(): Page {
    if (this.#page === undefined) throw new Error('The app is not running on this device.');
    return this.#page;
  }

  get context(): BrowserContext {
    return this.#profile.context;
  }

  /** Starts the app, after `kill` or `quit`. */
  async start(): Promise<void> {
    const [blank] = this.#profile.context.pages();
    const page = blank?.url() === 'about:blank' ? blank : await this.#profile.context.newPage();
    this.#page = page;
    // Functions that `tsx` compiled call this helper of its own, in the page too.
    await page.addInitScript('globalThis.__name ??= (value) => value;');
    await page.goto(this.device.url);
    await page.waitForFunction(() => 'host' in window && window.host.ready, undefined, { timeout: WAIT_MS });
  }

  /** The page is gone at once: nothing is saved, no promise goes on. */
  async kill(): Promise<void> {
    const { page } = this;
    this.#page = undefined;
    await page.close({ runBeforeUnload: false });
  }

  /** As a person leaves the app. */
  async quit(): Promise<void> {
    await this.page.evaluate(() => window.host.quit());
    await this.kill();
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  async close(): Promise<void> {
    await this.#profile.close();
    await this.device.close();
  }

  // What another program does to the files.

  async programWrites(path: string, contents: string | Uint8Array, mtimeMs?: number): Promise<void> {
    await this.device.write(path, contents, mtimeMs);
  }

  async programRenames(from: string, to: string): Promise<void> {
    await this.device.disk.rename(from, to);
  }

  async programDeletes(path: string): Promise<void> {
    const stat = await this.device.disk.stat(path);
    await (stat?.type === 'folder' ? this.device.disk.rmdir(path, true) : this.device.disk.remove(path));
  }

  /** What is on the disk; `undefined` where nothing is. */
  async text(path: string): Promise<string | undefined> {
    const bytes = await this.bytes(path);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  }

  async bytes(path: string): Promise<Uint8Array | undefined> {
    const stat = await this.device.disk.stat(path);
    return stat?.type === 'file' ? this.device.disk.read(path) : undefined;
  }

  /** All files without a dot in their path, with their text. */
  async texts(): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for (const path of await this.paths()) found[path] = (await this.text(path)) ?? '';
    return found;
  }

  async paths(): Promise<string[]> {
    const tree = await this.device.disk.tree();
    const hidden = (path: string): boolean => path.split('/').some((name) => name.startsWith('.'));
    return tree
      .filter(({ type, path }) => type === 'file' && !hidden(path))
      .map(({ path }) => path)
      .sort();
  }

  // What a person does in the app.

  async userCreates(path: string, contents: string): Promise<void> {
    await this.page.evaluate(
      async ([at, text]) => {
        const { vault } = window.host.app;
        const folder = at.split('/').slice(0, -1).join('/');
        if (folder !== '' && vault.getFolderByPath(folder) === null) await vault.createFolder(folder);
        await vault.create(at, text);
      },
      [path, contents] as const,
    );
  }

  /** Over all of a note that is not open, as another plugin would. */
  async userModifies(path: string, contents: string): Promise<void> {
    await this.page.evaluate(
      async ([at, text]) => {
        await window.host.app.vault.modify(window.host.file(at), text);
      },
      [path, contents] as const,
    );
  }

  async userRenames(from: string, to: string): Promise<void> {
    await this.page.evaluate(
      async ([at, path]) => {
        const { vault, fileManager } = window.host.app;
        const file = vault.getAbstractFileByPath(at);
        if (file === null) throw new Error(`There is no ${at}.`);
        await fileManager.renameFile(file, path);
      },
      [from, to] as const,
    );
  }

  async userDeletes(path: string): Promise<void> {
    await this.page.evaluate(async (at) => {
      const { vault, fileManager } = window.host.app;
      const file = vault.getAbstractFileByPath(at);
      if (file === null) throw new Error(`There is no ${at}.`);
      await fileManager.trashFile(file);
    }, path);
  }

  async openNote(path: string, where: boolean | 'split' = false): Promise<void> {
    await this.page.evaluate(([at, leaf]) => window.host.openNote(at, leaf), [path, where] as const);
  }

  /** Types key by key into an open note, at its end or where the cursor is. */
  async type(
    path: string,
    text: string,
    options: { readonly atEnd?: boolean; readonly delayMs?: number } = {},
  ): Promise<void> {
    await this.page.evaluate(
      ([at, toEnd]) => {
        const { editor, leaf } = window.host.noteView(at);
        window.host.app.workspace.setActiveLeaf(leaf, { focus: true });
        if (toEnd) editor.setCursor(editor.offsetToPos(editor.getValue().length));
        editor.focus();
      },
      [path, options.atEnd ?? true] as const,
    );
    await this.page.keyboard.type(text, { delay: options.delayMs ?? 0 });
  }

  editorText(path: string): Promise<string> {
    return this.page.evaluate((at) => window.host.noteView(at).editor.getValue(), path);
  }

  /** As an offset into the text. */
  cursor(path: string): Promise<number> {
    return this.page.evaluate((at) => window.host.noteView(at).editor.cm.state.selection.main.head, path);
  }

  isDirty(path: string): Promise<boolean> {
    return this.page.evaluate((at) => window.host.noteView(at).dirty, path);
  }

  async saveNote(path: string): Promise<void> {
    await this.page.evaluate((at) => window.host.noteView(at).save(), path);
  }

  /** By its full id, as `twincloud:sync-now`. */
  runCommand(id: string): Promise<boolean> {
    return this.page.evaluate((command) => window.host.app.executeCommandById(command), id);
  }

  commandIds(): Promise<string[]> {
    return this.page.evaluate(() => [...window.host.app.commands.keys()]);
  }

  async openSettings(tabId: string): Promise<void> {
    await this.page.evaluate((id) => {
      const { settings } = window.host.shell;
      settings.open();
      settings.openTabById(id);
    }, tabId);
  }

  async closeModals(): Promise<void> {
    await this.page.evaluate(() => {
      window.host.closeModals();
    });
  }

  async setSecret(id: string, secret: string): Promise<void> {
    await this.page.evaluate(
      ([name, value]) => {
        window.host.app.secretStorage.setSecret(name, value);
      },
      [id, secret] as const,
    );
  }

  /** Writes the plugin's `data.json` as another program, or a sync of the folder, would. */
  async writePluginData(id: string, data: unknown): Promise<void> {
    await this.programWrites(`${this.device.config.configDir}/plugins/${id}/data.json`, JSON.stringify(data));
  }

  async pluginData(id: string): Promise<unknown> {
    const text = await this.text(`${this.device.config.configDir}/plugins/${id}/data.json`);
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  }

  async openLink(url: string): Promise<void> {
    await this.page.evaluate((link) => {
      window.host.openLink(link);
    }, url);
  }

  async setPluginEnabled(id: string, enabled: boolean): Promise<void> {
    await this.page.evaluate(
      async ([plugin, on]) => {
        if (on) await window.host.plugins.enable(plugin, true);
        else window.host.plugins.disable(plugin);
      },
      [id, enabled] as const,
    );
  }

  // What is seen.

  async statusBar(): Promise<string[]> {
    return this.page.locator('.status-bar .status-bar-item').allInnerTexts();
  }

  /** All that were shown since the page was loaded. */
  notices(): Promise<readonly string[]> {
    return this.page.evaluate(() => window.host.notices);
  }

  errors(): Promise<readonly string[]> {
    return this.page.evaluate(() => window.host.errors);
  }

  ledger(): Promise<{
    readonly largestRequestBytes: number;
    readonly largestResponseBytes: number;
    readonly largestInFlightBytes: number;
    readonly largestInFlightCount: number;
    readonly count: number;
  }> {
    return this.page.evaluate(() => {
      const {
        largestRequestBytes,
        largestResponseBytes,
        largestInFlightBytes,
        largestInFlightCount,
        entries,
      } = window.host.ledger;
      return {
        largestRequestBytes,
        largestResponseBytes,
        largestInFlightBytes,
        largestInFlightCount,
        count: entries.length,
      };
    });
  }

  timesMs(): Promise<Readonly<Record<string, number>>> {
    return this.page.evaluate(() => window.host.timesMs);
  }

  async screenshot(path: string, theme?: 'light' | 'dark'): Promise<void> {
    if (theme !== undefined) await this.setTheme(theme);
    await this.page.screenshot({ path });
  }

  async setTheme(theme: 'light' | 'dark'): Promise<void> {
    await this.page.evaluate((name) => {
      window.host.shell.setTheme(name);
    }, theme);
  }

  // What happens to a device.

  async setOnline(online: boolean): Promise<void> {
    await this.page.evaluate((on) => {
      window.host.device.setOnline(on);
    }, online);
  }

  async setHidden(hidden: boolean): Promise<void> {
    await this.page.evaluate((is) => {
      window.host.device.setHidden(is);
    }, hidden);
  }

  /** As on iOS after the app was in the background; returns how many connections were lost. */
  loseDatabases(): Promise<number> {
    return this.page.evaluate(() => window.host.device.loseDatabases());
  }

  /** The app must not run, or what it has open stays. */
  async deleteDatabases(): Promise<void> {
    const page = await this.#profile.context.newPage();
    await page.route('**/*', (route) => route.fulfill({ contentType: 'text/html', body: '' }));
    await page.goto(this.device.url);
    await page.evaluate(async () => {
      for (const { name = '' } of await indexedDB.databases())
        await new Promise<void>((resolve, reject) => {
          const request = indexedDB.deleteDatabase(name);
          request.onsuccess = (): void => {
            resolve();
          };
          request.onerror = (): void => {
            reject(new Error(`${name} could not be deleted`));
          };
          request.onblocked = (): void => {
            reject(new Error(`${name} is in use`));
          };
        });
    });
    await page.close();
  }

  /** The folder of the vault gets another name outside of the app: to the app it is another vault. The app must not run. */
  renameVaultFolder(name: string): void {
    this.device.config = {
      ...this.device.config,
      vaultName: name,
      appId: `${this.device.config.appId}-${name}`,
    };
  }

  async setTraps(traps: Partial<VaultTraps>): Promise<void> {
    await this.page.evaluate((changed) => {
      Object.assign(window.host.app.vault.traps, changed);
    }, traps);
  }

  async clearStorage(): Promise<void> {
    await this.page.evaluate(() => {
      localStorage.clear();
    });
  }

  /** Waits until it holds; fails with what was seen last. */
  async until<T>(
    what: string,
    look: () => Promise<T>,
    holds: (seen: T) => boolean,
    timeoutMs = WAIT_MS,
  ): Promise<T> {
    const endMs = Date.now() + timeoutMs;
    for (;;) {
      const seen = await look();
      if (holds(seen)) return seen;
      if (Date.now() > endMs)
        throw new Error(`${what}: not within ${timeoutMs} ms; last seen: ${JSON.stringify(seen)}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}
