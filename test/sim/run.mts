import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { createEngine } from '../../src/engine/engine.ts';
import { bundleWorker } from './bundle.mts';
import { failureText, summary } from './campaign.ts';
import { countPairs } from './pairs.ts';
import { runSeed } from './run-seed.ts';
import { shrink } from './shrink.ts';
import { runCampaign, type CampaignResult } from './workers.mts';

/** Runs spent on making a failing one shorter. */
const SHRINK_TRIES = 400;

interface Options {
  readonly seeds: string;
  readonly from: string;
  readonly seconds?: string;
  readonly trace?: string;
  readonly failures: string;
  readonly pairs?: true;
  readonly shrink: boolean;
  readonly processes: string;
}

const options = new Command('sim')
  .description('Runs the sync engine on many devices with faults, crashes and edits, one seed a run.')
  .option('--seeds <count>', 'how many seeds', '1000')
  .option('--from <seed>', 'the first seed', '1')
  .option('--seconds <count>', 'stop after so long')
  .option('--failures <count>', 'stop after so many failing seeds', '5')
  .option('--trace <seed>', 'run this seed alone and print all that happened')
  .option('--pairs', 'print how often each fault met each call, and what situations were reached')
  .option('--processes <count>', 'processes that share the seeds', '2')
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
  const folder = await mkdtemp(join(tmpdir(), 'twincloud-sim-'));
  try {
    const worker = await bundleWorker(folder);
    const startMs = Date.now();
    const deadlineMs =
      options.seconds === undefined ? Number.MAX_SAFE_INTEGER : startMs + Number(options.seconds) * 1000;
    const [first, count, failures] = [options.from, options.seeds, options.failures].map(Number);
    const range = {
      first: first ?? 1,
      count: count ?? 1000,
      failures: failures ?? 5,
      processes: Number(options.processes),
    };
    const result = await runCampaign({ worker, deadlineMs, ...range });
    await printResult(result, (Date.now() - startMs) / 1000);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function printResult({ tally, failed }: CampaignResult, seconds: number): Promise<void> {
  const { hit, possible, missing } = countPairs(tally.calls, tally.hits);
  if (options.pairs === true) {
    for (const counts of [tally.hits, tally.reached]) {
      for (const [name, times] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
        print(`${String(times).padStart(7)}  ${name}`);
    }
    for (const { pair, calls } of missing) print(`missing of ${String(calls)} calls  ${pair}`);
  }
  const share = ((100 * hit) / Math.max(1, possible)).toFixed(1);
  const pairs =
    possible === 0
      ? `${String(tally.hits.size)} pairs of call and fault`
      : `${String(hit)} of ${String(possible)} pairs of call site and fault (${share} %)`;
  print(`${summary(tally, seconds)}; ${pairs}; ${String(failed.length)} failed`);
  for (const { seed, rule } of failed.slice(0, Number(options.failures))) {
    if (rule === 'never ends') print(`seed ${String(seed)} never ends`);
    else await report(seed);
  }
  if (failed.length === 0) return;
  print(`failing seeds: ${failed.map(({ seed, rule }) => `${String(seed)} [${rule}]`).join(' ')}`);
  process.exitCode = 1;
}

async function report(seed: number): Promise<void> {
  const result = await runSeed(seed, { createEngine });
  const shortest = options.shrink
    ? (await shrink(seed, result, { createEngine }, SHRINK_TRIES)).result
    : result;
  print(failureText(shortest));
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
