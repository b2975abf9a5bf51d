import { MemoryState } from '../../../src/engine/memory/memory-state.ts';
import { tokensOf } from '../ledger.ts';
import { CloudsWorld, type SimDevice } from './world.ts';

const DAY_MS = 86_400_000;
/** Turns of all devices, without faults, after which everything must be equal. */
const PASSES = 6;

export interface CloudsResult {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly trace: readonly string[];
  readonly faults: number;
  readonly reached: ReadonlyMap<string, number>;
}

/**
 * Promotions, outages, imports and clouds put back, on the real engine: at the end all devices and clouds are
 * equal, and each line that nobody took away is there. Equal seeds give equal runs.
 */
export async function runClouds(seed: number): Promise<CloudsResult> {
  const world = new CloudsWorld(seed);
  for (let step = 0; step < world.plan.steps && world.violations.length === 0; step += 1) await happen(world);
  if (world.violations.length === 0) await calm(world);
  if (world.violations.length === 0) judge(world);
  const { violations, trace, faults, reached } = world;
  return { seed, violations, trace, faults, reached };
}

async function happen(world: CloudsWorld): Promise<void> {
  const { rng, plan, devices, clouds } = world;
  const device = rng.pick(devices);
  const cloud = rng.pick(clouds);
  const what = rng.weighted({
    edit: 30,
    sync: 30,
    both: 14,
    crash: 4,
    down: 5,
    up: 6,
    cut: 4,
    join: 4,
    promote: 5,
    wait: 6,
    goBack: plan.goesBack ? 3 : 0,
    forget: plan.losesState ? 1.5 : 0,
    lose: plan.goesBack ? 0 : 2,
  });
  switch (what) {
    case 'edit':
      world.edit(device);
      return;
    case 'sync':
      await world.sync(device);
      return;
    case 'both':
      await Promise.all(devices.filter(() => rng.chance(0.7)).map((one) => world.sync(one)));
      return;
    case 'crash': {
      // In the midst of a sync.
      const under = world.sync(device);
      const turns = rng.below(400);
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      world.reopen(device);
      world.trace.push(`${device.short} ends`);
      await under;
      return;
    }
    case 'down':
    case 'up':
      cloud.isDown = what === 'down';
      world.trace.push(`${cloud.name} is ${what}`);
      return;
    case 'cut':
      device.cut.add(cloud.name);
      world.trace.push(`${device.short} does not reach ${cloud.name}`);
      return;
    case 'join':
      device.cut.clear();
      return;
    case 'promote':
      return world.promote(device, device.knowsBackups ? cloud.name : 'main');
    case 'wait':
      await world.clock.sleep(rng.pick([31_000, 120_000, 400_000, 3_600_000]));
      return;
    case 'goBack':
      // A bucket without a head is no backup of a vault: the engine would rightly stop and ask.
      if (world.headOf(cloud) === undefined) return;
      if (cloud.snapshot === undefined || rng.chance(0.5)) cloud.snapshot = cloud.store.snapshot();
      else {
        cloud.store.rollback(cloud.snapshot);
        world.reach('a cloud goes back');
        world.trace.push(`${cloud.name} GOES BACK`);
      }
      return;
    case 'forget':
      device.state = new MemoryState();
      world.reopen(device);
      world.trace.push(`${device.short} FORGETS`);
      return;
    case 'lose':
      await world.lose(device);
      return;
    default:
      what satisfies never;
  }
}

/** Everything answers, and everybody is told of every cloud. */
async function calm(world: CloudsWorld): Promise<void> {
  world.isCalm = true;
  world.trace.push('— calm —');
  for (const cloud of world.clouds) cloud.isDown = false;
  for (const device of world.devices) {
    device.cut.clear();
    device.knowsBackups = true;
    world.reopen(device);
  }
  for (let pass = 0; pass < PASSES; pass += 1) {
    for (const device of world.devices) {
      // The one with the seat was put back to before it had it: a person decides, as the message says.
      if ((await world.sync(device)) === 'moved') await world.promote(device, 'main');
    }
    await world.clock.sleep(1.05 * DAY_MS);
  }
}

function judge(world: CloudsWorld): void {
  const { devices, clouds, violations } = world;
  const [first, ...others] = devices.map((device) => ({ short: device.short, files: filesOf(device) }));
  for (const { short, files } of others)
    for (const path of new Set([...files.keys(), ...(first?.files.keys() ?? [])]))
      if (files.get(path) !== first?.files.get(path))
        violations.push(
          `[I2] ${path}: ${short} has ${String(files.get(path))}, a ${String(first?.files.get(path))}`,
        );
  const heads = new Set(clouds.map((cloud) => world.headOf(cloud)));
  // A backup that is ahead of a primary which was put back is left as it is until that has gone on.
  if (heads.size > 1 && !world.reached.has('a cloud goes back'))
    violations.push(`[I2] the clouds have ${String(heads.size)} different heads`);
  const found = new Set(
    devices.flatMap(({ vault }) => [...vault.contents().values()].flatMap((bytes) => [...tokensOf(bytes)])),
  );
  for (const { token, bornAt, bornPath } of world.ledger.due())
    if (!found.has(token)) violations.push(`[I1] lost ${token}, written by ${bornAt} in ${bornPath}`);
}

/** All but what the device was told is there alone: deleted elsewhere while it knew nothing. */
function filesOf({ vault, problems }: SimDevice): ReadonlyMap<string, string> {
  const alone = new Set(problems.filter(({ kind }) => kind === 'deleted-elsewhere').map(({ path }) => path));
  const shown = [...vault.contents()].map(
    ([path, bytes]) => [path, new TextDecoder().decode(bytes)] as const,
  );
  return new Map(shown.filter(([path]) => !alone.has(path)));
}
