import { createEngine } from '../../src/engine/engine.ts';
import { runSeeds, seedsFrom } from './campaign.ts';

/** What the parent asks for: its share of the seeds. */
export interface Order {
  readonly first: number;
  readonly step: number;
  readonly count: number;
  readonly deadlineMs: number;
  readonly failures: number;
}

process.on('message', (order: Order) => {
  const until = { deadlineMs: order.deadlineMs, failures: order.failures, now: () => Date.now() };
  const seeds = seedsFrom(order.first, order.step, order.count);
  void runSeeds(seeds, { createEngine }, until).then((tally) => {
    process.send?.({ ...tally, hits: [...tally.hits], failed: tally.failed.map(({ seed }) => seed) }, () => process.disconnect());
  });
});
