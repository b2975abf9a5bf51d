import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createContainer } from '../../support/servers/azure-container.mts';
import { createBucket } from '../../support/servers/gcs-bucket.mts';
import { sharedServer } from '../../support/servers/shared.mts';
import { DeviceDriver } from '../driver.mts';
import type { PluginFiles } from '../server/host-device.mts';
import { twincloudFiles } from '../server/plugin-files.mts';
import { settle, sync } from './cloud-devices.mts';

/** A folder to write pictures of the settings to, light and dark; none is written without it. */
const SCREENSHOTS = process.env['TWINCLOUD_SCREENSHOTS'];
const LARGE_BYTES = 6 * 1024 * 1024;

interface CloudToSetUp {
  readonly option: string;
  /** What is typed, by the name of the row. */
  readonly fields: Readonly<Record<string, string>>;
  readonly keyRow: string;
  readonly key: string;
  readonly wrongKey: string;
  /** What the check says of the wrong key. */
  readonly remedy: string;
  /** As settings and dialogs name the cloud. */
  readonly name: string;
}

async function azure(): Promise<CloudToSetUp> {
  const { endpoint, accessKeyId, secretAccessKey } = await sharedServer('azurite');
  const container = await createContainer({
    kind: 'azure',
    endpoint,
    accessKeyId,
    secretAccessKey,
    region: '',
  });
  return {
    option: 'azure',
    fields: {
      'Storage account': accessKeyId,
      Container: container,
      'Folder in the container': 'my vault',
      Endpoint: endpoint,
    },
    keyRow: 'Key',
    key: secretAccessKey,
    wrongKey: btoa('another'),
    remedy: 'Copy the account key',
    name: `${accessKeyId}/${container}/my vault`,
  };
}

async function google(): Promise<CloudToSetUp> {
  const server = await sharedServer('gcs');
  const bucket = await createBucket(server);
  const withoutKey = { ...(JSON.parse(server.secretAccessKey) as object), private_key: undefined };
  return {
    option: 'gcs',
    fields: { Bucket: bucket, 'Folder in the bucket': 'my vault', Endpoint: server.endpoint },
    keyRow: 'Service account key',
    key: server.secretAccessKey,
    wrongKey: JSON.stringify(withoutKey),
    remedy: 'The key lacks "private_key"',
    name: `${bucket}/my vault`,
  };
}

