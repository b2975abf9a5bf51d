import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceDriver } from './driver.mts';
import { openTestDevice } from './fixtures/open-test-device.mts';
import { listen, readBody, type LoopbackServer } from './server/http.mts';

describe('The host as a phone', () => {
  let phone: DeviceDriver;
  let slow: LoopbackServer;

  beforeAll(async () => {
    slow = await listen(async (request, response) => {
      const length = (await readBody(request)).length;
      response.setHeader('access-control-allow-origin', '*');
      if (request.url === '/large') response.end(Buffer.alloc(3_000));
      else setTimeout(() => response.end(String(length)), 400);
    });
    phone = await openTestDevice({
      config: { kind: 'phone', bodyLimitBytes: 2_000 },
      disk: { ignoresCase: true },
    });
  });

  afterAll(async () => {
    await phone.close();
    await slow.close();
  });

  it('is mobile to the plugin, and has no status bar (d.ts Platform, Plugin.addStatusBarItem)', async () => {
    const { isMobile, isPhone, isDesktop } = await phone.page.evaluate(
      () => window.testPlugin.obsidian.Platform,
    );
    expect({ isMobile, isPhone, isDesktop }).toEqual({ isMobile: true, isPhone: true, isDesktop: false });
    expect(await phone.statusBar()).toEqual([]);
    await phone.page.locator('.mobile-navbar [aria-label="Sync"]').waitFor();
  });

  it('dies of a body over the limit, sent or received: here it throws (remotely-save#265, onedrive#185)', async () => {
    const tried = await phone.page.evaluate(async (url) => {
      const messageOf = (promise: Promise<unknown>): Promise<string> =>
        promise.then(
          () => 'fine',
          (error: unknown) => String(error).slice(0, 20),
        );
      const { requestUrl } = window.testPlugin;
      return [
        await messageOf(requestUrl({ url, method: 'PUT', body: 'x'.repeat(2_001) })),
        await messageOf(requestUrl({ url: `${url}/large` })),
        await messageOf(requestUrl({ url, method: 'PUT', body: 'x'.repeat(2_000) })),
      ];
    }, slow.url);
    expect(tried).toEqual(['Error: Out of memory', 'Error: Out of memory', 'fine']);
    expect((await phone.ledger()).largestRequestBytes).toBe(2_001);
  });

  it('stops when hidden: timers wait, what is on the network fails, databases are lost (remotely-save#12, idb-keyval#165)', async () => {
    const ends = phone.page.evaluate(async (url) => {
      const database = await new Promise<IDBDatabase>((resolve) => {
        const request = indexedDB.open('of-the-plugin', 1);
        request.onupgradeneeded = (): void => {
          request.result.createObjectStore('rows');
        };
        request.onsuccess = (): void => resolve(request.result);
      });
      Object.assign(window, { database });
      const messageOf = (promise: Promise<unknown>): Promise<string> =>
        promise.then(
          () => 'answered',
          (error: unknown) => String(error),
        );
      return Promise.all([messageOf(fetch(url)), messageOf(window.testPlugin.requestUrl(url))]);
    }, slow.url);
    await phone.until(
      'both requests',
      () => phone.page.evaluate(() => window.host.device.openDatabases.length),
      (count) => count === 1,
    );
    await phone.setHidden(true);
    expect(await ends).toEqual(['TypeError: Load failed', 'Error: The network connection was lost.']);
    const asleep = await phone.page.evaluate(async () => {
      const { seen } = window.testPlugin;
      const count = seen.length;
      const timer = new Promise<string>((resolve) => setTimeout(() => resolve('ran'), 10));
      Object.assign(window, { timer });
      let lost = '';
      try {
        (window as unknown as { database: IDBDatabase }).database.transaction('rows');
      } catch (error) {
        lost = (error as Error).name;
      }
      await new Promise<void>((resolve) => {
        window.host.nativeTimeout(resolve, 200);
      });
      return { lost, ticks: seen.length - count, state: document.visibilityState };
    });
    expect(asleep).toEqual({ lost: 'InvalidStateError', ticks: 0, state: 'hidden' });
    await phone.setHidden(false);
    expect(await phone.page.evaluate(() => (window as unknown as { timer: Promise<string> }).timer)).toBe(
      'ran',
    );
    expect(await phone.page.evaluate(() => window.testPlugin.seen)).toContain('visible');
  });

  it('loses the contents of a write now and then (sync-engine#178)', async () => {
    phone.device.disk.faults.emptyWrites = 1;
    await phone.userModifies('Welcome.md', 'gone');
    expect(await phone.text('Welcome.md')).toBe('');
    await phone.userModifies('Welcome.md', 'here');
    expect(await phone.text('Welcome.md')).toBe('here');
  });

  it('takes names that differ in case for one (docs Vault)', async () => {
    await expect(phone.userCreates('WELCOME.md', '')).rejects.toThrow('File already exists.');
  });

  it('goes through the settings page by page', async () => {
    await phone.openSettings('test');
    await phone.page.getByText('Another page.').click();
    await phone.page.getByLabel('Back').click();
    await phone.page.getByText('Whether it is on.').waitFor();
    await phone.page.getByLabel('All settings').click();
    await phone.page.locator('.vertical-tab-nav-item', { hasText: 'Test' }).waitFor();
    await phone.closeModals();
  });
});
