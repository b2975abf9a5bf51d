/**
 * Measures the command against a server in memory behind a proxy that counts and delays.
 *
 *     npm run bench -- [--notes 10000] [--attach 200] [--rtt 50] [--only upload,no-op] [--peers] [--json]
 */
import { cpus, loadavg } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { CLOUD_STEPS, CloudWork, type CloudStep } from './cloud-steps.mts';
import { besideTable } from './beside.mts';
import { measurePeer, RCLONE_PLAIN, RCLONE_TUNED } from './peers.mts';
import { measurePlanning } from './planning.mts';
import { limitsOf, type StepResult } from './result.mts';
import { Rig } from './rig.mts';
import { measureScan } from './scan.mts';
import { tables } from './table.mts';

const PLANNED_FILES = 100_000;

interface Options {
  readonly notes: number;
  readonly attach: number;
  readonly rtt: number;
  readonly tools?: string;
  readonly only?: readonly string[];
  readonly peers?: boolean;
  readonly json?: boolean;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('a whole number is wanted');
  return value;
}

function stepNames(text: string): readonly string[] {
  const known: readonly string[] = ['plan', 'scan', ...CLOUD_STEPS];
  const names = text.split(',');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`there are: ${known.join(', ')}`);
  return names;
}

function optionsOf(argv: readonly string[]): Options {
  return new Command('bench')
    .option('--notes <count>', 'Notes in the vault', wholeNumber, 10_000)
    .option('--attach <count>', 'Attachments in the vault', wholeNumber, 200)
    .option('--rtt <ms>', 'Each request is held so long', wholeNumber, 50)
    .option('--tools <folder>', 'Run genvault.mjs, proxy.mjs and s3mem.mjs of this folder instead of the own')
    .option('--only <steps>', 'Only these; what they need is done unmeasured', stepNames)
    .option('--peers', 'Do the same work with rclone, where it is installed')
    .option('--json', 'One JSON object instead of tables')
    .parse([...argv])
    .opts<Options>();
}

async function measure(options: Options, tell: (result: StepResult) => void): Promise<void> {
  const { notes, attach, rtt, tools, only } = options;
  const isWanted = (step: string): boolean => only === undefined || only.includes(step);
  if (isWanted('plan')) tell(measurePlanning(PLANNED_FILES));
  const steps = stepsFor(isWanted);
  if (steps.length === 0 && !isWanted('scan') && options.peers !== true) return;
  const rig = await Rig.open({ rttMs: rtt, ...(tools === undefined ? {} : { tools }) });
  const stop = (): void => {
    void rig.close().finally(() => process.exit(130));
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    const work = new CloudWork(rig, { notes, attachments: attach });
    await work.prepare();
    if (isWanted('scan')) {
      const { files, ...times } = await measureScan(work.vault);
      tell({ step: 'scan', title: `second scan of ${files} files`, times });
    }
    // What the two are compared by stands close together: a shared machine changes its pace within minutes.
    if (options.peers === true) await measurePeer(rig, work.vault, RCLONE_TUNED, tell);
    for (const step of steps) {
      const result = await work.run(step);
      if (isWanted(step)) tell(result);
    }
    if (options.peers === true) await measurePeer(rig, work.vault, RCLONE_PLAIN, tell);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await rig.close();
  }
}

/** Each step builds on those before it, but for the large vault, which stands alone. */
function stepsFor(isWanted: (step: string) => boolean): readonly CloudStep[] {
  const lastWanted = CLOUD_STEPS.map((step) => step !== 'no-op-large' && isWanted(step)).lastIndexOf(true);
  return CLOUD_STEPS.filter(
    (step, index) => index <= lastWanted || (step === 'no-op-large' && isWanted(step)),
  );
}

const options = optionsOf(process.argv);
const results: StepResult[] = [];
try {
  await measure(options, (result) => {
    results.push(result);
    console.error(`${result.title}: ${result.times.seconds.toFixed(2)} s`);
  });
} catch (error) {
  // What was measured before is still worth its minutes.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
const machine = { node: process.version, cores: cpus().length, load: loadavg()[0] ?? 0 };
const { notes, attach, rtt } = options;
if (options.json === true) {
  const told = results.map((result) => ({ ...result, limits: limitsOf(result) }));
  console.log(JSON.stringify({ notes, attachments: attach, rttMs: rtt, machine, results: told }));
} else {
  const load = machine.load.toFixed(1);
  console.log(
    `\n${notes} notes, ${attach} attachments, ${rtt} ms a request; wanted is for 10000, 200 and 50 ms.`,
  );
  console.log(`Node ${machine.node}, ${machine.cores} cores, load ${load}.\n\n${tables(results)}`);
  if (options.peers === true) console.log(`\n${besideTable(results)}`);
}
