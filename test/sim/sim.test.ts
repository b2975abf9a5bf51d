import { describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { failureText, runSeeds, seedsFrom, summary, type Tally } from './campaign.ts';
import { KNOWN_SEEDS } from './known-seeds.ts';
import { runSeed, TIDIED_FROM } from './run-seed.ts';
import { BACKED_FROM, DECIDED_FROM, HUNTED_FROM } from './scenario.ts';
import { shrink } from './shrink.ts';

const SECONDS = Number(process.env['SIM_SECONDS'] ?? '150');
/** A change is judged by the same seeds on every machine; `npm run sim` goes further. */
const MAX_SEEDS = Number(process.env['SIM_SEEDS'] ?? '1500');
/** Another start each day finds other seeds; a failing one names itself. */
const FIRST_SEED = Number(process.env['SIM_FROM'] ?? '1');
/** Of those with backups, which start at `BACKED_FROM`. */
const BACKED_SEEDS = 120;
const BACKED_SECONDS = 40;
/** Of those that last for months besides, which start at `TIDIED_FROM`. */
const TIDIED_SEEDS = 60;
/** Of those in which people decide about conflicts, which start at `DECIDED_FROM`. */
const DECIDED_SEEDS = 100;
const DECIDED_SECONDS = 40;
/** Of those that hunt places of the engine, which start at `HUNTED_FROM`; many of them draw on canvases. */
const HUNTED_SEEDS = 60;
const HUNTED_SECONDS = 40;

/** So many seeds as the time allows; none may fail. */
async function holding(from: number, count: number, seconds: number): Promise<Tally> {
  const until = { deadlineMs: Date.now() + seconds * 1000, failures: 1, now: () => Date.now() };
  const tally = await runSeeds(seedsFrom(from, 1, count), { createEngine }, until);
  const [failed] = tally.failed;
  expect(failed === undefined ? '' : failureText(failed)).toBe('');
  return tally;
}

describe('many devices, faults, crashes and edits under one seeded scheduler', () => {
  it(
    '[I1] [I2] [I3] [I4] [I5] [I6] [I7] [I8] [I9] [I10] [I11] [I12] [I14] [I15] [I16] [I17] [I19] [I20] [I22] [I23] hold on as many seeds as fit in the time',
    async () => {
      const startMs = Date.now();
      const until = { deadlineMs: startMs + SECONDS * 1000, failures: 1, now: () => Date.now() };
      const tally = await runSeeds(seedsFrom(FIRST_SEED, 1, MAX_SEEDS), { createEngine }, until);
      process.stdout.write(`simulation: ${summary(tally, (Date.now() - startMs) / 1000)}\n`);
      const [failed] = tally.failed;
      const shown =
        failed === undefined
          ? ''
          : failureText((await shrink(failed.seed, failed, { createEngine }, 200)).result);
      expect(shown).toBe('');
      expect(tally.seeds).toBeGreaterThan(SECONDS);
    },
    (SECONDS + 60) * 1000,
  );

  it(
    '[I2] [I18] [RE1] [RE2] [RE3] [RE4] [RE5] [RE6] [RE8] [RE9] hold with backups that fail and stay behind as well',
    async () => {
      const tally = await holding(BACKED_FROM, BACKED_SEEDS, BACKED_SECONDS);
      expect(tally.reached.get('backup: head written')).toBeGreaterThan(tally.seeds);
    },
    (BACKED_SECONDS + 60) * 1000,
  );

  it(
    '[I2] [I18] [RE5] [RE23] [RE24] [RE25] [RE27] hold over weeks in which backups are collected, too',
    async () => {
      const tally = await holding(TIDIED_FROM, TIDIED_SEEDS, BACKED_SECONDS);
      expect(tally.reached.get('backup: pack removed')).toBeGreaterThan(tally.seeds);
    },
    (BACKED_SECONDS + 60) * 1000,
  );

  it(
    '[I1] [I11] [I12] [CF9] hold with any strategies, while people decide about conflicts and take it back',
    async () => {
      const tally = await holding(DECIDED_FROM, DECIDED_SEEDS, DECIDED_SECONDS);
      for (const what of ['committed', 'text', 'refused, changed'])
        expect(tally.reached.get(`decision: ${what}`), what).toBeGreaterThan(0);
    },
    (DECIDED_SECONDS + 60) * 1000,
  );

  it(
    '[I1] [I7] [I11] [I12] hold where each place of the engine meets each fault in turn, and for the cards of canvases',
    async () => {
      const tally = await holding(HUNTED_FROM, HUNTED_SEEDS, HUNTED_SECONDS);
      expect(tally.reached.get('canvas: merged')).toBeGreaterThan(0);
    },
    (HUNTED_SECONDS + 60) * 1000,
  );

  it('repeats a seed step by step', async () => {
    for (const seed of [11, 12, 13, 14, BACKED_FROM, DECIDED_FROM, HUNTED_FROM, HUNTED_FROM + 1]) {
      const [once, again] = [await runSeed(seed, { createEngine }), await runSeed(seed, { createEngine })];
      expect(again.traceHash).toBe(once.traceHash);
      expect(again.trace).toEqual(once.trace);
    }
  });

  it.each(KNOWN_SEEDS.map((known) => [known.rule, known.seed, known.was, known] as const))(
    '[%s] seed %i holds: %s',
    async (_rule, _seed, _was, known) => {
      const result = await runSeed(known.seed, { createEngine });
      expect(result.violations.length === 0 ? '' : failureText(result)).toBe('');
    },
  );
});
