import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedServer } from '../../support/servers/shared.mts';
import type { DeviceDriver } from '../driver.mts';
import { twincloudFiles } from '../server/plugin-files.mts';
import { CloudDevices, settle } from './cloud-devices.mts';

const LARGE_BYTES = 6 * 1024 * 1024;

describe('two devices and Ceph', () => {
  let cloud: CloudDevices;
  let laptop: DeviceDriver;
  let phone: DeviceDriver;

  beforeAll(async () => {
    cloud = await CloudDevices.start(await sharedServer('ceph'), await twincloudFiles());
    laptop = await cloud.device('Laptop', { files: { 'Welcome.md': '# Welcome\n', 'Old.md': 'old\n' } });
    phone = await cloud.device('Phone', { config: { kind: 'phone' } });
    await settle(laptop, phone);
  }, 180_000);

  afterAll(() => cloud.close());

  it('[PE1] notes, edits, deletions, an attachment in parts and both texts of a conflict travel', async () => {
    await laptop.userModifies('Welcome.md', '# Welcome, edited\n');
    await laptop.userDeletes('Old.md');
    const picture = Uint8Array.from({ length: LARGE_BYTES }, (_, index) => (index * 31) % 251);
    await laptop.programWrites('Pictures/large.png', picture);
    await phone.userCreates('Idea.md', 'from the phone\n');
    await settle(laptop, phone);
    // Millions of elements: comparing them one by one takes the best part of a minute.
    expect(Buffer.compare((await phone.bytes('Pictures/large.png')) ?? new Uint8Array(0), picture)).toBe(0);
    await laptop.userModifies('Idea.md', 'the laptop’s line\n');
    await phone.userModifies('Idea.md', 'the phone’s line\n');
    await settle(laptop, phone);
    const there = await phone.texts();
    expect(there).toEqual(await laptop.texts());
    expect(there['Welcome.md']).toBe('# Welcome, edited\n');
    expect(Object.keys(there)).not.toContain('Old.md');
    const notes = Object.values(there).join('');
    expect([notes.includes('the laptop’s line'), notes.includes('the phone’s line')]).toEqual([true, true]);
    expect([await laptop.errors(), await phone.errors()]).toEqual([[], []]);
  }, 240_000);
});
