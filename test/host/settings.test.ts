import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceDriver } from './driver.mts';
import { openTestDevice } from './fixtures/open-test-device.mts';

describe('The host’s settings, declared (d.ts 1.13 SettingDefinition…)', () => {
  let device: DeviceDriver;

  beforeAll(async () => {
    device = await openTestDevice();
    await device.openSettings('test');
  });

  afterAll(async () => {
    await device.close();
  });

  const row = (name: string) =>
    device.page.locator('.setting-item', { has: device.page.getByText(name, { exact: true }) });

  it('draws each kind of row with the app’s class names', async () => {
    expect(await device.page.locator('.setting-item-heading:visible').allInnerTexts()).toEqual([
      'Cloud',
      'Ignored',
    ]);
    expect(await row('Name').locator('.setting-item-control input').inputValue()).toBe('one');
    expect(await row('On').locator('.checkbox-container.is-enabled').count()).toBe(1);
    expect(await row('More').locator('.setting-item-display-value.mod-warning').innerText()).toBe('2 things');
    expect(await device.page.getByText('Nothing is ignored.').count()).toBe(1);
  });

  it('saves what is valid through setControlValue, and shows why what is not is not', async () => {
    await row('Name').locator('input').fill('');
    await row('Name').getByRole('alert').waitFor();
    expect(await row('Name').getByRole('alert').innerText()).toBe('A name is needed.');
    expect(await device.pluginData('test')).toBeUndefined();
    await row('Name').locator('input').fill('two');
    await device.until(
      'the file',
      () => device.pluginData('test'),
      (data) => data !== undefined,
    );
    expect(await device.pluginData('test')).toMatchObject({ name: 'two', count: 3 });
    expect(await row('Name').getByRole('alert').count()).toBe(0);
  });

  it('asks visible and disabled again after a change', async () => {
    await row('On').locator('.checkbox-container').click();
    await row('Count').waitFor({ state: 'hidden' });
    expect(await row('Mode').locator('select').isDisabled()).toBe(true);
    await row('On').locator('.checkbox-container').click();
    await row('Count').waitFor();
    await row('Count').locator('input').fill('12');
    await device.until(
      'the number',
      () => device.pluginData('test'),
      (data) => (data as { count?: unknown }).count === 12,
    );
  });

  it('stays on a page over update()', async () => {
    await row('More').click();
    await device.page.locator('.setting-page-title', { hasText: 'More' }).waitFor();
    await device.page.evaluate(() => {
      window.host.app.settingTabs[0]?.update();
    });
    await row('Size').waitFor();
    await device.page.getByLabel('Back').click();
    await row('Name').waitFor();
  });

  it('chooses a secret by its name, which is all that the plugin is told (d.ts SecretComponent)', async () => {
    await row('Key').locator('select').selectOption({ label: 'Add a secret…' });
    await row('Key').locator('.secret-id').fill('cloud-key');
    await row('Key').locator('.secret-value').fill('abc');
    await row('Key').getByRole('button', { name: 'Save' }).click();
    expect(await row('Key').locator('select').inputValue()).toBe('cloud-key');
    expect(await device.page.evaluate(() => window.host.app.secretStorage.getSecret('cloud-key'))).toBe(
      'abc',
    );
  });
});

describe('The host’s settings in a window of their own (release notes of 1.13)', () => {
  it('live in another document, with other prototypes, which is the active one while they are open', async () => {
    const device = await openTestDevice({ config: { settingsInOwnWindow: true } });
    try {
      await device.openSettings('test');
      const frame = device.page.frameLocator('.host-popout');
      await frame.getByText('Whether it is on.').waitFor();
      await frame.locator('.setting-page-title').waitFor({ state: 'detached' });
      await frame.getByText('Another page.').click();
      await frame.locator('.setting-page-title').waitFor();
      const seen = await device.page.evaluate(() => {
        const title = activeDocument.querySelector('.setting-page-title');
        return {
          ownDocument: activeDocument !== document && title?.doc === activeDocument,
          sameType: title instanceof HTMLElement,
          instanceOf: title?.instanceOf(HTMLElement),
        };
      });
      expect(seen).toEqual({ ownDocument: true, sameType: false, instanceOf: true });
      await device.closeModals();
      expect(await device.page.evaluate(() => activeDocument === document)).toBe(true);
    } finally {
      await device.close();
    }
  });
});
