import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { MUTANTS, type Mutant } from './mutants.mts';

const ROOT = resolve(import.meta.dirname, '../../..');
/** What the simulation needs of the project. */
const PARTS = ['src', 'test', 'tsconfig', 'tsconfig.json', 'package.json'];

interface Verdict {
  readonly mutant: Mutant;
  /** The seed that found it, counted from the first; `undefined`: it survived. */
  readonly seeds: number | undefined;
  readonly rule: string;
}

const options = new Command('mutants')
  .description('Sows one fault at a time into a copy of the engine and lets the simulation look for it.')
  .option('--seeds <count>', 'seeds for each', '3000')
  .option('--from <seed>', 'the first seed', '2000000')
  .option('--only <text>', 'faults whose name holds this')
  .parse()
  .opts<{ readonly seeds: string; readonly from: string; readonly only?: string }>();

const folder = await mkdtemp(join(tmpdir(), 'twincloud-mutants-'));
try {
  for (const part of PARTS) await cp(join(ROOT, part), join(folder, part), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const verdicts: Verdict[] = [];
  for (const mutant of MUTANTS.filter(({ name }) => name.includes(options.only ?? ''))) {
    const verdict = await judge(mutant);
    verdicts.push(verdict);
    const found = verdict.seeds === undefined ? 'SURVIVED' : `${String(verdict.seeds)} seeds`;
    console.log(`| ${mutant.name} | ${found} | ${verdict.rule} |`);
  }
  const survivors = verdicts.filter(({ seeds }) => seeds === undefined).length;
  console.log(`${String(verdicts.length)} faults sown, ${String(survivors)} survived`);
  if (survivors > 0 || verdicts.length === 0) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function judge(mutant: Mutant): Promise<Verdict> {
  const path = join(folder, 'src', mutant.file);
  const sound = await readFile(path, 'utf8');
  if (sound.split(mutant.find).length !== 2) {
    throw new Error(`“${mutant.name}”: the place is not found once in ${mutant.file}; follow the engine.`);
  }
  await writeFile(
    path,
    sound.replace(mutant.find, () => mutant.replace),
  );
  try {
    const { seed, rule } = await campaign();
    return { mutant, rule, seeds: seed === undefined ? undefined : seed - Number(options.from) + 1 };
  } finally {
    await writeFile(path, sound);
  }
}

/** The first seed that broke a rule, and which. Rejects where the copy does not run at all. */
async function campaign(): Promise<{ readonly seed: number | undefined; readonly rule: string }> {
  const args = ['--import', 'tsx', 'test/sim/run.mts', '--failures', '1', '--no-shrink'];
  const range = ['--seeds', options.seeds, '--from', options.from];
  const child = spawn(process.execPath, [...args, ...range], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
  const code = await new Promise((done) => child.on('close', done));
  const seeds = /failing seeds: ([\d ]+)/u.exec(out)?.[1]?.split(' ').map(Number);
  if (code === 0) return { seed: undefined, rule: '' };
  const hung = /seed (\d+) never ends/u.exec(out)?.[1];
  if (hung !== undefined) return { seed: Number(hung), rule: 'never ends' };
  if (seeds === undefined) throw new Error(`The simulation did not run: ${err.slice(-2000)}`);
  return { seed: Math.min(...seeds), rule: /^ {2}\[(\w+)\]/mu.exec(out)?.[1] ?? '?' };
}
