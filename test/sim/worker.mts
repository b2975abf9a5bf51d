import { createEngine } from '../../src/engine/engine.ts';
import { runSeeds, seedsFrom, type Tally } from './campaign.ts';

/** What the parent asks for: its share of the seeds. */
export interface Order {
  readonly first: number;
  readonly step: number;
  readonly count: number;
  readonly deadlineMs: number;
  readonly failures: number;
}

/** A tally as it crosses between processes; of failing seeds the number is enough. */
export interface Report extends Omit<Tally, 'hits' | 'reached' | 'failed'> {
  readonly hits: readonly (readonly [string, number])[];
  readonly reached: readonly (readonly [string, number])[];
  readonly failed: readonly number[];
}

/** Sent before each seed: a seed that never ends is known by its silence. */
export interface Started {
  readonly seed: number;
}

process.on('message', (order: Order) => {
  const until = { deadlineMs: order.deadlineMs, failures: order.failures, now: () => Date.now() };
  const seeds = seedsFrom(order.first, order.step, order.count);
  void runSeeds(told(seeds), { createEngine }, until).then((tally) => {
    const report: Report = {
      ...tally,
      hits: [...tally.hits],
      reached: [...tally.reached],
      failed: tally.failed.map(({ seed }) => seed),
    };
    process.send?.(report, () => {
      process.disconnect();
    });
  });
});

function* told(seeds: Iterable<number>): Iterable<number> {
  for (const seed of seeds) {
    process.send?.({ seed } satisfies Started);
    yield seed;
  }
}
