import { describe, expect, it } from 'vitest';
import { fuzz } from './fuzz.ts';
import { TARGETS, type Target } from './targets.ts';

const INPUTS = 3_000;

describe('whatever reads what others wrote', () => {
  it.each(TARGETS.map((target) => [target.name, target] as const))(
    '%s: takes damaged and random input without a crash',
    async (_, target) => {
      expect((await fuzz(target, { seed: 7, inputs: INPUTS })).inputs).toBe(INPUTS);
    },
    60_000,
  );

  it('is told when it crashes', async () => {
    const fragile: Target = {
      name: 'fragile',
      seeds: [Buffer.from('{"a":[1,2,3]}')],
      run: (input) => void JSON.parse(Buffer.from(input).toString()),
    };
    await expect(fuzz(fragile, { seed: 7, inputs: INPUTS })).rejects.toThrow(
      /fragile, input \d+: SyntaxError/u,
    );
  });
});
