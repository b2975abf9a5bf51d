import { expect, it } from 'vitest';
import { buildProgram } from '../../cli/commands/command.ts';
import { playClouds } from './play.mts';

/** Its first round has a promotion while the primary is away. The whole is `npm run torture:clouds`; see docs/torture.md. */
it(
  '[RE8] [RE14] [RE16] two devices and three clouds, all of which die, break and change places, lose no line',
  { timeout: 240_000 },
  async () => {
    const built = await buildProgram();
    const counts = new Map<string, number>();
    try {
      expect(await playClouds({ seed: 24, rounds: 1, program: built.program }, counts)).toEqual({ done: 1 });
    } finally {
      await built.remove();
    }
    expect(counts.get('vaults restored from one cloud')).toBe(4);
    expect(counts.get('promotions without the primary')).toBe(1);
  },
);
