// Two devices, one cloud, a few minutes of a note-taker's life; every claim is checked on the files.
// npm run demo            the cloud is a folder
// npm run demo -- --s3    the cloud is a bucket of an S3 server that is started for it
import { spawn } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { createBucket } from '../test/support/servers/s3-bucket.mts';
import type { RunningServer } from '../test/support/servers/server.mts';
import { cliBundle } from './bundles.mts';

const root = resolve(import.meta.dirname, '..');

const NOTES: Readonly<Record<string, string>> = {
  'Welcome.md': '# Welcome\n\nThis vault lives on two devices.\n',
  'Daily/2026-11-22.md': '# Sunday\n\n- bread\n- stamps\n',
  'Projects/Garden.md': '# Garden\n\nSow in March.\n\nWater daily.\n\nHarvest in June.\n',
  'Projects/Boat.md': '# Boat\n\nPaint the hull.\n',
  'Ideas.md': '# Ideas\n\nNone yet.\n',
};

interface Place {
  readonly folder: string;
  readonly program: string;
  readonly remote: string;
  readonly env: Readonly<Record<string, string>>;
}

interface Outcome {
  readonly exitCode: number;
  readonly output: string;
}

/** One device: a folder of notes and a configuration of its own. */
class Device {
  readonly vault: string;
  readonly #name: string;
  readonly #place: Place;

  constructor(name: string, place: Place) {
    this.#name = name;
    this.#place = place;
    this.vault = join(place.folder, name, 'Notes');
  }

  /** Runs the command as a person would, shows what it says, and wants this exit code. */
  async run(args: readonly string[], wanted = 0): Promise<Outcome> {
    console.log(`  ${this.#name}$ twincloud ${args.map(shown).join(' ')}`);
    const { program, env, folder } = this.#place;
    const outcome = await runCommand(program, [...args, '--device-name', this.#name], {
      cwd: this.vault,
      env: {
        ...process.env,
        ...env,
        TWINCLOUD_CONFIG: join(folder, this.#name, 'config'),
        NODE_COMPILE_CACHE: join(folder, 'code'),
      },
    });
    console.log(outcome.output.trimEnd().replaceAll(/^/gmu, '    '));
    check(outcome.exitCode === wanted, `exit code ${String(outcome.exitCode)} in place of ${String(wanted)}`);
    return outcome;
  }

  async write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.vault, path)), { recursive: true });
    await writeFile(join(this.vault, path), text);
  }

  read(path: string): Promise<string> {
    return readFile(join(this.vault, path), 'utf8');
  }

  async has(path: string): Promise<boolean> {
    return access(join(this.vault, path)).then(
      () => true,
      () => false,
    );
  }

  async copies(): Promise<string[]> {
    return (await readdir(this.vault)).filter((name) => name.includes('(conflict '));
  }
}

function shown(argument: string): string {
  return /^[\w:/.,=?&-]+$/u.test(argument) ? argument : `'${argument}'`;
}

function runCommand(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], options);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ exitCode: code ?? -1, output });
    });
  });
}

class ClaimError extends Error {}

function check(holds: boolean, claim: string): void {
  if (!holds) throw new ClaimError(claim);
}

function say(text: string): void {
  console.log(`\n${text}`);
}

function claim(holds: boolean, text: string): void {
  check(holds, `not so: ${text}`);
  console.log(`  ✓ ${text}`);
}

async function firstSync(laptop: Device, desktop: Device, remote: string): Promise<void> {
  say('The laptop has a vault of five notes. Its first sync needs nothing but the address of the cloud.');
  for (const [path, text] of Object.entries(NOTES)) await laptop.write(path, text);
  await laptop.run(['sync', '--remote', remote]);
  say('The desktop has an empty folder, and joins.');
  await mkdir(desktop.vault, { recursive: true });
  await desktop.run(['sync', '--remote', remote]);
  for (const [path, text] of Object.entries(NOTES)) check((await desktop.read(path)) === text, path);
  claim(true, 'the desktop has all five notes, byte for byte');
}

async function editAndRename(laptop: Device, desktop: Device): Promise<void> {
  say('An edit and a rename on the desktop travel to the laptop.');
  await desktop.write('Ideas.md', '# Ideas\n\nA shelf for the boat.\n');
  await rename(join(desktop.vault, 'Projects/Boat.md'), join(desktop.vault, 'Projects/Old boat.md'));
  await desktop.run(['sync']);
  const { output } = await laptop.run(['sync']);
  claim((await laptop.read('Ideas.md')).includes('shelf'), 'the laptop has the edit');
  claim(
    (await laptop.has('Projects/Old boat.md')) && !(await laptop.has('Projects/Boat.md')),
    'the laptop has the note under its new name',
  );
  claim(output.includes('renamed here'), 'it was renamed, not sent again');
}

