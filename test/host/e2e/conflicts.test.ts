import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sharedServer } from '../../support/servers/shared.mts';
import type { DeviceDriver } from '../driver.mts';
import { twincloudFiles } from '../server/plugin-files.mts';
import { CloudDevices, settle, sync } from './cloud-devices.mts';

/** A folder to write pictures of the dialog to; none is written without it. */
const SCREENSHOTS = process.env['TWINCLOUD_SCREENSHOTS'];
const NOTE = 'Trip.md';
const BASE =
  '# Trip to Lisbon\n\nWe leave on Monday at noon.\n\nBring a map, a hat and bread.\n\nThe hotel is near the river.\n\nTram 28 goes up.\n';
const HERE = BASE.replace('Monday at noon', 'Monday at nine')
  .replace('a hat', 'two hats')
  .replace('28', '12');
const THERE = BASE.replace('at noon', 'at two, after lunch').replace('near the river', 'by the sea');
const MERGED_OTHERS = BASE.replace('a hat', 'two hats')
  .replace('near the river', 'by the sea')
  .replace('28', '12');

describe('conflicts on two devices and one S3 server', () => {
  let cloud: CloudDevices;
  let laptop: DeviceDriver;
  let phone: DeviceDriver;

  beforeAll(async () => {
    cloud = await CloudDevices.start(await sharedServer('versitygw'), await twincloudFiles());
    laptop = await cloud.device('Laptop', { files: { [NOTE]: BASE } });
    phone = await cloud.device('Phone', { config: { kind: 'phone' } });
    await settle(laptop, phone);
  }, 120_000);

  afterEach(async () => {
    for (const device of [laptop, phone]) {
      await device.closeModals();
      expect(await device.errors()).toEqual([]);
    }
  });

  afterAll(() => cloud.close());

  async function picture(device: DeviceDriver, name: string): Promise<void> {
    if (SCREENSHOTS === undefined) return;
    mkdirSync(SCREENSHOTS, { recursive: true });
    for (const theme of ['dark', 'light'] as const)
      await device.screenshot(join(SCREENSHOTS, `conflict-${name}-${theme}.png`), theme);
  }

  /** The laptop's text is committed first; the phone meets it. */
  async function meet(path: string, base: string, [here, there]: readonly [string, string]): Promise<void> {
    if ((await laptop.text(path)) === undefined) await laptop.userCreates(path, base);
    else await laptop.userModifies(path, base);
    await settle(laptop, phone);
    await laptop.userModifies(path, here);
    await phone.userModifies(path, there);
    await settle(laptop, phone);
  }

  async function dialog(device: DeviceDriver, path: string): Promise<Locator> {
    await device.runCommand('twincloud:resolve-conflicts');
    await device.page
      .getByRole('list', { name: 'Open conflicts' })
      .getByRole('button', { name: path })
      .click();
    const opened = device.page.getByRole('dialog', { name: `Conflict in ${path}` });
    await opened.locator('.twincloud-conflict-result').waitFor();
    return opened;
  }

  const apply = async (opened: Locator): Promise<void> => {
    await opened.getByRole('button', { name: 'Apply' }).click();
    await opened.waitFor({ state: 'detached' });
  };

  it('[CF15] is told on both devices, and resolved place by place on one', async () => {
    await meet(NOTE, BASE, [HERE, THERE]);
    for (const device of [laptop, phone])
      expect((await sync(device)).state).toMatchObject({
        kind: 'attention',
        reason: 'conflicts',
        conflicts: 1,
      });
    expect((await laptop.statusBar()).join()).toContain('1 conflict');
    const opened = await dialog(laptop, NOTE);
    await opened.getByText('1 change to decide.').waitFor();
    expect(await opened.getByRole('button', { name: 'Apply' }).isDisabled()).toBe(true);
    await picture(laptop, 'laptop');
    await opened.getByRole('group', { name: 'Change 1 of 1' }).getByRole('button', { name: 'Phone' }).click();
    await opened.getByText('Everything is decided.').waitFor();
    await picture(laptop, 'laptop-chosen');
    await apply(opened);
    await settle(laptop, phone);
    const decided = MERGED_OTHERS.replace('at noon', 'at two, after lunch');
    expect([await laptop.texts(), await phone.texts()]).toEqual([{ [NOTE]: decided }, { [NOTE]: decided }]);
    expect((await sync(phone)).state.kind).toBe('synced');
  }, 60_000);
});
