/**
 * What it takes when the primary goes away: until a device reads from the backup by itself, until one that is
 * told goes on with it, and until all is in one place again.
 *
 *     npm run bench:failover [-- --notes 10000 --edits 200]
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { freePorts, runProgram, startDaemon, waitUntil } from '../test/support/servers/processes.mts';
import { createBucket } from '../test/support/servers/s3-bucket.mts';
import { startServer } from '../test/support/servers/versitygw.mts';
import { Rig } from './rig.mts';
import { table } from './table.mts';

const LIMIT_MS = 900_000;
const READ_WITHIN_SECONDS = 65;
const DEVICES = ['a', 'b'] as const;
type DeviceName = (typeof DEVICES)[number];

const { notes, edits } = new Command('bench:failover')
  .option('--notes <count>', 'Notes in the vault', Number, 10_000)
  .option('--edits <count>', 'Notes edited on each of two devices while the primary is away', Number, 200)
  .parse()
  .opts<{ readonly notes: number; readonly edits: number }>();

const rig = await Rig.open({ rttMs: 0 });
const [port = 0] = await freePorts(1);
const place = { dataFolder: join(rig.folder, 'primary'), port };
let server = await startServer(place);
const rows: string[][] = [];
const env = {
  ...rig.codeCache,
  TWINCLOUD_S3_ACCESS_KEY_ID: server.accessKeyId,
  TWINCLOUD_S3_SECRET_ACCESS_KEY: server.secretAccessKey,
};

function vaultOf(device: DeviceName): string {
  return join(rig.folder, device, 'vault');
}

function argumentsOf(device: DeviceName, args: readonly string[]): string[] {
  return [rig.program, ...args, '--vault', vaultOf(device), '--config', join(rig.folder, device, 'config')];
}

function run(device: DeviceName, ...args: readonly string[]): Promise<string> {
  return runProgram(process.execPath, argumentsOf(device, args), { env, timeoutMs: LIMIT_MS });
}

async function timed(what: string, work: () => Promise<unknown>, wanted?: number): Promise<void> {
  const startedMs = performance.now();
  await work();
  const seconds = (performance.now() - startedMs) / 1000;
  const verdict = wanted === undefined ? '' : `≤ ${String(wanted)} s ${seconds <= wanted ? 'met' : 'MISSED'}`;
  rows.push([what, `${seconds.toFixed(1)} s`, verdict]);
}

async function edit(device: DeviceName, count: number): Promise<void> {
  await mkdir(join(vaultOf(device), device), { recursive: true });
  for (let index = 0; index < count; index += 1)
    await writeFile(join(vaultOf(device), device, `${String(index)}.md`), `${device} ${String(index)}\n`);
}

async function counted(device: DeviceName): Promise<number> {
  let found = 0;
  for (const other of DEVICES)
    for (const name of await readdir(join(vaultOf(device), other)))
      if ((await readFile(join(vaultOf(device), other, name), 'utf8')).startsWith(`${other} `)) found += 1;
  return found;
}

/** B watches; what A has saved and protected just before the end of the primary must come from the backup. */
async function untilRead(): Promise<void> {
  const watch = startDaemon(process.execPath, argumentsOf('b', ['watch']), { env });
  const told = join(vaultOf('b'), 'told.md');
  try {
    await new Promise((done) => setTimeout(done, 15_000));
    await writeFile(join(vaultOf('a'), 'told.md'), 'told\n');
    await run('a', 'sync');
    await server.stop();
    const isThere = async (): Promise<boolean> => (await readFile(told, 'utf8').catch(() => '')) === 'told\n';
    if (await isThere()) throw new Error('it had come before the primary went away');
    await timed(
      'the primary ends → read from the backup',
      () => waitUntil('the note', isThere, { daemon: watch, timeoutMs: LIMIT_MS }),
      READ_WITHIN_SECONDS,
    );
  } finally {
    await watch.stop();
  }
}

try {
  const remote = `s3://${await createBucket(server)}/v?endpoint=${server.endpoint}&region=${server.region}`;
  await rig.generate('create', vaultOf('a'), '--notes', String(notes), '--attach', '0', '--seed', '1');
  await mkdir(vaultOf('b'), { recursive: true });
  for (const device of DEVICES) {
    await run(device, 'init', '--no-readable-copy', '--remote', remote);
    await run(device, 'backup', 'add', 'disk', `folder:${join(rig.folder, 'disk')}`);
    await run(device, 'sync', '--accept-first');
  }
  await untilRead();
  for (const device of DEVICES) await edit(device, edits);
  await timed('promote, by one device', () => run('a', 'promote', 'disk'));
  await timed(`its sync of ${String(edits)} edits`, () => run('a', 'sync'));
  await timed(`the other device follows, with ${String(edits)} edits`, () => run('b', 'sync'));
  server = await startServer(place);
  await timed('the primary is back: it becomes a backup', () => run('a', 'sync'));
  await run('b', 'sync');
  await timed('made primary again', () => run('a', 'promote', 'main'));
  await run('b', 'sync');
  for (const device of DEVICES) {
    const found = await counted(device);
    const verdict = found === 2 * edits ? 'met' : 'MISSED';
    rows.push([`edits of both on ${device}`, String(found), `${String(2 * edits)} ${verdict}`]);
  }
  console.log(`${String(notes)} notes; a real S3 server, and a folder as the backup.\n`);
  console.log(table([['step', 'took', 'wanted'], ...rows]));
} finally {
  await server.stop();
  await rig.close();
}
