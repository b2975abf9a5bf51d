import { runSeed, type RunOptions, type SeedResult } from './run-seed.ts';

/** A shorter failing run of the same seed, and what it leaves out. */
export interface Shrunk {
  readonly result: SeedResult;
  readonly suppressed: ReadonlySet<number>;
  readonly chaosSteps: number;
}

/**
 * Leaves out events (edits, faults, crashes, …) and the end of the disturbed part as long as the same
 * rule is still broken. At most `tries` runs; the shortest trace wins.
 */
export async function shrink(seed: number, failing: SeedResult, options: RunOptions, tries: number): Promise<Shrunk> {
  const rule = failing.violations[0]?.invariant;
  let left = tries;
  let best: Shrunk = { result: failing, suppressed: new Set(), chaosSteps: Number.MAX_SAFE_INTEGER };
  const attempt = async (suppressed: ReadonlySet<number>, chaosSteps: number): Promise<boolean> => {
    if (left <= 0) return false;
    left -= 1;
    const result = await runSeed(seed, {
      ...options,
      suppress: suppressed,
      adjust: (scenario) => ({ ...scenario, chaosSteps: Math.min(scenario.chaosSteps, chaosSteps) }),
    });
    if (result.violations[0]?.invariant !== rule || result.trace.length > best.result.trace.length) return false;
    best = { result, suppressed, chaosSteps };
    return true;
  };
  for (const share of [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]) {
    if (await attempt(new Set(), Math.round(share * failing.trace.length))) break;
  }
  for (let size = Math.ceil(best.result.events / 2); size >= 1 && left > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 1; from <= best.result.events && left > 0; from += size) {
      const more = Array.from({ length: size }, (_, index) => from + index).filter((event) => !best.suppressed.has(event));
      if (more.length > 0) await attempt(new Set([...best.suppressed, ...more]), best.chaosSteps);
    }
  }
  return best;
}
