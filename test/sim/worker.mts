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

/** Sent to a worker under way: no seed after this one matters any more. */
export interface Limit {
  readonly lastSeed: number;
}

/** A tally as it crosses between processes; of failing seeds the number and the rule are enough. */
export interface Report extends Omit<Tally, 'hits' | 'calls' | 'reached' | 'failed'> {
  readonly hits: readonly (readonly [string, number])[];
  readonly calls: readonly (readonly [string, number])[];
  readonly reached: readonly (readonly [string, number])[];
  readonly failed: readonly Failure[];
}

export interface Failure {
  readonly seed: number;
  readonly rule: string;
}

/** Sent before each seed: a seed that never ends is known by its silence. */
export interface Started {
  readonly seed: number;
}

const limit = { lastSeed: Number.MAX_SAFE_INTEGER };

process.on('message', (message: Order | Limit) => {
  if ('lastSeed' in message) limit.lastSeed = message.lastSeed;
  else void work(message);
});

async function work(order: Order): Promise<void> {
  const until = { deadlineMs: order.deadlineMs, failures: order.failures, now: () => Date.now() };
  const tally = await runSeeds(
    told(seedsFrom(order.first, order.step, order.count)),
    { createEngine },
    until,
  );
  const report: Report = {
    ...tally,
    hits: [...tally.hits],
    calls: [...tally.calls],
    reached: [...tally.reached],
    failed: tally.failed.map(({ seed, violations }) => ({ seed, rule: violations[0]?.invariant ?? '?' })),
  };
  process.send?.(report, () => {
    process.disconnect();
  });
}

function* told(seeds: Iterable<number>): Iterable<number> {
  for (const seed of seeds) {
    if (seed > limit.lastSeed) return;
    process.send?.({ seed } satisfies Started);
    yield seed;
  }
}
