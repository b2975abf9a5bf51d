import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceDriver } from './driver.mts';
import { openTestDevice } from './fixtures/open-test-device.mts';

// Each title ends with where the behaviour is known from; see README.md.

describe('The host’s page: plugins and their life', () => {
  let device: DeviceDriver;

  beforeAll(async () => {
    device = await openTestDevice({ config: { openFiles: ['Welcome.md', 'Daily/Monday.md'] } });
  });

  afterAll(async () => {
    await device.close();
  });

  it('raises create for every file before the layout is ready (d.ts Vault.on create, docs load-time)', async () => {
    const seen = await device.page.evaluate(() => window.testPlugin.seen);
    const ready = seen.indexOf('layout-ready');
    expect(
      seen
        .slice(0, ready)
        .filter((event) => event.startsWith('create'))
        .sort(),
    ).toEqual(['create Daily', 'create Daily/Monday.md', 'create Daily/Tuesday.md', 'create Welcome.md']);
    expect(await device.errors()).toEqual([]);
  });

  it('names what it does not have, in the module and in its objects', async () => {
    const messages = await device.page.evaluate(() => {
      const messageOf = (act: () => unknown): string => {
        try {
          return `no error: ${String(act())}`;
        } catch (error) {
          return String(error);
        }
      };
      const { app, obsidian } = window.testPlugin;
      return [
        messageOf(() => (obsidian as unknown as Record<string, unknown>)['HoverPopover']),
        messageOf(() => (app as unknown as Record<string, unknown>)['internalPlugins']),
        messageOf(() => (app.vault as unknown as Record<string, unknown>)['getConfig']),
        messageOf(() => app.metadataCache.getFileCache(app.vault.getFiles()[0]!)),
      ];
    });
    expect(messages).toEqual([
      expect.stringContaining('export "HoverPopover" in "obsidian"'),
      expect.stringContaining('App has no "internalPlugins"'),
      expect.stringContaining('Vault has no "getConfig"'),
      expect.stringContaining('MetadataCache.getFileCache'),
    ]);
  });

  it('shows a tab that was restored as a deferred view until it is looked at (d.ts WorkspaceLeaf.isDeferred)', async () => {
    const looked = await device.page.evaluate(async () => {
      const { app, obsidian } = window.testPlugin;
      const leaf = app.workspace.getLeavesOfType('markdown').find((each) => each.isDeferred)!;
      const before = leaf.view instanceof obsidian.MarkdownView;
      await leaf.loadIfDeferred();
      return [before, leaf.view instanceof obsidian.MarkdownView, leaf.isDeferred];
    });
    expect(looked).toEqual([false, true, false]);
  });

  it('tells at once of what another program does to the files', async () => {
    await device.programWrites('Inbox/new.md', 'new');
    await device.programRenames('Daily/Tuesday.md', 'Daily/Wednesday.md');
    const seen = await device.until(
      'the events',
      () => device.page.evaluate(() => window.testPlugin.seen.filter((event) => event !== 'tick').slice(-4)),
      (events) => events.at(-1) === 'create Daily/Wednesday.md',
    );
    expect(seen).toEqual([
      'create Inbox',
      'create Inbox/new.md',
      'delete Daily/Tuesday.md',
      'create Daily/Wednesday.md',
    ]);
  });

  it('calls onExternalSettingsChange for data.json that others wrote, not for its own (d.ts)', async () => {
    const countExternal = (): Promise<number> =>
      device.page.evaluate(
        () => window.testPlugin.seen.filter((event) => event === 'external settings').length,
      );
    await device.page.evaluate(() => window.testPlugin.saveData({ name: 'own' }));
    expect(await device.pluginData('test')).toEqual({ name: 'own' });
    expect(await countExternal()).toBe(0);
    await device.writePluginData('test', { name: 'other' });
    await device.until('the call', countExternal, (count) => count === 1);
  });

  it('runs commands, shows notices, hands links over, and shows views at the side', async () => {
    await device.runCommand('test:notice');
    expect(await device.notices()).toContain('Hello');
    await device.openLink('obsidian://test?a=1&b=x%20y');
    expect(await device.page.evaluate(() => window.testPlugin.seen)).toContain(
      'link {"action":"test","a":"1","b":"x y"}',
    );
    await device.runCommand('test:view');
    await device.page.locator('.mod-right-split .log-line').nth(4).waitFor();
  });

  it('asks in a confirmation, which a truthy handler keeps open (d.ts ConfirmationModal)', async () => {
    await device.runCommand('test:ask');
    await device.page.getByText('Do not ask again').click();
    await device.page.getByRole('button', { name: 'Delete' }).click();
    await device.page.locator('.modal').waitFor({ state: 'detached' });
    const seen = await device.page.evaluate(() => window.testPlugin.seen.slice(-9));
    expect(seen.filter((event) => event !== 'tick').slice(-2)).toEqual(['checkbox true', 'deleted']);
  });

  it('finds commands by some of their letters, by keyboard alone', async () => {
    await device.page.keyboard.press('Control+p');
    await device.page.keyboard.type('shonot');
    await device.page.keyboard.press('Enter');
    await device.page.locator('.prompt').waitFor({ state: 'detached' });
    expect((await device.notices()).filter((text) => text === 'Hello')).toHaveLength(2);
  });

  it('opens a menu at the mouse, and closes it with Escape', async () => {
    await device.page.locator('.side-dock-ribbon-action[aria-label="Sync"]').click();
    await device.page.locator('.menu-item', { hasText: 'Sync now' }).click();
    expect(await device.page.evaluate(() => window.testPlugin.seen)).toContain('sync');
    expect(await device.page.locator('.menu').count()).toBe(0);
  });

  it('keeps files, stored values and secrets over a killed page; quit asks the plugins (d.ts quit, Tasks)', async () => {
    await device.setSecret('key-1', 'secret');
    await device.page.evaluate(() => {
      window.testPlugin.app.saveLocalStorage('device', { id: 7 });
      window.testPlugin.settings.name = 'saved by quit';
    });
    await device.quit();
    expect(await device.pluginData('test')).toMatchObject({ name: 'saved by quit' });
    await device.start();
    const kept = await device.page.evaluate(() => {
      const { app } = window.testPlugin;
      return [
        app.loadLocalStorage('device') as unknown,
        app.secretStorage.getSecret('key-1'),
        app.secretStorage.listSecrets(),
      ];
    });
    expect(kept).toEqual([{ id: 7 }, 'secret', ['key-1']]);
  });

  it('refuses names of secrets that the app refuses (d.ts SecretStorage.setSecret)', async () => {
    await expect(device.setSecret('Key 1', 'x')).rejects.toThrow('lowercase');
  });

  it('forgets stored values, but no secret and no database, when the vault’s folder is renamed (docs saveLocalStorage)', async () => {
    await device.page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          indexedDB.open('kept').onsuccess = (): void => resolve();
        }),
    );
    await device.kill();
    device.renameVaultFolder('Other');
    await device.start();
    const found = await device.page.evaluate(async () => [
      window.testPlugin.app.vault.getName(),
      window.testPlugin.app.loadLocalStorage('device') as unknown,
      window.testPlugin.app.secretStorage.getSecret('key-1'),
      (await indexedDB.databases()).map(({ name }) => name),
    ]);
    expect(found).toEqual(['Other', null, 'secret', ['kept']]);
    await device.kill();
    await device.deleteDatabases();
    await device.start();
    expect(await device.page.evaluate(() => indexedDB.databases())).toEqual([]);
  });

  it('leaves nothing of a disabled plugin: no listener, timer, command, tab, view or element (docs lifecycle)', async () => {
    await device.runCommand('test:view');
    const left = await device.page.evaluate(async () => {
      const { testPlugin: plugin, host } = window;
      host.plugins.disable('test');
      const count = plugin.seen.length;
      await host.app.vault.create('after.md', '');
      document.dispatchEvent(new Event('visibilitychange'));
      await new Promise((resolve) => setTimeout(resolve, 120));
      return {
        seen: plugin.seen.slice(count - 1),
        commands: host.app.commands.size,
        tabs: host.app.settingTabs.length,
        views: host.app.workspace.getLeavesOfType('test-view').length,
        links: host.app.protocolHandlers.size,
        elements: document.querySelectorAll('.status-bar-item, .side-dock-ribbon-action[aria-label="Sync"]')
          .length,
      };
    });
    expect(left).toEqual({ seen: ['unload'], commands: 0, tabs: 0, views: 0, links: 0, elements: 0 });
    await device.setPluginEnabled('test', true);
    expect(await device.statusBar()).toEqual(['Synced']);
  });
});
