/**
 * Many seeds of the simulation of several clouds, or one with its trace.
 *
 *     npm run sim:clouds -- [--seeds 200] [--from 1] [--trace SEED]
 */
import { Command } from 'commander';
import { runClouds } from './run.ts';

const options = new Command('sim:clouds')
  .option('--seeds <count>', 'so many seeds', Number, 200)
  .option('--from <seed>', 'the first of them', Number, 1)
  .option('--trace <seed>', 'run this one, and tell what it did', Number)
  .parse()
  .opts<{ readonly seeds: number; readonly from: number; readonly trace?: number }>();

if (options.trace !== undefined) {
  const { trace, violations } = await runClouds(options.trace);
  console.log([...trace, ...violations].join('\n'));
  process.exit(violations.length > 0 ? 1 : 0);
}
const startedMs = Date.now();
const reached = new Map<string, number>();
let failed = 0;
let faults = 0;
for (let seed = options.from; seed < options.from + options.seeds; seed += 1) {
  const result = await runClouds(seed);
  faults += result.faults;
  for (const [what, times] of result.reached) reached.set(what, (reached.get(what) ?? 0) + times);
  if (result.violations.length === 0) continue;
  failed += 1;
  console.log(`seed ${String(seed)}: ${result.violations.slice(0, 2).join('; ').slice(0, 600)}`);
}
for (const [what, times] of [...reached].sort()) console.log(`${String(times).padStart(8)} ${what}`);
const seconds = (Date.now() - startedMs) / 1000;
console.log(
  `seeds ${String(options.from)} to ${String(options.from + options.seeds - 1)}: ${String(failed)} failed, ${String(faults)} faults, ${(options.seeds / seconds).toFixed(1)} seeds/s`,
);
process.exitCode = failed > 0 ? 1 : 0;
