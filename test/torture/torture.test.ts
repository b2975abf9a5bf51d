import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram } from '../cli/commands/command.ts';
import { canMount } from '../cli/platform/disks.ts';
import type { ServerAddress } from '../support/servers/server.mts';
import { sharedServer } from '../support/servers/shared.mts';
import { PROGRAMMES, type ProgrammeName } from './programmes.mts';

/** The whole of each is `npm run torture`; see docs/torture.md. */
describe('the built command on real disks against a real server', { timeout: 240_000 }, () => {
  let built: Awaited<ReturnType<typeof buildProgram>>;
  let server: ServerAddress;

  beforeAll(async () => {
    [built, server] = await Promise.all([buildProgram(), sharedServer('versitygw')]);
  });
  afterAll(() => built.remove());

  async function play(
    name: ProgrammeName,
    rounds: number,
    firstSeed: number,
  ): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    const { program } = built;
    // Two worlds at once, since each waits more than it works.
    const halves = [Math.ceil(rounds / 2), Math.floor(rounds / 2)].filter((count) => count > 0);
    const outcomes = await Promise.all(
      halves.map((count, index) =>
        PROGRAMMES[name].run({ seed: firstSeed + index, rounds: count, program, server }, counts),
      ),
    );
    expect(outcomes).toEqual(halves.map((done) => ({ done })));
    return counts;
  }

  it('[I1] [I17] killed at any moment it loses no line, and one pass mends what was left', async () => {
    const counts = await play('kill', 6, 1);
    expect(counts.get('kills')).toBeGreaterThan(6);
  });

  it('[I1] [I2] behind a network that breaks, stalls and lies it fails with a remedy and loses nothing', async () => {
    const counts = await play('proxy', 4, 11);
    expect([...counts.keys()].filter((name) => name.startsWith('× ')).length).toBeGreaterThan(4);
  });

  it.runIf(canMount)('[I1] a disk that is full or read-only stops it, and with room it goes on', async () => {
    await play('disk', 2, 21);
  });

  it('[I1] a server that is killed in the midst of a sync is waited for or named', async () => {
    const counts = await play('server', 2, 31);
    expect(counts.get('kills of the server')).toBe(2);
  });

  it('[VL1] two commands on one vault: the later one names the first and touches nothing', async () => {
    await play('two', 4, 41);
  });

  it('[I14] by a clock that is wrong, and that jumps in the midst of a sync, nothing is lost', async () => {
    const counts = await play('clock', 2, 51);
    expect([...counts.keys()].some((name) => name.startsWith('syncs by a wrong clock'))).toBe(true);
  });
});
