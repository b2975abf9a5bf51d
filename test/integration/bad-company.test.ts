import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ObjectKey } from '../../src/core/model/ids.ts';
import type { Bench } from '../cli/commands/command.ts';
import { forEachTest } from '../cli/commands/each-bench.ts';
import { installRclone } from '../support/rclone.mts';
import { runProgram } from '../support/servers/processes.mts';
import { createBucket, s3Client } from '../support/servers/s3-bucket.mts';
import type { RunningServer, ServerAddress } from '../support/servers/server.mts';
import { sharedServerIfAny } from '../support/servers/shared.mts';
import { startServer } from '../support/servers/versitygw.mts';
import { CloudBench } from './cloud-bench.ts';

const inCi = process.env['CI'] === 'true';

let bench: Bench;
forEachTest((opened) => {
  bench = opened;
});

/** Every note of a vault, by its path; what lies in the trash is none. */
async function notes(device: string): Promise<Record<string, string>> {
  const vault = bench.vault(device);
  const found: Record<string, string> = {};
  for (const file of (await bench.files(join(device, 'vault'))).sort()) {
    const path = file.slice(vault.length + 1);
    if (!path.startsWith('.trash/')) found[path] = await readFile(file, 'utf8');
  }
  return found;
}

/** As `Status: Enabled` in the bucket's settings. */
async function createVersioned(server: ServerAddress): Promise<string> {
  const bucket = await createBucket(server);
  const client = s3Client(server);
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
  client.destroy();
  return bucket;
}

describe('a bucket that keeps versions', { timeout: 120_000 }, () => {
  let server: RunningServer;
  let client: S3Client;
  let bucket: string;
  let cloud: CloudBench;
  beforeAll(async () => {
    server = await startServer({ keepsVersions: true });
    client = s3Client(server);
  });
  afterAll(async () => {
    client.destroy();
    await server.stop();
  });
  beforeEach(async () => {
    bucket = await createVersioned(server);
    cloud = new CloudBench(bench, server, { bucket, conditionForm: 'quoted' });
  });
  afterEach(() => cloud.store.close());

  /** What a person or a rule of the bucket does: hides the object under a delete marker. */
  const hide = (key: string): Promise<void> => cloud.store.delete(key as ObjectKey);

  /** Takes the newest delete marker of a key away, so that what it hid is there again. */
  async function uncover(key: string): Promise<void> {
    const { DeleteMarkers } = await client.send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key }),
    );
    const marker = DeleteMarkers?.find((one) => one.IsLatest === true && one.Key === key);
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId: marker?.VersionId }));
  }

  it('syncs as any other, and what it hides under delete markers is not read as emptied or deleted', async () => {
    await bench.write('kept.md', 'kept\n');
    await bench.write('gone.md', 'gone\n');
    await cloud.sync();
    await cloud.sync('b');
    await rm(join(bench.vault(), 'gone.md'));
    await bench.write('kept.md', 'kept\nand edited\n');
    expect((await cloud.sync()).exitCode).toBe(0);
    expect((await cloud.sync('b')).exitCode).toBe(0);
    expect(await notes('b')).toEqual({ 'kept.md': 'kept\nand edited\n' });
    const copy = 'my notes/kept.md';
    await hide(copy);
    // This server takes the marker for an object: the copy cannot be made again, and that is said.
    const said = await cloud.sync('b', '--audit');
    expect(said.stdout + said.stderr).toContain('kept.md: its readable copy was deleted in the cloud');
    const verified = await cloud.run(['verify'], 'b');
    expect(verified.stdout).toContain('kept.md: its readable copy was deleted');
    expect(verified.stdout).not.toContain('written again');
    expect(await notes('b')).toEqual({ 'kept.md': 'kept\nand edited\n' });
    await uncover(copy);
    await cloud.run(['verify'], 'b');
    expect((await cloud.store.head(copy as ObjectKey)).sizeBytes).toBe(16);
  });

  it('a hidden head stops every device; with the marker taken away all go on', async () => {
    await bench.write('note.md', 'one\n');
    await cloud.sync();
    await cloud.sync('b');
    const head = 'my notes/.twincloud/head';
    await hide(head);
    await bench.write('note.md', 'two\n');
    for (const device of ['a', 'b']) {
      const { exitCode, stderr } = await cloud.sync(device);
      expect(exitCode).toBe(1);
      expect(stderr).toContain('.twincloud/head');
    }
    expect(await notes('a')).toEqual({ 'note.md': 'two\n' });
    expect(await notes('b')).toEqual({ 'note.md': 'one\n' });
    await uncover(head);
    for (const device of ['a', 'b']) expect((await cloud.sync(device)).exitCode).toBe(0);
    expect(await notes('b')).toEqual({ 'note.md': 'two\n' });
  });

  it('hidden contents are named and left alone, and verify puts them again from where they are', async () => {
    await bench.write('note.md', 'one\n');
    await cloud.run(['init', '--no-readable-copy', '--remote', cloud.remote]);
    await cloud.sync();
    for (const below of ['.twincloud/packs/', '.twincloud/blobs/']) {
      for (const key of await cloud.keys(below)) await hide(key);
    }
    const hurt = await cloud.sync('b');
    expect(hurt.stderr + hurt.stdout).toContain('note.md');
    expect(await notes('a')).toEqual({ 'note.md': 'one\n' });
    expect((await cloud.run(['verify'])).exitCode).toBe(0);
    expect((await cloud.run(['verify'], 'b')).exitCode).toBe(0);
    expect((await cloud.sync('b')).exitCode).toBe(0);
    expect(await notes('b')).toEqual({ 'note.md': 'one\n' });
  });
});