async function mergeAndConflict(laptop: Device, desktop: Device): Promise<void> {
  say('Both devices edit the same note, at different places: the edits are merged.');
  const garden = NOTES['Projects/Garden.md'] ?? '';
  await laptop.write('Projects/Garden.md', garden.replace('March', 'April'));
  await desktop.write('Projects/Garden.md', garden.replace('June', 'July'));
  say('And both edit the same line of another note: no merge can be right, so both versions are kept.');
  await laptop.write('Welcome.md', '# Welcome\n\nWritten on the laptop.\n');
  await desktop.write('Welcome.md', '# Welcome\n\nWritten on the desktop.\n');
  await laptop.run(['sync']);
  await desktop.run(['sync'], 3);
  await laptop.run(['sync']);
  for (const device of [laptop, desktop]) {
    const merged = await device.read('Projects/Garden.md');
    check(merged.includes('April') && merged.includes('July'), 'both edits are in the merged note');
    const [copy = '', ...more] = await device.copies();
    const texts = [await device.read('Welcome.md'), await device.read(copy)].join();
    check(more.length === 0, 'there is one copy');
    check(texts.includes('on the laptop') && texts.includes('on the desktop'), 'both versions are kept');
  }
  claim(true, 'both devices have the merged note, with both edits');
  claim(true, 'both devices have both versions of the other one, the second as a conflict copy');
}

async function deleteAndRestore(laptop: Device, desktop: Device, to: string): Promise<void> {
  say('A note is deleted on the laptop. On the desktop it goes to the trash, not away.');
  await rm(join(laptop.vault, 'Daily/2026-11-22.md'));
  await laptop.run(['sync']);
  await desktop.run(['sync']);
  claim(!(await desktop.has('Daily/2026-11-22.md')), 'the desktop has deleted it too');
  claim(await desktop.has('.trash/Daily/2026-11-22.md'), 'it lies in the desktop’s .trash');
  say('The cloud keeps every version: here are those of a note, and the first one comes back.');
  await laptop.run(['history', 'Welcome.md']);
  const { output } = await laptop.run(['history', 'Welcome.md', '--json']);
  const { versions } = JSON.parse(output) as { versions: { commit: string }[] };
  await laptop.run(['restore', 'Welcome.md', '--at', versions.at(-1)?.commit ?? '', '--to', to]);
  claim(
    (await readFile(join(to, 'Welcome.md'), 'utf8')) === NOTES['Welcome.md'],
    'the first version is back',
  );
  say('At last the cloud is compared with what it should hold.');
  await laptop.run(['verify', '--full']);
}

async function playThrough(place: Place): Promise<void> {
  const laptop = new Device('laptop', place);
  const desktop = new Device('desktop', place);
  await mkdir(laptop.vault, { recursive: true });
  await firstSync(laptop, desktop, place.remote);
  await editAndRename(laptop, desktop);
  await mergeAndConflict(laptop, desktop);
  await deleteAndRestore(laptop, desktop, join(place.folder, 'restored'));
  if (place.remote.startsWith('folder:')) {
    const copy = await readFile(join(place.folder, 'cloud', 'Ideas.md'), 'utf8');
    claim(
      copy.includes('shelf'),
      'the cloud has every note under its own name too, readable without Twincloud',
    );
  }
  say('A sync with nothing to do costs one request.');
  await laptop.run(['sync']);
  const { output } = await laptop.run(['sync', '--json']);
  const { requests } = JSON.parse(output) as { requests: { total: number } };
  claim(requests.total === 1, 'one request');
}

async function s3Place(server: RunningServer): Promise<Pick<Place, 'remote' | 'env'>> {
  const bucket = await createBucket(server);
  const query = new URLSearchParams({
    region: server.region,
    endpoint: server.endpoint,
    'path-style': 'true',
  });
  const { accessKeyId, secretAccessKey } = server;
  return {
    remote: `s3://${bucket}/notes?${query.toString()}`,
    env: { TWINCLOUD_S3_ACCESS_KEY_ID: accessKeyId, TWINCLOUD_S3_SECRET_ACCESS_KEY: secretAccessKey },
  };
}

async function main(withS3: boolean): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'twincloud-demo-'));
  let server: RunningServer | undefined;
  try {
    const built = join(folder, 'program');
    await build(cliBundle(root, built));
    if (withS3) {
      const versitygw = await import('../test/support/servers/versitygw.mts');
      server = await versitygw.startServer();
    }
    const cloud =
      server === undefined ? { remote: `folder:${join(folder, 'cloud')}`, env: {} } : await s3Place(server);
    await playThrough({ folder, program: join(built, 'twincloud.cjs'), ...cloud });
    say('All of it held.');
    say(
      'The plugin does the same in a page: npm run host -- --ready --port 4300, then http://127.0.0.1:4300',
    );
  } finally {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

try {
  await main(process.argv.includes('--s3'));
} catch (error) {
  console.error(`\nThe demo failed: ${error instanceof ClaimError ? error.message : String(error)}`);
  process.exitCode = 1;
}
