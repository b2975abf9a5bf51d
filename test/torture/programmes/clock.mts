import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { installPackages } from '../../support/apt.mts';
import type { SeededRandom } from '../../support/seeded-random.ts';
import type { Device } from '../device.mts';
import { checkFailure } from '../judge.mts';
import type { World } from '../world.mts';

const FAMILY = '/usr/lib';
const LIBRARY = 'faketime/libfaketimeMT.so.1';

/** The library that gives one process another clock; Debian's package, installed where it is missing. */
export async function fakeTimeLibrary(): Promise<string> {
  const found = await findLibrary();
  if (found !== undefined) return found;
  await installPackages(['libfaketime']);
  const installed = await findLibrary();
  if (installed === undefined) throw new Error('libfaketime was installed and is not there');
  return installed;
}

async function findLibrary(): Promise<string | undefined> {
  const folders = await readdir(FAMILY);
  return folders.map((folder) => join(FAMILY, folder, LIBRARY)).find(existsSync);
}

const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;
const YEAR_S = 365 * DAY_S;
/** Seconds from the true time; words are moments. */
const CLOCKS = ['@1970-01-02 00:00:00', '@2106-02-08 00:00:00', '@2038-01-20 00:00:00'];

function clock(random: SeededRandom): string {
  if (random.chance(0.35)) return random.pick(CLOCKS);
  const most = random.pick([60, HOUR_S, DAY_S, 2 * DAY_S, 400 * DAY_S, 9 * YEAR_S]);
  const offSeconds = Math.round((random.fraction() * 2 - 1) * most);
  return `${offSeconds < 0 ? '-' : '+'}${String(Math.abs(offSeconds))}`;
}

/** Syncs whose clocks are wrong, each in its own way, and jump in their midst; then they are right. */
export async function clockRound(world: World, library: string): Promise<void> {
  const { random, devices } = world;
  const times = 1 + random.below(4);
  for (let time = 0; time < times; time += 1) {
    for (const device of devices) await world.person(device).edits(random.below(4));
    await wrongSync(world, random.pick(devices), library);
  }
  for (const device of devices) await world.recover(device);
  await world.settle();
}

async function wrongSync(world: World, device: Device, library: string): Promise<void> {
  const { random } = world;
  const file = join(device.folder, 'clock');
  await writeFile(file, `${clock(random)}\n`);
  const jumps = random.chance(0.5) ? [clock(random), clock(random)] : [];
  const running = world.sync(device, {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      // As a machine's clock that is set: time since its start goes on, and files have the disk's times.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    },
  });
  for (const jump of jumps) {
    await delay(random.fraction() * (world.wholeMs.get(device) ?? 1_000));
    await writeFile(file, `${jump}\n`);
    world.count('jumps of a clock');
  }
  world.count(`syncs by a wrong clock ${checkFailure(await running)}`);
}
