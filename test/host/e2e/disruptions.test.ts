import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedServer } from '../../support/servers/shared.mts';
import type { DeviceDriver } from '../driver.mts';
import { twincloudFiles } from '../server/plugin-files.mts';
import type { PluginFiles } from '../server/host-device.mts';
import type { ServerAddress } from '../../support/servers/server.mts';
import { beginSync, CloudDevices, settle, sync } from './cloud-devices.mts';

const NOTES = 600;

describe('what happens to a device', () => {
  let server: ServerAddress;
  let plugin: PluginFiles;
  let cloud: CloudDevices;

  beforeAll(async () => {
    server = await sharedServer('versitygw');
    plugin = await twincloudFiles();
    cloud = await CloudDevices.start(server, plugin);
  });
  afterAll(() => cloud.close());

  const many = (): Record<string, string> =>
    Object.fromEntries(
      Array.from({ length: NOTES }, (_, count) => [
        `Folder ${String(count % 9)}/Note ${String(count)}.md`,
        `# ${String(count)}\n${'text '.repeat(count)}\n`,
      ]),
    );

  async function expectSame(one: DeviceDriver, other: DeviceDriver): Promise<void> {
    expect(await other.texts()).toEqual(await one.texts());
    for (const device of [one, other]) expect(await device.errors()).toEqual([]);
  }

  it('[PE2] offline it says so and waits; back online it goes on by itself', async () => {
    const laptop = await cloud.device('Laptop', { files: many(), settings: { syncAfterEdit: true } });
    await settle(laptop);
    await laptop.setOnline(false);
    await laptop.userModifies('Folder 0/Note 0.md', 'written on a train\n');
    const failed = await sync(laptop);
    expect(failed.outcome).toBeUndefined();
    expect(failed.state.kind).toBe('offline');
    await laptop.setOnline(true);
    const tablet = await cloud.device('Tablet');
    await tablet.until(
      'the edit',
      async () => {
        await sync(tablet);
        return tablet.text('Folder 0/Note 0.md');
      },
      (text) => text === 'written on a train\n',
    );
    await expectSame(laptop, tablet);
  }, 120_000);

  it('[PE2] killed in the midst of an upload and of a download, the next start goes on', async () => {
    const own = await CloudDevices.start(server, plugin);
    const laptop = await own.device('Laptop', { files: many() });
    await beginSync(laptop, 'upload');
    await laptop.kill();
    await laptop.start();
    await settle(laptop);
    const tablet = await own.device('Tablet');
    await beginSync(tablet, 'download', 64);
    await tablet.kill();
    await tablet.start();
    await settle(tablet, laptop);
    expect(Object.keys(await tablet.texts())).toHaveLength(NOTES);
    await expectSame(laptop, tablet);
    await own.close();
  }, 120_000);

  it('[PE2] turned off in the midst of a sync and on again, nothing is lost and nothing is left over', async () => {
    const own = await CloudDevices.start(server, plugin);
    const laptop = await own.device('Laptop', { files: many() });
    await beginSync(laptop, 'upload');
    await laptop.setPluginEnabled('twincloud', false);
    expect(await laptop.statusBar()).toEqual([]);
    await laptop.setPluginEnabled('twincloud', true);
    await settle(laptop);
    const tablet = await own.device('Tablet');
    await settle(tablet, laptop);
    await expectSame(laptop, tablet);
    await own.close();
  }, 120_000);

  it('[PE2] with its database deleted or its vault folder renamed it meets the cloud anew and deletes nothing', async () => {
    const own = await CloudDevices.start(server, plugin);
    const laptop = await own.device('Laptop', { files: { 'One.md': 'one\n', 'Two.md': 'two\n' } });
    const tablet = await own.device('Tablet');
    await settle(laptop, tablet);
    await laptop.kill();
    await laptop.deleteDatabases();
    await laptop.programWrites('Three.md', 'three\n');
    await laptop.start();
    await settle(laptop, tablet);
    expect(await tablet.texts()).toEqual({ 'One.md': 'one\n', 'Two.md': 'two\n', 'Three.md': 'three\n' });
    await tablet.kill();
    tablet.renameVaultFolder('Notes of Ann');
    await tablet.start();
    await settle(tablet, laptop);
    await expectSame(laptop, tablet);
    expect(Object.keys(await tablet.texts())).toHaveLength(3);
    await own.close();
  }, 120_000);

  it('[PE2] with its database connection lost, as on a phone that slept, it goes on', async () => {
    const own = await CloudDevices.start(server, plugin);
    const phone = await own.device('Phone', { files: { 'One.md': 'one\n' }, config: { kind: 'phone' } });
    await settle(phone);
    expect(await phone.loseDatabases()).toBeGreaterThan(0);
    await phone.userModifies('One.md', 'one, then two\n');
    expect((await sync(phone)).events).toEqual(['uploaded One.md']);
    await own.close();
  }, 60_000);
});
