import { FAULTS, type Fault, type FaultProxy } from '../fault-proxy.mts';
import { checkFailure } from '../judge.mts';
import type { World } from '../world.mts';

/** So that a stalled request is given up in a test's time. */
export const PROXY_ENV: NodeJS.ProcessEnv = { TWINCLOUD_TIMEOUT_SECONDS: '2' };
const MOST_SYNCS = 6;
/** Of a storm: often too few to exhaust the retries, sometimes enough for them all. */
const FAULTS_OF_STORM = [1, 2, 4, 8, 30];

const KIB = 1024;

export interface Climate {
  readonly faults: readonly Fault[];
  readonly mostAttachmentBytes: number;
}

/**
 * Every second world has attachments that go in parts, and no stalls: a put is waited for as long as the
 * slowest line would need, which for a part is nine minutes.
 */
export function climateOf(seed: number): Climate {
  if (seed % 2 === 0) return { faults: FAULTS, mostAttachmentBytes: 100 * KIB };
  return { faults: FAULTS.filter((fault) => fault !== 'stall'), mostAttachmentBytes: 12 * KIB * KIB };
}

/** Some syncs in bad weather, each with edits before; then it clears up. */
export async function proxyRound(world: World, proxy: FaultProxy, faults: readonly Fault[]): Promise<void> {
  const { random, devices } = world;
  const syncs = 1 + random.below(MOST_SYNCS);
  for (let index = 0; index < syncs; index += 1) {
    const device = random.pick(devices);
    await world.person(device).edits(random.below(5));
    proxy.storm(
      {
        faults: someOf(world, faults),
        chance: random.pick([0.1, 0.4, 1]),
        most: random.pick(FAULTS_OF_STORM),
      },
      random.fork(),
    );
    const ended = await world.sync(device);
    proxy.calm();
    world.count(`syncs in storms ${checkFailure(ended)}`);
  }
  for (const device of devices) await world.recover(device);
  await world.settle();
}

function someOf({ random }: World, faults: readonly Fault[]): readonly Fault[] {
  if (random.chance(0.5)) return [random.pick(faults)];
  return [random.pick(faults), random.pick(faults), random.pick(faults)];
}
