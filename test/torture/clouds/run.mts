import { Command } from 'commander';
import { buildProgram } from '../../cli/commands/command.ts';
import { playClouds } from './play.mts';

const ROUNDS_OF_WORLD = 6;

const options = new Command('torture:clouds')
  .description(
    'Two devices, three clouds; kills, dying servers, bad networks, promotions. Nothing may be lost.',
  )
  .option('--minutes <count>', 'begin no round after so long', '30')
  .option('--seed <number>', 'of the first world; the others follow', '1')
  .option('--worlds <count>', 'end after so many, of some rounds each')
  .parse()
  .opts<{ readonly minutes: string; readonly seed: string; readonly worlds?: string }>();

const startMs = performance.now();
const untilMs = startMs + Number(options.minutes) * 60_000;
const counts = new Map<string, number>();
const failures: string[] = [];
const built = await buildProgram();
let rounds = 0;
let worlds = 0;
try {
  for (; worlds < Number(options.worlds ?? Infinity) && performance.now() < untilMs; worlds += 1) {
    const seed = Number(options.seed) + worlds;
    const { program } = built;
    const { done, failure } = await playClouds({ seed, rounds: ROUNDS_OF_WORLD, program, untilMs }, counts);
    rounds += done;
    const text = `seed ${String(seed)}: ${String(done)} rounds${failure === undefined ? '' : `; ${failure}`}`;
    if (failure !== undefined) failures.push(text);
    print(text);
  }
} finally {
  await built.remove();
}
if (failures.length > 0) process.exitCode = 1;
const told = [...counts].map(([what, times]) => `${String(times)} ${what}`).join(', ');
const minutes = ((performance.now() - startMs) / 60_000).toFixed(1);
print(
  `clouds: ${String(rounds)} rounds in ${String(worlds)} worlds from seed ${options.seed}, ${minutes} min; ${told}; ${String(failures.length)} worlds failed`,
);

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
