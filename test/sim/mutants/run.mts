import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { bundleWorker } from '../bundle.mts';
import type { Failure } from '../worker.mts';
import { runCampaign } from '../workers.mts';
import { MUTANTS, type Mutant } from './mutants.mts';

const DOCUMENT = resolve(import.meta.dirname, '../../../docs/simulation.md');
const [BEGIN, END] = ['<!-- mutants -->', '<!-- /mutants -->'];

const options = new Command('mutants')
  .description('Sows one fault at a time into the engine and lets the simulation look for it.')
  .option('--seeds <count>', 'seeds for each', '3000')
  .option('--from <seed>', 'the first seed', '5000000')
  .option('--only <text>', 'faults whose name holds this')
  .option('--skip <count>', 'leave out so many of the first')
  .option('--processes <count>', 'processes that share the seeds', '2')
  .option('--table', 'write the table into docs/simulation.md')
  .parse()
  .opts<{
    readonly seeds: string;
    readonly from: string;
    readonly only?: string;
    readonly skip?: string;
    readonly processes: string;
    readonly table?: true;
  }>();

const rows: string[] = [];
let survivors = 0;
await control();
const chosen = MUTANTS.filter(({ name }) => name.includes(options.only ?? '')).slice(
  Number(options.skip ?? '0'),
);
for (const mutant of chosen) {
  const row = await judge(mutant);
  rows.push(row);
  console.log(row);
}
console.log(`${String(rows.length)} faults sown, ${String(survivors)} survived`);
if (options.table === true) await writeTable();
if (survivors > 0 || rows.length === 0) process.exitCode = 1;

/** A seed that the sound engine fails says nothing of a fault: all would seem to be found there. */
async function control(): Promise<void> {
  const failed = await firstFailure();
  if (failed === undefined) return;
  const { seed, rule } = failed;
  throw new Error(`seed ${String(seed)} breaks ${rule} without any fault: mend that before judging faults`);
}

/** The first failing seed of the range, with this fault or none. */
async function firstFailure(mutant?: Mutant): Promise<Failure | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'twincloud-mutant-'));
  try {
    const worker = await bundleWorker(folder, mutant);
    const [first, count] = [Number(options.from), Number(options.seeds)];
    const processes = Number(options.processes);
    const deadlineMs = Number.MAX_SAFE_INTEGER;
    return (await runCampaign({ worker, first, count, deadlineMs, failures: 1, processes })).failed[0];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `| what was done | the seed that found it, counted from the first | the rule that it broke |` */
async function judge(mutant: Mutant): Promise<string> {
  const found = await firstFailure(mutant);
  if (found === undefined) survivors += 1;
  const seeds = found === undefined ? 'SURVIVED' : String(found.seed - Number(options.from) + 1);
  return `| ${mutant.name} | ${seeds} | ${found?.rule ?? `${options.seeds} seeds`} |`;
}

async function writeTable(): Promise<void> {
  const text = await readFile(DOCUMENT, 'utf8');
  const [before = '', rest = ''] = text.split(BEGIN);
  const after = rest.split(END)[1] ?? '';
  const table = ['| fault sown | seeds until found | rule |', '| --- | --- | --- |', ...rows].join('\n');
  await writeFile(DOCUMENT, `${before}${BEGIN}\n\n${table}\n\n${END}${after}`);
}
