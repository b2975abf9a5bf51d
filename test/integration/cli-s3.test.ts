import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ObjectKey } from '../../src/core/model/ids.ts';
import type { Bench } from '../cli/commands/command.ts';
import { forEachTest } from '../cli/commands/each-bench.ts';
import { canMount, mountDisk } from '../cli/platform/disks.ts';
import { createBucket } from '../support/servers/s3-bucket.mts';
import type { RunningServer, ServerAddress } from '../support/servers/server.mts';
import { sharedServerIfAny } from '../support/servers/shared.mts';
import { startServer } from '../support/servers/versitygw.mts';
import { CloudBench } from './cloud-bench.ts';

const inCi = process.env['CI'] === 'true';
const MIB = 1024 * 1024;
const DAY_MS = 86_400_000;
const SERVERS = [
  { name: 'ceph', form: 'bare' },
  { name: 'versitygw', form: 'quoted' },
] as const;

let bench: Bench;
forEachTest((opened) => {
  bench = opened;
});

for (const { name, form } of SERVERS) {
  const server = await sharedServerIfAny(name, inCi);

  describe.runIf(server)(`the command on a real S3 server (${name})`, { timeout: 120_000 }, () => {
    let cloud: CloudBench;
    let address: ServerAddress;
    beforeEach(async () => {
      if (server === undefined) throw new Error('the server did not start');
      address = server;
      cloud = new CloudBench(bench, server, { bucket: await createBucket(server), conditionForm: form });
    });
    afterEach(() => cloud.store.close());

    async function refused(remote: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
      await bench.write('note.md', 'hello\n');
      for (const command of ['init', 'check', 'sync']) {
        const { exitCode, stdout, stderr } = await cloud.run([command, '--remote', remote], 'a', env);
        expect({ command, exitCode, said: stdout + stderr }).toMatchObject({ exitCode: 1 });
        expect(stdout + stderr).not.toMatch(/test-secret|a-wrong-secret|\n {4}at /u);
        if (command === 'sync') {
          expect(await bench.files('.')).toEqual([join(bench.vault(), 'note.md')]);
          return stderr;
        }
      }
      return '';
    }

    it('a bucket that does not exist is told as that, by init too, with the remedy', async () => {
      const said = await refused(cloud.remote.replace(/bucket-[^/]+/u, 'no-such-bucket'));
      expect(said).toContain('There is no bucket of this name');
      expect(said).toContain('create the bucket');
    });

    it('a wrong key, a wrong secret, half a key and no key are told apart, each with the remedy', async () => {
      expect(await refused(cloud.remote, { TWINCLOUD_S3_ACCESS_KEY_ID: 'UNKNOWNKEY00000' })).toContain(
        'does not know this access key',
      );
      expect(await refused(cloud.remote, { TWINCLOUD_S3_SECRET_ACCESS_KEY: 'a-wrong-secret' })).toContain(
        'The secret does not belong to this access key',
      );
      expect(await refused(cloud.remote, { TWINCLOUD_S3_SECRET_ACCESS_KEY: '' })).toContain(
        'Only one half of the S3 key is set. Set TWINCLOUD_S3_ACCESS_KEY_ID and',
      );
      expect(
        await refused(cloud.remote, { TWINCLOUD_S3_ACCESS_KEY_ID: '', TWINCLOUD_S3_SECRET_ACCESS_KEY: '' }),
      ).toContain('No keys for S3 were found');
    });

    it('another region, or a key without rights, is told with the remedy', async () => {
      const { stranger } = address;
      if (stranger === undefined) {
        expect(await refused(cloud.remote.replace('us-east-1', 'eu-west-1'))).toContain('another region');
        return;
      }
      const keys = {
        TWINCLOUD_S3_ACCESS_KEY_ID: stranger.accessKeyId,
        TWINCLOUD_S3_SECRET_ACCESS_KEY: stranger.secretAccessKey,
      };
      expect(await refused(cloud.remote, keys)).toContain('Give the key the rights to list, read, write');
    });

    it('a clock that is a day off syncs all the same, and `check` warns of it', async () => {
      const shifted = join(bench.folder, 'clock.mjs');
      for (const offMs of [-DAY_MS, DAY_MS]) {
        await writeFile(
          shifted,
          `const Real = Date; globalThis.Date = class extends Real {
            constructor(...args) { super(...(args.length === 0 ? [Real.now() + ${String(offMs)}] : args)); }
            static now() { return Real.now() + ${String(offMs)}; } };`,
        );
        const env = { NODE_OPTIONS: `--import ${shifted}` };
        await bench.write('note.md', `written with a clock off by ${String(offMs)}\n`);
        expect((await cloud.run(['sync', '--remote', cloud.remote], 'a', env)).exitCode).toBe(0);
        const warned = await cloud.run(['check'], 'a', env);
        expect(warned.exitCode).toBe(3);
        expect(warned.stdout).toContain(`1440 minutes ${offMs < 0 ? 'behind' : 'ahead of'} the cloud`);
        expect((await cloud.sync('b')).exitCode).toBe(0);
        expect(await bench.read('note.md', 'b')).toBe(await bench.read('note.md'));
      }
    });

    it('preview, held, verify, history and restore work for two devices', async () => {
      for (let count = 0; count < 12; count += 1)
        await bench.write(`note ${String(count)}.md`, `${String(count)}\n`);
      await cloud.sync();
      await cloud.sync('b');
      await bench.write('note 1.md', 'edited by b\n', 'b');
      await cloud.sync('b');
      expect((await cloud.run(['preview'])).stdout).toMatch(
        /note 1\.md +(?:fetch|receive|download|replace)/iu,
      );
      expect(await bench.read('note 1.md')).toBe('1\n');
      await cloud.sync();
      expect(await bench.read('note 1.md')).toBe('edited by b\n');
      for (let count = 2; count < 12; count += 1) await rm(join(bench.vault(), `note ${String(count)}.md`));
      expect((await cloud.sync()).exitCode).toBe(3);
      expect((await cloud.run(['held'])).stdout).toContain('delete in the cloud: note 3.md');
      expect((await cloud.run(['held', '--apply'])).exitCode).toBe(0);
      expect((await cloud.sync()).exitCode).toBe(0);
      expect((await cloud.sync('b')).exitCode).toBe(3);
      await cloud.run(['held', '--apply'], 'b');
      expect((await cloud.sync('b')).exitCode).toBe(0);
      expect(await bench.files('b/vault')).not.toContain(join(bench.vault('b'), 'note 3.md'));
      const verified = await cloud.run(['verify', '--full']);
      expect(verified.exitCode).toBe(0);
      expect(verified.stdout).toContain('No damage was found');
      const { versions } = JSON.parse((await cloud.run(['history', 'note 1.md', '--json'])).stdout) as {
        versions: { commit: string; deviceName: string }[];
      };
      expect(versions.map(({ deviceName }) => deviceName)).toEqual(['b', 'a']);
      const to = join(bench.folder, 'out');
      const restored = [
        'restore',
        '--all',
        '--remote',
        cloud.remote,
        '--at',
        versions[1]?.commit ?? '',
        '--to',
        to,
      ];
      expect((await cloud.run(restored, 'new')).exitCode).toBe(0);
      expect(await readFile(join(to, 'note 1.md'), 'utf8')).toBe('1\n');
      expect(await readFile(join(to, 'note 11.md'), 'utf8')).toBe('11\n');
    });

    it('watch on both devices carries an edit across, and Ctrl-C ends it', async () => {
      await bench.write('note.md', 'hello\n');
      await cloud.sync();
      await cloud.sync('b');
      const watches = ['a', 'b'].map((device) =>
        bench.start(['watch', '--interval', '1'], { device, env: cloud.env }),
      );
      for (const watch of watches) await watch.saw('Watching');
      await bench.write('from a.md', 'a\n');
      await watches[1]?.saw('received: from a.md');
      await bench.write('from b.md', 'b\n', 'b');
      await watches[0]?.saw('received: from b.md');
      for (const watch of watches) {
        watch.child.kill('SIGINT');
        expect((await watch.done).exitCode).toBe(0);
      }
      expect(await bench.read('from a.md', 'b')).toBe('a\n');
      expect(await bench.read('from b.md')).toBe('b\n');
    });

    it('contents with wrong bytes: the notes are named, the others come, verify on their owner mends it', async () => {
      await bench.write('small.md', 'small\n');
      await bench.write('large.bin', new Uint8Array(300 * 1024).fill(1));
      await cloud.sync('a');
      expect(await cloud.spoil('.twincloud/packs/')).toBe(1);
      expect(await cloud.spoil('.twincloud/blobs/')).toBe(1);
      // The readable copy would give the contents back.
      for (const path of ['small.md', 'large.bin']) await cloud.store.delete(`my notes/${path}` as ObjectKey);
      await bench.write('later.md', 'fine\n');
      await cloud.sync('a');
      const first = await cloud.sync('b');
      expect(first.exitCode).toBe(0);
      expect(await bench.read('later.md', 'b')).toBe('fine\n');
      for (const path of ['small.md', 'large.bin']) {
        expect(first.stdout + first.stderr).toMatch(
          new RegExp(`${path}: its contents in the cloud are damaged .*verify`, 'u'),
        );
        await expect(stat(join(bench.vault('b'), path))).rejects.toThrow('ENOENT');
      }
      const verified = await cloud.run(['verify', '--full']);
      expect(verified.exitCode).toBe(0);
      expect(verified.stdout).toContain('repaired: small.md');
      expect(verified.stdout).toContain('repaired: large.bin');
      expect((await cloud.sync('b')).exitCode).toBe(0);
      expect(await bench.read('small.md', 'b')).toBe('small\n');
      expect((await stat(join(bench.vault('b'), 'large.bin'))).size).toBe(300 * 1024);
    });

    it('a shard with wrong bytes stops the sync, is named, and nothing is changed', async () => {
      await mkdir(bench.vault(), { recursive: true });
      for (let count = 0; count < 2_100; count += 1)
        await bench.write(`n/${String(count)}.md`, `${String(count)}\n`);
      await cloud.run(['init', '--remote', cloud.remote, '--no-readable-copy']);
      await cloud.sync();
      expect(await cloud.spoil('.twincloud/shards/')).toBeGreaterThan(0);
      await bench.write('mine.md', 'mine\n', 'b');
      const { exitCode, stderr } = await cloud.sync('b', '--accept-first');
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/\.twincloud\/shards\/[0-9a-f]+ cannot be used: .*Nothing was changed\./u);
      expect(await bench.files('b/vault')).toEqual([join(bench.vault('b'), 'mine.md')]);
    });

    it('a head cut short stops every device, is named, and nothing is changed', async () => {
      await bench.write('note.md', 'hello\n');
      await cloud.sync();
      const head = 'my notes/.twincloud/head' as ObjectKey;
      const whole = await cloud.store.get(head);
      if (whole.kind !== 'found') throw new Error(whole.kind);
      for (const spoilt of [whole.body.subarray(0, 40), new Uint8Array(30 * MIB), new Uint8Array(0)]) {
        await cloud.store.put(head, spoilt);
        await rm(join(bench.vault(), 'note.md'), { force: true });
        for (const device of ['a', 'b']) {
          const { exitCode, stderr } = await cloud.sync(device);
          expect(exitCode).toBe(1);
          expect(stderr).toContain('.twincloud/head cannot be used');
        }
      }
      await cloud.store.put(head, whole.body);
      expect((await cloud.sync('b')).exitCode).toBe(0);
      expect(await bench.read('note.md', 'b')).toBe('hello\n');
    });
  });
}

