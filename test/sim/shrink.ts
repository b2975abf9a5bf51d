import type { Scenario } from './scenario.ts';
import { runSeed, type RunOptions, type SeedResult } from './run-seed.ts';

/** A shorter failing run of the same seed. */
export interface Shrunk {
  readonly result: SeedResult;
  readonly suppressed: ReadonlySet<number>;
  readonly adjust: (scenario: Scenario) => Scenario;
}

type Adjust = Shrunk['adjust'];

/** Simpler worlds, each tried on top of those that still failed. */
const SIMPLER: readonly Adjust[] = [
  ...[0.1, 0.2, 0.4, 0.6, 0.8].map((share): Adjust => (scenario) => ({
    ...scenario,
    chaosSteps: Math.ceil(scenario.chaosSteps * share),
  })),
  (scenario) => ({ ...scenario, devices: scenario.devices.slice(0, 2) }),
  (scenario) => ({ ...scenario, devices: scenario.devices.slice(0, 3) }),
  (scenario) => ({ ...scenario, start: 'empty' }),
  (scenario) => ({ ...scenario, start: 'one' }),
  (scenario) => ({ ...scenario, crashRate: 0 }),
  (scenario) => ({ ...scenario, faultRate: 0, hotMethod: undefined }),
  (scenario) => ({
    ...scenario,
    devices: scenario.devices.map((device) => ({
      ...device,
      skewMs: 0,
      settings: { ...device.settings, concurrency: 1 },
    })),
  }),
  // Edits of the readable copy need a device that reads it.
  (scenario) => (scenario.externalEdits ? scenario : withoutReadable(scenario)),
];

function withoutReadable(scenario: Scenario): Scenario {
  const devices = scenario.devices.map((device) => ({
    ...device,
    settings: { ...device.settings, readableCopy: false },
  }));
  return { ...scenario, devices };
}

/**
 * Makes the world simpler, then leaves out events (edits, faults, crashes, …), as long as the same
 * rule is still broken. At most `tries` runs; the shortest trace wins.
 */
export async function shrink(
  seed: number,
  failing: SeedResult,
  options: RunOptions,
  tries: number,
): Promise<Shrunk> {
  const rule = failing.violations[0]?.invariant;
  let left = tries;
  let best: Shrunk = { result: failing, suppressed: new Set(), adjust: (scenario) => scenario };
  const attempt = async (suppressed: ReadonlySet<number>, adjust: Adjust): Promise<boolean> => {
    if (left <= 0) return false;
    left -= 1;
    const result = await runSeed(seed, { ...options, suppress: suppressed, adjust });
    if (result.violations[0]?.invariant !== rule || result.trace.length > best.result.trace.length)
      return false;
    best = { result, suppressed, adjust };
    return true;
  };
  for (const simpler of SIMPLER) {
    const former = best.adjust;
    await attempt(best.suppressed, (scenario) => simpler(former(scenario)));
  }
  for (
    let size = Math.ceil(best.result.events / 2);
    size >= 1 && left > 0;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let from = 1; from <= best.result.events && left > 0; from += size) {
      const more = Array.from({ length: size }, (_, index) => from + index).filter(
        (event) => !best.suppressed.has(event),
      );
      if (more.length > 0) await attempt(new Set([...best.suppressed, ...more]), best.adjust);
    }
  }
  return best;
}
