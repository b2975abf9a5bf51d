import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sharedServer } from '../../support/servers/shared.mts';
import type { DeviceDriver } from '../driver.mts';
import { twincloudFiles } from '../server/plugin-files.mts';
import { CloudDevices, hasNoticed, settle, sync } from './cloud-devices.mts';

const MIB = 1024 * 1024;

describe('two devices and one S3 server', () => {
  let cloud: CloudDevices;
  let laptop: DeviceDriver;
  let phone: DeviceDriver;

  beforeAll(async () => {
    cloud = await CloudDevices.start(await sharedServer('versitygw'), await twincloudFiles());
    laptop = await cloud.device('Laptop', {
      files: { 'Welcome.md': '# Welcome\n', 'Daily/Monday.md': 'rain\n' },
    });
    phone = await cloud.device('Phone', { config: { kind: 'phone' } });
    await settle(laptop, phone);
  }, 120_000);

  afterEach(async () => {
    for (const device of [laptop, phone]) expect(await device.errors()).toEqual([]);
  });

  afterAll(() => cloud.close());

  /** Both have the same files, and these among them. */
  async function expectSame(some: Readonly<Record<string, string>>): Promise<void> {
    const [here, there] = [await laptop.texts(), await phone.texts()];
    expect(there).toEqual(here);
    expect(here).toMatchObject(some);
  }

  it('[PE1] what one has the other gets', async () => {
    await expectSame({ 'Welcome.md': '# Welcome\n', 'Daily/Monday.md': 'rain\n' });
  });

  it('[PE1] an edit and a new note travel', async () => {
    await laptop.userModifies('Daily/Monday.md', 'rain, then sun\n');
    await phone.userCreates('Ideas/One.md', 'an idea\n');
    await settle(laptop, phone);
    await expectSame({ 'Daily/Monday.md': 'rain, then sun\n', 'Ideas/One.md': 'an idea\n' });
  });

  it('[PE1] a folder of 200 notes is renamed without a body on the way', async () => {
    for (let count = 0; count < 200; count += 1)
      await laptop.programWrites(`Many/Note ${String(count)}.md`, `note ${String(count)}\n`);
    await hasNoticed(laptop, 'Many/Note 199.md');
    await settle(laptop, phone);
    await laptop.userRenames('Many', 'Moved');
    const { events } = await sync(laptop);
    expect(events.filter((event) => !event.startsWith('renamed-in-cloud Moved/'))).toEqual([]);
    expect(events).toHaveLength(200);
    const received = await sync(phone);
    expect(received.events.filter((event) => event.startsWith('renamed-here Moved/'))).toHaveLength(200);
    await expectSame({ 'Moved/Note 7.md': 'note 7\n' });
  }, 120_000);

  it('[PE1] a deleted note is deleted there, and lies in the trash', async () => {
    await laptop.userDeletes('Ideas/One.md');
    await settle(laptop, phone);
    expect(await phone.text('Ideas/One.md')).toBeUndefined();
    await expectSame({});
  });

  it('[PE1] an attachment of 60 MB arrives whole on a phone, in bodies of at most 5 MiB', async () => {
    const bytes = new Uint8Array(60 * MIB);
    const words = new Uint32Array(bytes.buffer);
    for (let index = 0; index < words.length; index += 1) words[index] = Math.imul(index, 2_654_435_761);
    await laptop.programWrites('Video.mp4', bytes);
    await hasNoticed(laptop, 'Video.mp4');
    await sync(laptop);
    await sync(phone);
    const arrived = await phone.bytes('Video.mp4');
    expect(arrived === undefined ? -1 : Buffer.compare(arrived, bytes)).toBe(0);
    const { largestRequestBytes, largestResponseBytes } = await phone.ledger();
    expect(Math.max(largestRequestBytes, largestResponseBytes)).toBeLessThanOrEqual(5 * MIB);
    await phone.userDeletes('Video.mp4');
    await settle(phone, laptop);
  }, 120_000);

  it('[PE1] notes that both changed at one place are both kept', async () => {
    await laptop.userModifies('Welcome.md', '# Welcome here\n');
    await phone.userModifies('Welcome.md', '# Welcome there\n');
    await settle(laptop, phone);
    const texts = await laptop.texts();
    const ours = Object.values(texts).filter((text) => text.startsWith('# Welcome '));
    expect(ours.sort()).toEqual(['# Welcome here\n', '# Welcome there\n']);
    await expectSame({});
  });

  it('[PE1] the guard holds a great deletion, and the answer of a person carries it out', async () => {
    await laptop.userDeletes('Moved');
    const held = await sync(laptop);
    expect(held.outcome).toBe('held');
    expect(held.state).toMatchObject({ kind: 'attention', reason: 'held' });
    await sync(phone);
    expect(await phone.text('Moved/Note 7.md')).toBe('note 7\n');
    await laptop.runCommand('twincloud:show-held');
    await laptop.page.getByRole('button', { name: 'Undo them' }).click();
    await laptop.until(
      'restored',
      () => laptop.text('Moved/Note 7.md'),
      (text) => text === 'note 7\n',
    );
    await laptop.closeModals();
    await settle(laptop, phone);
    await expectSame({ 'Moved/Note 199.md': 'note 199\n' });
  }, 120_000);
});