describe.each([
  ['Azure Blob (Azurite)', azure],
  ['Google Cloud Storage (fake-gcs-server)', google],
] as const)('two devices and %s', (_name, start) => {
  let cloud: CloudToSetUp;
  let plugin: PluginFiles;
  const open: DeviceDriver[] = [];

  beforeAll(async () => {
    cloud = await start();
    plugin = await twincloudFiles();
  }, 120_000);

  afterEach(async () => {
    for (const driver of open.splice(0)) {
      expect(await driver.errors()).toEqual([]);
      await driver.close();
    }
  });

  async function device(name: string, kind: 'desktop' | 'phone', files = {}): Promise<DeviceDriver> {
    const quiet = { intervalMinutes: 0, syncOnStart: false, syncAfterEdit: false };
    const driver = await DeviceDriver.open({
      name,
      plugins: [plugin],
      files: { ...files, '.obsidian/plugins/twincloud/data.json': JSON.stringify(quiet) },
      config: { kind },
    });
    open.push(driver);
    return driver;
  }

  const row = ({ page }: DeviceDriver, name: string): Locator =>
    page.locator('.setting-item:visible', { has: page.getByText(name, { exact: true }) });

  async function enterSecret(at: Locator, name: string, secret: string): Promise<void> {
    await at.locator('select').selectOption('+');
    await at.locator('.secret-id').fill(name);
    await at.locator('.secret-value').fill(secret);
    await at.getByRole('button', { name: 'Save' }).click();
  }

  async function picture(driver: DeviceDriver, name: string): Promise<void> {
    if (SCREENSHOTS === undefined) return;
    mkdirSync(SCREENSHOTS, { recursive: true });
    for (const theme of ['dark', 'light'] as const)
      await driver.screenshot(join(SCREENSHOTS, `${cloud.option}-${theme}-${name}.png`), theme);
  }

  it('[PE4] it is set up by hand, checked in words, and another device by its link; notes and an attachment travel', async () => {
    const laptop = await device('Laptop', 'desktop', { 'Welcome.md': '# Welcome\n', 'Old.md': 'old\n' });
    const { page } = laptop;
    await laptop.openSettings('twincloud');
    await page.getByText('The bucket that keeps this vault.').click();
    await row(laptop, 'Kind of cloud').locator('select').selectOption(cloud.option);
    await row(laptop, 'Region').waitFor({ state: 'detached' });
    for (const [name, value] of Object.entries(cloud.fields))
      await row(laptop, name).locator('input').fill(value);
    await enterSecret(row(laptop, cloud.keyRow), 'cloud-key', cloud.wrongKey);
    await picture(laptop, 'typed');
    await page.getByRole('button', { name: 'Save and check' }).click();
    const checked = page.getByRole('dialog', { name: 'Check connection' });
    await checked.getByText(cloud.remedy).waitFor();
    await picture(laptop, 'refused');
    await laptop.setSecret('cloud-key', cloud.key);
    await checked.getByRole('button', { name: 'Check again' }).click();
    await checked.getByText('The connection works.').waitFor();
    await picture(laptop, 'checked');
    await laptop.closeModals();
    expect(JSON.stringify(await laptop.pluginData('twincloud'))).not.toContain(cloud.key.slice(0, 40));

    const origin = new URL(page.url()).origin;
    await laptop.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
    await laptop.runCommand('twincloud:copy-setup-link');
    await laptop.until(
      'the notice',
      () => laptop.notices(),
      (all) => all.some((one) => one.includes('copied')),
    );
    const link = await page.evaluate(() => navigator.clipboard.readText());

    const phone = await device('Phone', 'phone');
    await phone.setSecret('cloud-key', cloud.key);
    await phone.openLink(link);
    const asked = phone.page.getByRole('dialog', { name: 'Set up from a link' });
    await asked
      .locator('.setting-item', { hasText: cloud.keyRow })
      .locator('select')
      .last()
      .selectOption('cloud-key');
    await picture(phone, 'phone-link');
    await asked.getByRole('button', { name: 'Set up' }).click();
    await phone.page.getByText('The connection works.').waitFor();
    await phone.closeModals();

    await settle(laptop, phone);
    const large = Uint8Array.from({ length: LARGE_BYTES }, (_, index) => (index * 31) % 251);
    await laptop.programWrites('Pictures/large.png', large);
    await laptop.userDeletes('Old.md');
    await phone.userCreates('Idea.md', 'from the phone\n');
    await settle(laptop, phone);
    expect(await phone.bytes('Pictures/large.png')).toEqual(large);
    const there = await phone.texts();
    expect(there).toEqual(await laptop.texts());
    expect(there).toMatchObject({ 'Welcome.md': '# Welcome\n', 'Idea.md': 'from the phone\n' });
    expect(Object.keys(there)).not.toContain('Old.md');
    const { largestRequestBytes, largestResponseBytes } = await phone.ledger();
    expect(Math.max(largestRequestBytes, largestResponseBytes)).toBeLessThanOrEqual(5 * 1024 * 1024);

    await laptop.openSettings('twincloud');
    await page.getByRole('button', { name: 'Forget this cloud' }).click();
    const forget = page.getByRole('dialog', { name: 'Forget this cloud on this device?' });
    await forget.getByText(cloud.name).waitFor();
    await forget.getByRole('button', { name: 'Forget this cloud' }).click();
    await laptop.until(
      'the state',
      async () => (await sync(laptop)).state.kind,
      (kind) => kind === 'unset',
    );
    expect(await laptop.pluginData('twincloud')).toMatchObject({ cloudKind: 's3' });
    expect(JSON.stringify(await laptop.pluginData('twincloud'))).not.toContain('cloud-key');
    expect(await laptop.text('Welcome.md')).toBe('# Welcome\n');
  }, 240_000);
});