const versitygw = await sharedServerIfAny('versitygw', inCi);

describe.runIf(versitygw)('sizes and disks', { timeout: 120_000 }, () => {
  let cloud: CloudBench;
  beforeEach(async () => {
    if (versitygw === undefined) throw new Error('the server did not start');
    cloud = new CloudBench(bench, versitygw, {
      bucket: await createBucket(versitygw),
      conditionForm: 'quoted',
    });
  });
  afterEach(() => cloud.store.close());

  it('0 B, 5 MiB and a byte about it, and 200 MB go and come whole, in bounded memory', async () => {
    const sizes = [0, 5 * MIB - 1, 5 * MIB, 5 * MIB + 1, 200_000_000];
    const sums: string[] = [];
    for (const sizeBytes of sizes) {
      const bytes = numbered(sizeBytes);
      sums.push(createHash('sha256').update(bytes).digest('hex'));
      await bench.write(`${String(sizeBytes)}.bin`, bytes);
    }
    for (const device of ['a', 'b']) {
      const { exitCode, stdout } = await cloud.sync(device, '--json');
      expect(exitCode).toBe(0);
      const report = JSON.parse(stdout) as { problems: unknown[]; peakRssBytes: number };
      expect(report.problems).toEqual([]);
      expect(report.peakRssBytes).toBeLessThan(250 * MIB);
    }
    const received = sizes.map(async (sizeBytes) => {
      const sha = createHash('sha256');
      for await (const piece of createReadStream(join(bench.vault('b'), `${String(sizeBytes)}.bin`)))
        sha.update(piece as Buffer);
      return sha.digest('hex');
    });
    expect(await Promise.all(received)).toEqual(sums);
  });

  it.runIf(canMount)(
    'a disk that fills during a download is named; with space the next sync goes on',
    async () => {
      for (let count = 0; count < 6; count += 1) {
        await bench.write(`${String(count)}.bin`, numbered(MIB + count));
      }
      await bench.write('note.md', 'hello\n');
      await cloud.sync();
      const disk = await mountDisk(bench.vault('b'), 3 * MIB);
      try {
        const full = await cloud.sync('b');
        expect(full.exitCode).toBe(1);
        expect(full.stderr).toContain('The disk is full: free some space and sync again.');
        await disk.resize(30 * MIB);
        expect((await cloud.sync('b')).exitCode).toBe(0);
        expect((await cloud.run(['verify', '--full'], 'b')).exitCode).toBe(0);
        expect(await bench.files('b/vault')).toHaveLength(7);
      } finally {
        await disk.unmount();
      }
    },
  );

  it.runIf(canMount)(
    'a disk without room for what the device remembers stops the upload; the next goes on',
    async () => {
      for (let count = 0; count < 800; count += 1) {
        await bench.write(`n/${String(count)}.md`, `${String(count)}\n`);
      }
      const disk = await mountDisk(bench.config(), 64 * 1024);
      try {
        const full = await cloud.sync();
        expect(full.exitCode).toBe(1);
        expect(full.stderr).toMatch(/What this device remembers could not be written: .*Free some space/u);
        await disk.resize(30 * MIB);
        expect((await cloud.sync()).exitCode).toBe(0);
      } finally {
        await disk.unmount();
      }
      expect((await cloud.sync('b')).exitCode).toBe(0);
      expect(await bench.read('n/799.md', 'b')).toBe('799\n');
    },
  );

  it.runIf(canMount)('a read-only vault sends what it has, and says that it cannot receive', async () => {
    const disk = await mountDisk(bench.vault(), 3 * MIB);
    try {
      await bench.write('note.md', 'hello\n');
      await disk.remountReadOnly();
      expect((await cloud.sync()).exitCode).toBe(0);
      await cloud.sync('b');
      expect(await bench.read('note.md', 'b')).toBe('hello\n');
      await bench.write('theirs.md', 'theirs\n', 'b');
      await cloud.sync('b');
      const failed = await cloud.sync();
      expect({ exitCode: failed.exitCode, said: failed.stderr }).toMatchObject({ exitCode: 1 });
      expect(failed.stderr).toMatch(/cannot be written|read-only/u);
      expect(await bench.read('note.md')).toBe('hello\n');
    } finally {
      await disk.unmount();
    }
  });
});

