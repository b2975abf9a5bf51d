import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ObjectKey } from '../../../src/core/model/ids.ts';
import { isStoreError } from '../../../src/storage/store-error.ts';
import { createBucket, openBucket } from '../../support/servers/s3-bucket.mts';
import { sharedServer } from '../../support/servers/shared.mts';
import type { RunningServer, ServerAddress } from '../../support/servers/server.mts';
import { startServer } from '../../support/servers/versitygw.mts';
import type { DeviceDriver } from '../driver.mts';
import { SECRET_NAMES, settingsFor } from '../server/cloud-set-up.mts';
import { twincloudFiles } from '../server/plugin-files.mts';
import { CloudDevices, settle, sync } from './cloud-devices.mts';

/** A folder to write pictures to, light and dark; none is written without it. */
const SCREENSHOTS = process.env['TWINCLOUD_SCREENSHOTS'];
const NOTE = 'Trip to Lisbon.md';
const HEAD = '.twincloud/head';

describe('a vault with a backup on another server', () => {
  let dataFolder: string;
  let primary: RunningServer;
  let spare: ServerAddress;
  let devices: CloudDevices;
  let bucket: string;

  beforeAll(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'primary-'));
    primary = await startServer({ dataFolder });
    spare = await sharedServer('versitygw');
    bucket = await createBucket(spare);
    devices = await CloudDevices.start(primary, await twincloudFiles());
  }, 120_000);

  afterAll(async () => {
    await devices.close();
    await primary.stop();
    await rm(dataFolder, { recursive: true, force: true });
  });

  const row = (at: Locator, name: string): Locator =>
    at.locator('.setting-item:visible', { has: at.page().getByText(name, { exact: true }) });

  async function picture(driver: DeviceDriver, name: string): Promise<void> {
    if (SCREENSHOTS === undefined) return;
    mkdirSync(SCREENSHOTS, { recursive: true });
    for (const theme of ['dark', 'light'] as const)
      await driver.screenshot(join(SCREENSHOTS, `backups-${theme}-${name}.png`), theme);
  }

  async function menuOf(laptop: DeviceDriver): Promise<string> {
    return (await laptop.page.locator('.twincloud-status').getAttribute('aria-label')) ?? '';
  }

  async function openPage(driver: DeviceDriver): Promise<void> {
    await driver.openSettings('twincloud');
    await driver.page.getByText('Other clouds that hold all that the cloud holds', { exact: false }).click();
  }

  /** What lies in a bucket, without any device; empty where there is nothing. */
  async function lies(server: ServerAddress, of: string, key: string): Promise<string> {
    const store = openBucket(server, { bucket: of, conditionForm: 'quoted' });
    try {
      const found = await store.get(`notes/${key}` as ObjectKey);
      return found.kind === 'found' ? Buffer.from(found.body).toString('latin1') : '';
    } catch (error) {
      if (isStoreError(error, 'not-found')) return '';
      throw error;
    } finally {
      await store.close();
    }
  }

  it('[PE7] it is added in the settings, protects, is read while the cloud is away, takes over, and the other device follows', async () => {
    const backup = settingsFor({ server: spare, bucket });
    const backups = [{ name: 'spare', cloudKind: 's3', ...backup }];
    const laptop = await devices.device('Laptop', { files: { [NOTE]: '# Lisbon\n' } });
    const phone = await devices.device('Phone', {
      settings: { backups },
      config: {
        kind: 'phone',
        secrets: {
          [SECRET_NAMES.accessKey]: primary.accessKeyId,
          [SECRET_NAMES.secretKey]: primary.secretAccessKey,
        },
      },
    });
    const { page } = laptop;
    await settle(laptop);
    expect(await menuOf(laptop)).toContain('Synced');

    await openPage(laptop);
    await picture(laptop, 'none');
    await page.getByRole('button', { name: 'Add a backup' }).click();
    const form = page.getByRole('dialog', { name: 'Add a backup' });
    const type = (name: string, value: string): Promise<void> => row(form, name).locator('input').fill(value);
    await type('Endpoint', primary.endpoint);
    await type('Bucket', devices.place.bucket);
    await type('Folder in the bucket', 'notes/deeper');
    for (const [name, secret] of [
      ['Access key', SECRET_NAMES.accessKey],
      ['Secret key', SECRET_NAMES.secretKey],
    ] as const)
      await row(form, name).locator('select').selectOption(secret);
    await form.getByText('lie one in the other', { exact: false }).waitFor();
    await type('Folder in the bucket', 'notes');
    await form.getByText('would protect nothing', { exact: false }).waitFor();
    expect(await form.getByRole('button', { name: 'Add and check' }).isDisabled()).toBe(true);
    await picture(laptop, 'same-place');
    await type('Name', 'spare');
    await type('Endpoint', spare.endpoint);
    await type('Bucket', bucket);
    await row(form, 'Path-style addresses').locator('.checkbox-container').click();
    await form.getByText('would protect nothing', { exact: false }).waitFor({ state: 'detached' });
    await picture(laptop, 'form');
    await form.getByRole('button', { name: 'Add and check' }).click();
    const checked = page.getByRole('dialog', { name: 'Check connection' });
    await checked.getByText('The connection works.').waitFor();
    await laptop.closeModals();

    await laptop.userModifies(NOTE, '# Lisbon\nTram 28\n');
    expect((await sync(laptop)).outcome).toBe('done');
    expect(await menuOf(laptop)).toMatch(/Protected\. Synced at .* Protected by “spare”/u);
    const head = await lies(primary, devices.place.bucket, HEAD);
    expect(head).not.toBe('');
    expect(await lies(spare, bucket, HEAD)).toBe(head);
    await openPage(laptop);
    await page.getByText('Protected: it holds all', { exact: false }).waitFor();
    await picture(laptop, 'protected');
    await laptop.closeModals();
    await settle(phone);
    expect(await phone.text(NOTE)).toBe('# Lisbon\nTram 28\n');

    const port = Number(new URL(primary.endpoint).port);
    await primary.stop();
    await laptop.userModifies(NOTE, '# Lisbon\nTram 28\nBelém\n');
    const read = await laptop.until(
      'the backup to be read',
      async () => (await sync(laptop)).state,
      (state) => state.kind === 'offline' && state.readFrom === 'spare',
      120_000,
    );
    expect(read).toMatchObject({ message: expect.stringContaining('changes that wait here: 1') as string });
    expect(await menuOf(laptop)).toContain('Reading a backup');
    expect(await laptop.text(NOTE)).toBe('# Lisbon\nTram 28\nBelém\n');
    await picture(laptop, 'away');

    await laptop.runCommand('twincloud:switch-to-backup');
    const asked = page.getByRole('dialog', { name: 'Switch to another cloud' });
    await asked.getByText('Devices that know it follow', { exact: false }).waitFor();
    await picture(laptop, 'switch');
    await asked.getByRole('button', { name: 'Switch: spare' }).click();
    await laptop.until(
      'the edit in the backup',
      () => lies(spare, bucket, NOTE),
      (text) => text.includes('Bel'),
    );

    await phone.userModifies(NOTE, '# Lisbon\nTram 28\nBelém\n');
    await phone.userCreates('Phone.md', 'from the phone\n');
    await phone.until(
      'the phone to follow',
      async () => (await sync(phone)).outcome,
      (outcome) => outcome === 'done',
      120_000,
    );
    primary = await startServer({ dataFolder, port });
    await settle(laptop, phone);
    expect(await phone.texts()).toEqual(await laptop.texts());
    expect(await laptop.texts()).toEqual({
      [NOTE]: '# Lisbon\nTram 28\nBelém\n',
      'Phone.md': 'from the phone\n',
    });
    // The former cloud is a backup now, and is brought up.
    const ours = await lies(spare, bucket, HEAD);
    expect(ours).not.toBe(head);
    expect(await lies(primary, devices.place.bucket, HEAD)).toBe(ours);
    await openPage(laptop);
    await page.getByText('In use', { exact: false }).waitFor();
    await picture(laptop, 'switched');
    await laptop.closeModals();
    await openPage(phone);
    const rowOf = (name: string): Locator => row(phone.page.locator('body'), name);
    await rowOf('spare').getByText('In use.', { exact: false }).waitFor();
    await rowOf('main').getByText('Protected: it holds all', { exact: false }).waitFor();
    await picture(phone, 'phone');
    await phone.closeModals();
    for (const device of [laptop, phone]) expect(await device.errors()).toEqual([]);
  }, 400_000);
});
