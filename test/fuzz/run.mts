/**
 * Damaged and random input for everything that reads what others wrote.
 *
 *     npm run fuzz -- [--inputs 100000] [--seed 1] [--only head]
 */
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { fuzz, FuzzFailure } from './fuzz.ts';
import { TARGETS } from './targets.ts';

const { inputs, seed, only } = new Command('fuzz')
  .option('--inputs <count>', 'inputs a target', Number, 100_000)
  .option('--seed <number>', 'of the random numbers', Number, 1)
  .option('--only <name>', 'targets whose name has this')
  .parse()
  .opts<{ readonly inputs: number; readonly seed: number; readonly only?: string }>();

for (const target of TARGETS.filter(({ name }) => only === undefined || name.includes(only))) {
  try {
    const { slowestMs } = await fuzz(target, { seed, inputs });
    console.log(`${target.name.padEnd(24)} ${String(inputs)} inputs, slowest ${slowestMs.toFixed(1)} ms`);
  } catch (error) {
    if (!(error instanceof FuzzFailure)) throw error;
    const file = `fuzz-${target.name.replaceAll(' ', '-')}.bin`;
    writeFileSync(file, error.input);
    console.error(`${error.message}\nThe input is in ${file}.`);
    process.exitCode = 1;
  }
}