describe.runIf(canMount)('a cloud whose disk is full', { timeout: 120_000 }, () => {
  it('says that its storage is used up; with space the next sync goes on', async () => {
    const disk = await mountDisk(join(bench.folder, 'disk'), 12 * MIB);
    let server: RunningServer | undefined;
    try {
      server = await startServer({ dataFolder: join(disk.folder, 'data') });
      const cloud = new CloudBench(bench, server, {
        bucket: await createBucket(server),
        conditionForm: 'quoted',
      });
      await bench.write('note.md', 'hello\n');
      expect((await cloud.sync()).exitCode).toBe(0);
      for (const name of ['1', '2']) await bench.write(`${name}.bin`, randomBytes(7 * MIB));
      const full = await cloud.sync();
      expect(full.exitCode).toBe(1);
      expect(full.stderr).toContain('storage is used up');
      expect(full.stderr).toContain('Free some space there');
      await disk.resize(80 * MIB);
      expect((await cloud.sync()).exitCode).toBe(0);
      expect((await cloud.sync('b')).exitCode).toBe(0);
      expect(await bench.files('b/vault')).toHaveLength(3);
      await cloud.store.close();
    } finally {
      await server?.stop();
      await disk.unmount();
    }
  });
});

/** Bytes that tell where they stand. */
function numbered(sizeBytes: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(sizeBytes / 4));
  for (let index = 0; index < words.length; index += 1) words[index] = index ^ sizeBytes;
  return new Uint8Array(words.buffer, 0, sizeBytes);
}
