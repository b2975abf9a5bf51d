import { fork } from 'node:child_process';
import { Command } from 'commander';
import { createEngine } from '../../src/engine/engine.ts';
import { addCounts, emptyTally, failureText, summary, type Tally } from './campaign.ts';
import { runSeed } from './run-seed.ts';
import { shrink } from './shrink.ts';
import type { Order, Report, Started } from './worker.mts';

const WORKERS = 2;
/** Runs spent on making a failing one shorter. */
const SHRINK_TRIES = 400;
const HANG_MS = 120_000;

interface Options {
  readonly seeds: string;
  readonly from: string;
  readonly seconds?: string;
  readonly trace?: string;
  readonly failures: string;
  readonly pairs?: true;
  readonly shrink: boolean;
}

const options = new Command('sim')
  .description('Runs the sync engine on many devices with faults, crashes and edits, one seed a run.')
  .option('--seeds <count>', 'how many seeds', '1000')
  .option('--from <seed>', 'the first seed', '1')
  .option('--seconds <count>', 'stop after so long')
  .option('--failures <count>', 'stop after so many failing seeds', '5')
  .option('--trace <seed>', 'run this seed alone and print all that happened')
  .option('--pairs', 'print how often each fault met each call, and what situations were reached')
  .option('--no-shrink', 'print a failing run as it was')
  .parse()
  .opts<Options>();

if (options.trace === undefined) await campaign();
else await traceOne(Number(options.trace));

async function traceOne(seed: number): Promise<void> {
  const result = await runSeed(seed, { createEngine });
  print(result.violations.length === 0 ? result.trace.join('\n') : failureText(result, true));
  if (result.violations.length > 0) process.exitCode = 1;
}

async function campaign(): Promise<void> {
  const startMs = Date.now();
  const limitMs =
    options.seconds === undefined ? Number.MAX_SAFE_INTEGER : startMs + Number(options.seconds) * 1000;
  const count = Math.ceil(Number(options.seeds) / WORKERS);
  const shares = Array.from({ length: WORKERS }, (_, index) =>
    share({
      first: Number(options.from) + index,
      step: WORKERS,
      count,
      deadlineMs: limitMs,
      failures: Number(options.failures),
    }),
  );
  const total = emptyTally();
  const failed: number[] = [];
  for (const { tally, seeds } of await Promise.all(shares)) {
    total.seeds += tally.seeds;
    total.steps += tally.steps;
    total.faults += tally.faults;
    total.crashes += tally.crashes;
    total.edits += tally.edits;
    total.syncs += tally.syncs;
    addCounts(total.hits, tally.hits);
    addCounts(total.reached, tally.reached);
    failed.push(...seeds);
  }
  if (options.pairs === true) {
    for (const counts of [total.hits, total.reached]) {
      for (const [name, times] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
        print(`${String(times).padStart(7)}  ${name}`);
    }
  }
  print(
    `${summary(total, (Date.now() - startMs) / 1000)}; ${String(total.hits.size)} pairs of call and fault`,
  );
  for (const seed of failed.slice(0, Number(options.failures))) await report(seed);
  if (failed.length > 0) {
    print(`failing seeds: ${failed.join(' ')}`);
    process.exitCode = 1;
  }
}

async function report(seed: number): Promise<void> {
  const result = await runSeed(seed, { createEngine });
  const shortest = options.shrink
    ? (await shrink(seed, result, { createEngine }, SHRINK_TRIES)).result
    : result;
  print(failureText(shortest));
}

/** One worker process with its share of the seeds. One that hangs in a seed is ended, and the seed told. */
function share(order: Order): Promise<{ readonly tally: Tally; readonly seeds: readonly number[] }> {
  const worker = fork(new URL('./worker.mts', import.meta.url), { execArgv: [...process.execArgv] });
  worker.send(order);
  return new Promise((resolve, reject) => {
    let seed = order.first;
    const hung = (): void => {
      worker.kill('SIGKILL');
      print(`seed ${String(seed)} never ends: it has run for ${String(HANG_MS / 1000)} s`);
      resolve({ tally: emptyTally(), seeds: [seed] });
    };
    let watch = setTimeout(hung, HANG_MS);
    worker.on('message', (message: Started | Report) => {
      clearTimeout(watch);
      if ('seed' in message) {
        seed = message.seed;
        watch = setTimeout(hung, HANG_MS);
        return;
      }
      const tally = {
        ...message,
        hits: new Map(message.hits),
        reached: new Map(message.reached),
        failed: [],
      };
      resolve({ tally, seeds: message.failed });
    });
    worker.on('error', reject);
  });
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
