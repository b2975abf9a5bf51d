import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Device } from '../device.mts';
import type { World } from '../world.mts';

/** Where a sync's work lies: before that a process starts and loads. */
const AT_WORK = { from: 0.4, to: 1.1 };
/** Kills between two quiet points. */
const MOST_KILLS = 5;

/** SIGKILL at a random moment of a sync, on either device or both at once, with edits between and meanwhile. */
export async function killRound(world: World): Promise<void> {
  const { random, devices } = world;
  const times = 1 + random.below(MOST_KILLS);
  const killed = new Set<Device>();
  for (let time = 0; time < times; time += 1) {
    for (const device of devices) await world.person(device).edits(random.below(5));
    const both = random.chance(0.25);
    const struck = both ? devices : [random.pick(devices)];
    const adds = random.chance(0.3) ? 1 + random.below(3) : 0;
    const moments = struck.map((device) => ({ device, share: shareOfSync(world) }));
    await Promise.all([
      ...moments.map(({ device, share }) => strike(world, device, share)),
      ...struck.map((device) => world.person(device).adds(adds)),
    ]);
    for (const device of struck) killed.add(device);
  }
  for (const device of killed) await world.recover(device);
  await world.settle();
}

function shareOfSync({ random }: World): number {
  if (random.chance(0.1)) return random.fraction();
  return AT_WORK.from + random.fraction() * (AT_WORK.to - AT_WORK.from);
}

async function strike(world: World, device: Device, share: number): Promise<void> {
  const before = await stateSize(device);
  const ended = await world.sync(device, { killAfterMs: share * (world.wholeMs.get(device) ?? 1_000) });
  if (!ended.killed) {
    world.count('syncs that were faster');
    return;
  }
  world.count('kills');
  if ((await stateSize(device)) !== before) world.count('kills after the device had noted something');
}

/** Of what the device remembers: it changes as soon as a sync has begun to do something. */
async function stateSize({ config }: Device): Promise<number> {
  const found = await readdir(config, { recursive: true, withFileTypes: true });
  const files = found.filter((one) => one.isFile() && one.name !== 'activity.ndjson');
  const sizes = await Promise.all(
    files.map((one) =>
      stat(join(one.parentPath, one.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
