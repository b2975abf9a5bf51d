import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import type { TwincloudPlugin } from '../../../src/plugin/plugin.ts';
import type { Settings } from '../../../src/plugin/settings/model.ts';
import { sharedServer } from '../../support/servers/shared.mts';
import type { DeviceDriver } from '../driver.mts';
import { twincloudFiles } from '../server/plugin-files.mts';
import { CloudDevices, settle } from './cloud-devices.mts';

/** A folder to write pictures of the screens to, light and dark; none is written without it. */
const SCREENSHOTS = process.env['TWINCLOUD_SCREENSHOTS'];

type Contents = string | Uint8Array;

/** A laptop and a phone, one S3 server, and notes that both change. */
export class ConflictDevices {
  readonly cloud: CloudDevices;
  readonly laptop: DeviceDriver;
  readonly phone: DeviceDriver;

  private constructor(cloud: CloudDevices, laptop: DeviceDriver, phone: DeviceDriver) {
    this.cloud = cloud;
    this.laptop = laptop;
    this.phone = phone;
  }

  static async start(files: Readonly<Record<string, string>> = {}): Promise<ConflictDevices> {
    const cloud = await CloudDevices.start(await sharedServer('versitygw'), await twincloudFiles());
    const laptop = await cloud.device('Laptop', { files });
    const phone = await cloud.device('Phone', { config: { kind: 'phone' } });
    await settle(laptop, phone);
    return new ConflictDevices(cloud, laptop, phone);
  }

  close(): Promise<void> {
    return this.cloud.close();
  }

  settle(): Promise<void> {
    return settle(this.laptop, this.phone);
  }

  /** Ends what a test left open; returns the errors of both pages. */
  async afterTest(): Promise<readonly string[]> {
    const errors: string[] = [];
    for (const device of [this.laptop, this.phone]) {
      await device.closeModals();
      errors.push(...(await device.errors()));
    }
    return errors;
  }

  /** The laptop's contents are committed first; the phone meets them. */
  async meet(path: string, base: Contents, [here, there]: readonly [Contents, Contents]): Promise<void> {
    await this.laptop.programWrites(path, base);
    await hasSeen(this.laptop, path);
    await this.settle();
    await this.laptop.programWrites(path, here);
    await this.phone.programWrites(path, there);
    for (const device of [this.laptop, this.phone]) await hasSeen(device, path);
    await this.settle();
  }

  /** Opens the dialog of a conflict by the command and the list. */
  async dialog(device: DeviceDriver, path: string): Promise<Locator> {
    await device.closeModals();
    await device.runCommand('twincloud:resolve-conflicts');
    const list = device.page.getByRole('list', { name: 'Open conflicts' });
    await list.getByRole('button', { name: path }).click();
    const opened = device.page.getByRole('dialog', { name: `Conflict in ${path}` });
    await opened.locator('.twincloud-conflict-main').waitFor();
    return opened;
  }

  async apply(opened: Locator): Promise<void> {
    await opened.getByRole('button', { name: 'Apply' }).click();
    await opened.waitFor({ state: 'detached' });
  }

  async picture(device: DeviceDriver, name: string): Promise<void> {
    if (SCREENSHOTS === undefined) return;
    mkdirSync(SCREENSHOTS, { recursive: true });
    for (const theme of ['dark', 'light'] as const)
      await device.screenshot(join(SCREENSHOTS, `conflict-${name}-${theme}.png`), theme);
  }
}

/** The app has seen what another program wrote. */
export async function hasSeen(device: DeviceDriver, path: string): Promise<void> {
  const bytes = (await device.bytes(path))?.length;
  const size = (): Promise<number | undefined> =>
    device.page.evaluate((at) => window.host.app.vault.getFileByPath(at)?.stat.size, path);
  await device.until(`${path} in the app`, size, (seen) => seen === bytes);
}

/** As the settings tab does, which has its own tests. */
export async function setStrategy(device: DeviceDriver, conflicts: Settings['conflicts']): Promise<void> {
  await device.page.evaluate(async (strategy) => {
    const plugin = window.host.plugins.get('twincloud') as unknown as TwincloudPlugin;
    await plugin.service!.changeSettings({ conflicts: strategy });
  }, conflicts);
}

/** Conflicts that wait on the device, as its status tells. */
export function openCount(device: DeviceDriver): Promise<number> {
  return device.page.evaluate(() => {
    const plugin = window.host.plugins.get('twincloud') as unknown as TwincloudPlugin;
    return plugin.service!.conflictDesk.open.length;
  });
}
