import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ObjectKey } from '../../src/core/model/ids.ts';
import type { Bench } from '../cli/commands/command.ts';
import { forEachTest } from '../cli/commands/each-bench.ts';
import { createBucket } from '../support/servers/gcs-bucket.mts';
import type { ServerAddress } from '../support/servers/server.mts';
import { sharedServerIfAny } from '../support/servers/shared.mts';
import { GcsBench, rcloneGcs } from './gcs-bench.ts';

const inCi = process.env['CI'] === 'true';
const MIB = 1024 * 1024;
const EVERY_ROAD = ['init', 'check', 'sync'];

let bench: Bench;
forEachTest((opened) => {
  bench = opened;
});

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function sha256Of(file: string): Promise<string> {
  const sha = createHash('sha256');
  for await (const piece of createReadStream(file)) sha.update(piece as Buffer);
  return sha.digest('hex');
}

const server = await sharedServerIfAny('gcs', inCi);

describe.runIf(server)('the command on Google Cloud Storage', { timeout: 120_000 }, () => {
  let cloud: GcsBench;
  let address: ServerAddress;
  let bucket: string;
  beforeEach(async () => {
    if (server === undefined) throw new Error('the server did not start');
    address = server;
    bucket = await createBucket(server);
    cloud = new GcsBench(bench, server, bucket);
  });
  afterEach(() => cloud.store.close());

  async function refused(
    remote: string,
    env: NodeJS.ProcessEnv = {},
    commands: readonly string[] = ['sync'],
  ): Promise<string> {
    await bench.write('note.md', 'hello\n');
    for (const command of commands) {
      const { exitCode, stdout, stderr } = await cloud.run([command, '--remote', remote], 'a', env);
      const said = stdout + stderr;
      expect({ command, exitCode, said }).toMatchObject({ exitCode: 1 });
      expect(said).not.toMatch(/BEGIN|MII|\n {4}at /u);
      if (command === 'sync') return stderr;
    }
    return '';
  }

  it('notes of odd names and 60 MB go and come whole, in bounded memory; verify, history and restore work', async () => {
    const large = randomBytes(60_000_000);
    const odd = 'Ünï/日本 + & #50%25 ?.md';
    await bench.write('large.bin', large);
    await bench.write(odd, 'one\n');
    await bench.write('empty.md', '');
    for (const device of ['a', 'b']) {
      const { exitCode, stdout, stderr } = await cloud.sync(device, '--json');
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
      const report = JSON.parse(stdout) as { problems: unknown[]; peakRssBytes: number };
      expect(report.problems).toEqual([]);
      expect(report.peakRssBytes).toBeLessThan(250 * MIB);
    }
    expect(await sha256Of(join(bench.vault('b'), 'large.bin'))).toBe(sha256(large));
    await bench.write(odd, 'one\nand two\n', 'b');
    expect((await cloud.sync('b')).exitCode).toBe(0);
    expect((await cloud.sync('a')).exitCode).toBe(0);
    expect(await bench.read(odd)).toBe('one\nand two\n');
    expect((await cloud.run(['sync'])).stdout).toContain('Nothing to do');
    const verified = await cloud.run(['verify', '--full']);
    expect(verified).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('No damage was found') });
    const { versions } = JSON.parse((await cloud.run(['history', odd, '--json'])).stdout) as {
      versions: { commit: string; deviceName: string }[];
    };
    expect(versions.map(({ deviceName }) => deviceName)).toEqual(['b', 'a']);
    const to = join(bench.folder, 'out');
    const at = ['--at', versions[1]?.commit ?? ''];
    const restored = await cloud.run(
      ['restore', '--all', '--remote', cloud.remote, '--to', to, ...at],
      'new',
    );
    expect(restored.exitCode).toBe(0);
    expect(await readFile(join(to, odd), 'utf8')).toBe('one\n');
    expect(await sha256Of(join(to, 'large.bin'))).toBe(sha256(large));
  });

  it('files that rclone put into the bucket are taken over, and rclone finds whole what is written here', async () => {
    const from = join(bench.folder, 'from');
    const large = randomBytes(20_000_003);
    await mkdir(join(from, 'sub ü'), { recursive: true });
    await writeFile(join(from, 'plain note.md'), 'by rclone\n');
    await writeFile(join(from, 'sub ü', '50% + #1.md'), 'odd\n');
    await writeFile(join(from, 'large.bin'), large);
    await rcloneGcs(address, ['copy', from, `cloud:${bucket}/my notes`]);
    await bench.write('mine.md', 'mine\n');
    expect((await cloud.sync('a')).exitCode).toBe(3);
    expect((await cloud.sync('a', '--accept-first')).exitCode).toBe(0);
    expect(await bench.read('plain note.md')).toBe('by rclone\n');
    expect(await bench.read('sub ü/50% + #1.md')).toBe('odd\n');
    expect(await sha256Of(join(bench.vault(), 'large.bin'))).toBe(sha256(large));
    await bench.write('plain note.md', 'edited here\n');
    expect((await cloud.sync('a')).exitCode).toBe(0);
    expect((await cloud.sync('b')).exitCode).toBe(0);
    expect(await bench.read('plain note.md', 'b')).toBe('edited here\n');
    const back = join(bench.folder, 'back');
    await rcloneGcs(address, ['copy', '--exclude', '.twincloud/**', `cloud:${bucket}/my notes`, back]);
    expect(await readFile(join(back, 'plain note.md'), 'utf8')).toBe('edited here\n');
    expect(await readFile(join(back, 'mine.md'), 'utf8')).toBe('mine\n');
    expect(await sha256Of(join(back, 'large.bin'))).toBe(sha256(large));
  });

  it('a bucket that does not exist, a key without rights and another cloud’s address are told with the remedy', async () => {
    const said = await refused('gcs:no-such-bucket-here/notes', {}, EVERY_ROAD);
    expect(said).toContain('There is no bucket of this name');
    expect(said).toContain('create the bucket');
    const stranger = { TWINCLOUD_GCS_KEY: address.stranger?.secretAccessKey };
    expect(await refused(cloud.remote, stranger, EVERY_ROAD)).toContain('the role Storage Object Admin');
    const nobody = { STORAGE_EMULATOR_HOST: '127.0.0.1:1' };
    const unreached = await cloud.run(['sync', '--remote', cloud.remote], 'a', nobody);
    expect(unreached).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('cannot be reached') });
  });

  it('no key, no file, no JSON, half a key and an unknown key are told apart, each with the remedy', async () => {
    const none = { TWINCLOUD_GCS_KEY: '' };
    const file = join(bench.folder, 'key.json');
    const named = { ...none, GOOGLE_APPLICATION_CREDENTIALS: file };
    expect(await refused(cloud.remote, named)).toContain(`The key file ${file} cannot be read (ENOENT)`);
    const google = { STORAGE_EMULATOR_HOST: '', ...none };
    expect(await refused('gcs:some-bucket/notes', google)).toContain(
      'There is no key for Google Cloud Storage',
    );
    await writeFile(file, 'no json');
    expect(await refused(cloud.remote, named)).toContain('The key is no JSON');
    const key = JSON.parse(address.secretAccessKey) as Record<string, string>;
    await writeFile(file, JSON.stringify({ ...key, private_key: undefined }));
    expect(await refused(cloud.remote, named)).toContain('The key lacks "private_key"');
    await writeFile(file, JSON.stringify({ ...key, client_email: 'nobody@nowhere.iam.gserviceaccount.com' }));
    expect(await refused(cloud.remote, named)).toContain('Google does not know this key');
    await writeFile(file, address.secretAccessKey);
    expect((await cloud.run(['sync', '--remote', cloud.remote], 'a', named)).exitCode).toBe(0);
  });

  it('`check` finds all in order, and a head that was deleted or spoilt stops every device', async () => {
    await bench.write('note.md', 'hello\n');
    await cloud.sync();
    const checked = await cloud.run(['check']);
    expect(checked).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Conditional writes hold'),
    });
    const head = 'my notes/.twincloud/head' as ObjectKey;
    const whole = await cloud.store.get(head);
    if (whole.kind !== 'found') throw new Error(whole.kind);
    await cloud.store.put(head, whole.body.subarray(0, 40));
    await rm(join(bench.vault(), 'note.md'));
    for (const device of ['a', 'b']) {
      const { exitCode, stderr } = await cloud.sync(device);
      expect(exitCode).toBe(1);
      expect(stderr).toContain('.twincloud/head cannot be used');
    }
    await cloud.store.put(head, whole.body);
    expect((await cloud.sync('b')).exitCode).toBe(0);
    expect(await bench.read('note.md', 'b')).toBe('hello\n');
  });
});