const ceph = await sharedServerIfAny('ceph', inCi);

describe.runIf(ceph)('a bucket that keeps versions on Ceph 16, which ignores conditions there', () => {
  it('is refused with the reason, and nothing is sent', async () => {
    if (ceph === undefined) throw new Error('the server did not start');
    const address = ceph;
    const bucket = await createVersioned(address);
    const cloud = new CloudBench(bench, address, { bucket, conditionForm: 'bare' });
    await bench.write('note.md', 'hello\n');
    const { exitCode, stderr } = await cloud.sync();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('cannot be a vault’s cloud');
    expect(await cloud.keys('')).toEqual([]);
    await cloud.store.close();
  });
});

describe('two vaults pointed at one place', () => {
  const remote = (): string => `folder:${join(bench.folder, 'cloud')}`;
  const sync = (device: string, ...more: readonly string[]): ReturnType<Bench['run']> =>
    bench.run(['sync', '--remote', remote(), '--device-name', device, ...more], { device });

  it('the second is shown what would meet, and both are whole when it says yes', async () => {
    await bench.write('work.md', 'of work\n');
    await bench.write('same name.md', 'written at work\n');
    await sync('a');
    await bench.write('home.md', 'of home\n', 'b');
    await bench.write('same name.md', 'written at home\n', 'b');
    const before = await notes('b');
    expect((await sync('b')).exitCode).toBe(3);
    expect(await notes('b')).toEqual(before);
    expect((await sync('b', '--accept-first')).exitCode).toBe(3);
    await sync('a');
    const all = Object.values(await notes('a')).sort();
    expect(all).toEqual(['of home\n', 'of work\n', 'written at home\n', 'written at work\n']);
    expect(await notes('b')).toEqual(await notes('a'));
  });

  it('one whose cloud was replaced by another vault’s stops, and changes nothing', async () => {
    await bench.write('work.md', 'of work\n');
    await sync('a');
    await bench.write('home.md', 'of home\n', 'b');
    await bench.run(['sync', '--remote', `folder:${join(bench.folder, 'other')}`], { device: 'b' });
    await rename(join(bench.folder, 'cloud'), join(bench.folder, 'of work'));
    await cp(join(bench.folder, 'other'), join(bench.folder, 'cloud'), { recursive: true });
    const { exitCode, stderr } = await sync('a');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/another vault/u);
    expect(await notes('a')).toEqual({ 'work.md': 'of work\n' });
  });
});

describe('a configuration folder that was renamed', () => {
  it('is missed with the remedy; named anew it goes on where it was', async () => {
    await bench.write('note.md', 'one\n');
    await bench.run(['sync', '--remote', bench.remote]);
    const moved = join(bench.folder, 'a', 'moved');
    await rename(bench.config(), moved);
    const missed = await bench.run(['sync']);
    expect(missed.exitCode).toBe(2);
    expect(missed.stderr).toMatch(/init|--remote/u);
    expect(await notes('a')).toEqual({ 'note.md': 'one\n' });
    const { exitCode, stdout } = await bench.run(['sync', '--config', moved]);
    expect({ exitCode, stdout }).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Nothing to do'),
    });
  });
});

describe('another sync tool at work on the same folder', { timeout: 120_000 }, () => {
  it('both go on, and no line is lost or doubled', async () => {
    await installRclone();
    const other = join(bench.folder, 'other');
    await bench.write('shared.md', 'begun\n');
    await bench.run(['sync', '--remote', bench.remote]);
    await cp(bench.vault(), other, { recursive: true });
    const mirror = async (): Promise<void> => {
      const rclone = (from: string, to: string): Promise<string> =>
        runProgram('rclone', ['copy', '--update', '--exclude', '.*', from, to], {
          env: { RCLONE_CONFIG: '/dev/null' },
        });
      await rclone(other, bench.vault());
      await rclone(bench.vault(), other);
    };
    for (let round = 0; round < 6; round += 1) {
      const name = String(round);
      await writeFile(join(other, `by the other ${name}.md`), `other ${name}\n`);
      await writeFile(join(bench.vault(), `.syncthing.note ${name}.md.tmp`), 'half');
      await bench.write(`on a ${name}.md`, `a ${name}\n`);
      await bench.write(`on b ${name}.md`, `b ${name}\n`, 'b');
      const [mine, theirs] = await Promise.all([
        bench.run(['sync']),
        bench.run(['sync', '--remote', bench.remote, '--accept-first'], { device: 'b' }),
        mirror(),
      ]);
      expect([mine, theirs].map(({ exitCode }) => exitCode)).toEqual([0, 0]);
      await rm(join(bench.vault(), `.syncthing.note ${name}.md.tmp`));
    }
    await mirror();
    for (const device of ['a', 'b', 'a']) await bench.run(['sync'], { device });
    const lines = ['begun\n'];
    for (const who of ['a', 'b', 'other']) for (let i = 0; i < 6; i += 1) lines.push(`${who} ${String(i)}\n`);
    expect(Object.values(await notes('a')).sort()).toEqual(lines.sort());
    expect(await notes('b')).toEqual(await notes('a'));
    expect((await readdir(bench.vault())).some((name) => name.includes('conflict'))).toBe(false);
  });
});
