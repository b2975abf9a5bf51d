/**
 * What a backup costs: the same edits without and with one, and a look into it.
 *
 *     npm run bench:backup [-- --notes 10000] [--rtt 50]
 */
import { Command } from 'commander';
import { runProgram } from '../test/support/servers/processes.mts';
import { Device, KEYS } from './device.mts';
import { Rig } from './rig.mts';
import { bytesText, table } from './table.mts';

const RUNS = 5;
const EDITS = 10;
const LIMIT_MS = 900_000;

const { notes, rtt, tools } = new Command('bench:backup')
  .option('--notes <count>', 'Notes in the vault', Number, 10_000)
  .option('--rtt <ms>', 'Each request is held so long', Number, 50)
  .option('--tools <folder>', 'Run genvault.mjs, proxy.mjs and s3mem.mjs of this folder instead of the own')
  .parse()
  .opts<{ readonly notes: number; readonly rtt: number; readonly tools?: string }>();

interface Row {
  readonly title: string;
  readonly savedSeconds?: number;
  readonly seconds: number;
  readonly requests: number;
  readonly bytes: number;
}

const rig = await Rig.open({ rttMs: rtt, ...(tools === undefined ? {} : { tools }) });
const device = new Device(rig, { name: 'first', prefix: 'vault' });
const rows: Row[] = [];
let edits = 0;

async function run<T>(...args: readonly string[]): Promise<T> {
  const where = ['--json', '--vault', device.vault, '--config', device.config];
  const env = { ...KEYS, ...rig.codeCache };
  const told = await runProgram(process.execPath, [rig.program, ...args, ...where], {
    env,
    timeoutMs: LIMIT_MS,
  });
  return JSON.parse(told) as T;
}

async function counted(title: string, ...args: readonly string[]): Promise<Row> {
  await rig.resetCounts();
  const { seconds, savedSeconds } = await run<Pick<Row, 'seconds' | 'savedSeconds'>>(...args);
  const { requests, bytesUp, bytesDown } = await rig.counts();
  const saved = savedSeconds === undefined ? {} : { savedSeconds };
  return { title, seconds, ...saved, requests, bytes: bytesUp + bytesDown };
}

/** The middle one of some runs, by when it was saved. */
async function edited(title: string): Promise<void> {
  const runs: Row[] = [];
  for (let index = 0; index < RUNS; index += 1) {
    edits += 1;
    await rig.generate('edit', device.vault, '--n', String(EDITS), '--seed', String(edits));
    runs.push(await counted(title, 'sync'));
  }
  const sorted = runs.sort((one, other) => (one.savedSeconds ?? 0) - (other.savedSeconds ?? 0));
  rows.push(...sorted.slice(RUNS >> 1, (RUNS >> 1) + 1));
}

try {
  await rig.generate('create', device.vault, '--notes', String(notes), '--attach', '200', '--seed', '1');
  await device.init('without');
  rows.push(await counted('first upload', 'sync'));
  await edited(`${String(EDITS)} notes edited, no backup`);
  await run('backup', 'add', 'spare', rig.remote('spare'));
  rows.push(await counted('the backup’s first copy', 'sync'));
  await edited(`${String(EDITS)} notes edited, with a backup`);
  rows.push(await counted('nothing to do, with a backup', 'sync'));
  rows.push(await counted('a look into the backup', 'backup', 'verify'));
  const cells = rows.map(({ title, savedSeconds, seconds, requests, bytes }) => {
    const saved = savedSeconds === undefined ? '' : `${savedSeconds.toFixed(2)} s`;
    return [title, saved, `${seconds.toFixed(2)} s`, String(requests), bytesText(bytes)];
  });
  console.log(`${String(notes)} notes, ${String(rtt)} ms a request, both clouds behind one proxy.\n`);
  console.log(table([['step', 'saved', 'protected, or all', 'requests', 'bytes'], ...cells]));
} finally {
  await rig.close();
}
