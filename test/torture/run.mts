import { Command, Option } from 'commander';
import { buildProgram } from '../cli/commands/command.ts';
import { SERVERS, type ServerName } from '../support/servers/table.mts';
import { PROGRAMMES, type ProgrammeName } from './programmes.mts';
import { runWorlds, type Outcome } from './worlds.mts';

interface Options {
  readonly programme: ProgrammeName | 'all';
  readonly rounds?: string;
  readonly seed: string;
  readonly seconds?: string;
  readonly server: ServerName;
  readonly lanes: string;
}

const NAMES = Object.keys(PROGRAMMES) as ProgrammeName[];

const options = new Command('torture')
  .description('Runs the built command on real disks against a real server, and does it harm.')
  .addOption(new Option('--programme <name>', 'which').choices([...NAMES, 'all']).default('all'))
  .option('--rounds <count>', 'rounds of each programme; the whole of it unless told')
  .option('--seed <number>', 'of the first world; the others follow', '1')
  .option('--seconds <count>', 'begin no world of a programme after so long')
  .addOption(
    new Option('--server <name>', 'the cloud').choices(['versitygw', 'ceph', 'azurite']).default('versitygw'),
  )
  .option('--lanes <count>', 'worlds at once', '2')
  .parse()
  .opts<Options>();

const built = await buildProgram();
const server = await SERVERS[options.server].startServer();
try {
  for (const name of options.programme === 'all' ? NAMES : [options.programme]) {
    const outcome = await runWorlds(PROGRAMMES[name], {
      rounds: Number(options.rounds ?? PROGRAMMES[name].rounds),
      firstSeed: Number(options.seed),
      lanes: Number(options.lanes),
      ...(options.seconds === undefined ? {} : { seconds: Number(options.seconds) }),
      program: built.program,
      server,
      tell: print,
    });
    print(summary(name, outcome));
    if (outcome.failures.length > 0) process.exitCode = 1;
  }
} finally {
  await server.stop();
  await built.remove();
}

function summary(name: string, { counts, failures, seconds, rounds, seeds }: Outcome): string {
  const told = [...counts].map(([what, times]) => `${String(times)} ${what}`).join(', ');
  const failed = failures.map(
    ({ seed, message }) =>
      `\n  seed ${String(seed)}: ${message}\n    again: --programme ${name} --seed ${String(seed)}`,
  );
  return `${name}: ${String(rounds)} rounds in ${String(seeds)} worlds from seed ${options.seed}, ${seconds.toFixed(0)} s; ${told}; ${String(failures.length)} worlds failed${failed.join('')}`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
