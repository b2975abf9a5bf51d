import { expect, it } from 'vitest';
import { runClouds } from './run.ts';

/** More by `npm run sim:clouds`. */
const SEEDS = 60;

it('[I1] [I2] [I9] [I19] [RE14] [RE16] [RE19] [RE20] [RE21] [RE22] hold while clouds come, go and are promoted', async () => {
  const reached = new Map<string, number>();
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const result = await runClouds(seed);
    expect(result.violations, `seed ${String(seed)}\n${result.trace.join('\n')}`).toEqual([]);
    for (const [what, times] of result.reached) reached.set(what, (reached.get(what) ?? 0) + times);
  }
  for (const situation of [
    'promote: promoted',
    'log: moved',
    'log: common-ground',
    'read from a backup',
    'failed: moved',
  ])
    expect(reached.get(situation), situation).toBeGreaterThan(5);
}, 60_000);

it('a seed is the same run each time', async () => {
  expect((await runClouds(7)).trace).toEqual((await runClouds(7)).trace);
});
