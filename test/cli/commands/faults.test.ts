import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Bench } from './command.ts';
import { forEachTest } from './each-bench.ts';

let bench: Bench;
forEachTest((opened) => {
  bench = opened;
});

const NOTES = 400;

async function writeMany(): Promise<void> {
  for (let count = 0; count < NOTES; count += 1) {
    await bench.write(
      `folder ${count % 7}/note ${count}.md`,
      `# Note ${count}\n\n${'text '.repeat(count % 50)}\n`,
    );
  }
}

/** What the second device gets is what the first one has. */
async function expectSame(): Promise<void> {
  const { exitCode } = await bench.run(['sync', '--remote', bench.remote], { device: 'b' });
  expect(exitCode).toBe(0);
  for (let count = 0; count < NOTES; count += 1) {
    const path = `folder ${count % 7}/note ${count}.md`;
    expect(await bench.read(path, 'b')).toBe(await bench.read(path));
  }
}

describe('a sync that is cut short', () => {
  it('stops at Ctrl-C with 130, and the next one goes on', async () => {
    await writeMany();
    const sync = bench.start(['sync', '--remote', bench.remote]);
    await sync.saw('Saved after');
    sync.child.kill('SIGINT');
    const stopped = await sync.done;
    expect(stopped.exitCode).toBe(130);
    expect(stopped.stderr).toContain('Stopped.');
    expect((await bench.run(['sync'])).exitCode).toBe(0);
    await expectSame();
  });

  it('is whole again after kill -9 at any time', async () => {
    await writeMany();
    await bench.run(['init', '--remote', bench.remote]);
    for (const delayMs of [250, 330, 400, 500, 700]) {
      const sync = bench.start(['sync']);
      const timer = setTimeout(() => sync.child.kill('SIGKILL'), delayMs);
      await sync.done;
      clearTimeout(timer);
    }
    expect((await bench.run(['sync'])).exitCode).toBe(0);
    await expectSame();
    expect((await bench.run(['verify', '--full'])).exitCode).toBe(0);
  });

  it('is the only one of its vault: a second is told who is at work', async () => {
    await bench.write('note.md', 'hello\n');
    await bench.run(['init', '--remote', bench.remote]);
    const watch = bench.start(['watch']);
    await watch.saw('Watching');
    const second = await bench.run(['sync']);
    expect(second.exitCode).toBe(1);
    expect(second.stderr).toContain(`process ${String(watch.child.pid)}`);
    expect((await bench.run(['status'])).exitCode).toBe(0);
    watch.child.kill('SIGTERM');
    expect((await watch.done).exitCode).toBe(0);
    expect((await bench.run(['sync'])).exitCode).toBe(0);
  });
});

describe('watch', () => {
  it('sends an edit once it has settled, and fetches what others did', async () => {
    await bench.write('note.md', 'hello\n');
    await bench.run(['sync', '--remote', bench.remote]);
    await bench.run(['sync', '--remote', bench.remote], { device: 'b' });
    const watch = bench.start(['watch', '--interval', '1']);
    await watch.saw('Watching');
    await bench.write('new.md', 'written while watched\n');
    await watch.saw('sent: new.md');
    await bench.write('theirs.md', 'from b\n', 'b');
    await bench.run(['sync'], { device: 'b' });
    await watch.saw('received: theirs.md');
    expect(await bench.read('theirs.md')).toBe('from b\n');
    watch.child.kill('SIGINT');
    expect((await watch.done).exitCode).toBe(0);
  });
});

describe('what is in the way is named, and nothing is changed', () => {
  it.each([
    ['{"version":1,', 'not JSON'],
    [
      '{"version":1,"vaults":[{"vault":"/x","remote":7,"device":{"id":"0011223344556677","name":"n"}}]}',
      'vaults.0.remote',
    ],
    [
      '{"version":1,"vaults":[{"vault":"/x","remote":"folder:/y","device":{"id":"7","name":"n"}}]}',
      'vaults.0.device.id',
    ],
    ['[]', 'twincloud.json'],
  ])('a configuration like %s', async (text, named) => {
    await mkdir(bench.config(), { recursive: true });
    await writeFile(join(bench.config(), 'twincloud.json'), text);
    const { exitCode, stderr } = await bench.run(['sync', '--remote', bench.remote]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(named);
    expect(await readFile(join(bench.config(), 'twincloud.json'), 'utf8')).toBe(text);
  });

  it('a state that is damaged is begun anew, and deletes nothing', async () => {
    await bench.write('note.md', 'hello\n');
    await bench.run(['sync', '--remote', bench.remote]);
    const [state = ''] = await readdir(join(bench.config(), 'state'));
    await writeFile(join(bench.config(), 'state', state, 'journal'), 'nonsense\n');
    expect((await bench.run(['sync'])).exitCode).toBe(0);
    expect(await bench.read('note.md')).toBe('hello\n');
    expect((await bench.run(['log'])).stdout).toContain('state-lost');
  });

  const HEADS: readonly (readonly [string, (head: Record<string, unknown>) => string])[] = [
    ['cut off', (head) => JSON.stringify(head).slice(0, 40)],
    ['of another vault', (head) => JSON.stringify({ ...head, vaultId: 'f'.repeat(32) })],
    ['of a newer format', (head) => JSON.stringify({ ...head, format: 99 })],
    ['of wrong types', (head) => JSON.stringify({ ...head, generation: 'seven' })],
    [
      'with __proto__',
      (head) => JSON.stringify({ ...head, generation: null }).replace('{', '{"__proto__":{"a":1},'),
    ],
  ];

  it.each(HEADS)('a head %s', async (_name, spoil) => {
    await bench.write('note.md', 'hello\n');
    await bench.run(['sync', '--remote', bench.remote]);
    const versions = join(bench.folder, 'cloud/.twincloud-store/versions/%2etwincloud%2fhead=');
    const newest = Math.max(...(await readdir(versions)).map(Number));
    const file = join(versions, String(newest));
    // A version ends in one byte of its own.
    const head = gunzipSync((await readFile(file)).subarray(0, -1)).toString();
    const spoilt = spoil(JSON.parse(head) as Record<string, unknown>);
    await writeFile(file, Buffer.concat([gzipSync(spoilt), Buffer.from('\n')]));
    await bench.write('more.md', 'more\n');
    const cloud = await bench.files('cloud');
    const { exitCode, stderr } = await bench.run(['sync']);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 1 });
    expect(stderr).toContain('.twincloud/head');
    expect(stderr).not.toMatch(/\n {4}at /u);
    expect(await bench.files('cloud')).toEqual(cloud);
    expect(await bench.read('note.md')).toBe('hello\n');
  });

  it.each([
    ['s3://bucket/x?endpoint=http://127.0.0.1:9&region=us-east-1', 'cannot be reached'],
    ['s3://bucket/x?endpoint=nonsense://x', 'endpoint'],
    ['folder:/proc/nowhere/at/all', '/proc/nowhere'],
    ['folder:/etc/hostname', '/etc/hostname'],
  ])('a remote like %s', { timeout: 120_000 }, async (remote, named) => {
    await bench.write('note.md', 'hello\n');
    const env = { TWINCLOUD_S3_ACCESS_KEY_ID: 'id', TWINCLOUD_S3_SECRET_ACCESS_KEY: 'very-secret' };
    const { exitCode, stderr } = await bench.run(['sync', '--remote', remote], { env });
    expect(exitCode).toBeGreaterThan(0);
    expect(stderr).toContain(named);
    expect(stderr).not.toContain('very-secret');
    expect(await bench.files('.')).toEqual([join(bench.vault(), 'note.md')]);
  });

  it('a cloud’s folder that has gone is not made anew', async () => {
    await bench.write('note.md', 'hello\n');
    await bench.run(['sync', '--remote', bench.remote]);
    await rm(join(bench.folder, 'cloud'), { recursive: true });
    const { exitCode, stderr } = await bench.run(['sync']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('disk');
    await expect(bench.files('cloud')).rejects.toThrow('ENOENT');
  });

  it('a vault that has gone', async () => {
    const { exitCode, stderr } = await bench.run([
      'sync',
      '--vault',
      '/nowhere/vault',
      '--remote',
      bench.remote,
    ]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('/nowhere/vault');
  });
});

describe('secrets', () => {
  it('are in no file and no output', { timeout: 120_000 }, async () => {
    await bench.write('note.md', 'hello\n');
    const env = {
      TWINCLOUD_S3_ACCESS_KEY_ID: 'AKIAVISIBLE',
      TWINCLOUD_S3_SECRET_ACCESS_KEY: 'hunter2-hunter2',
    };
    await bench.run(['sync', '--remote', bench.remote], { env });
    const failed = await bench.run(['check', '--remote', 's3://b-b/x?endpoint=http://127.0.0.1:9'], { env });
    expect(failed.stdout + failed.stderr).not.toMatch(/AKIAVISIBLE|hunter2/u);
    for (const file of await bench.files('.')) {
      expect(await readFile(file, 'latin1')).not.toMatch(/AKIAVISIBLE|hunter2/u);
    }
  });
});

const mayMount = process.platform === 'linux' && process.getuid?.() === 0;

describe.runIf(mayMount)('disks', () => {
  function mount(folder: string, options: string): void {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
  }

  it('one that is full stops the sync with a remedy, and the next one goes on', async () => {
    await writeMany();
    await bench.write('big.bin', new Uint8Array(4 * 1024 * 1024).fill(7));
    await bench.run(['sync', '--remote', bench.remote]);
    await mkdir(bench.vault('b'), { recursive: true });
    mount(bench.vault('b'), 'size=3m');
    try {
      const full = await bench.run(['sync', '--remote', bench.remote], { device: 'b' });
      expect(full.exitCode).toBe(1);
      expect(full.stderr).toContain('full');
      execFileSync('mount', ['-o', 'remount,size=30m', bench.vault('b')]);
      await expectSame();
    } finally {
      execFileSync('umount', [bench.vault('b')]);
    }
  });

  it('a vault that cannot be written says so, and loses nothing', async () => {
    await bench.write('note.md', 'hello\n');
    await bench.run(['sync', '--remote', bench.remote]);
    await mkdir(bench.vault('b'), { recursive: true });
    mount(bench.vault('b'), 'size=3m,ro');
    try {
      const { exitCode, stdout, stderr } = await bench.run(['sync', '--remote', bench.remote], {
        device: 'b',
      });
      expect({ exitCode, said: stdout + stderr }).toMatchObject({ exitCode: 1 });
      expect(stderr).toMatch(/written|read-only/u);
    } finally {
      execFileSync('umount', [bench.vault('b')]);
    }
    expect((await bench.run(['sync'])).exitCode).toBe(0);
    expect(await bench.read('note.md')).toBe('hello\n');
  });

  it('settings that cannot be written say so before anything is synced', async () => {
    await bench.write('note.md', 'hello\n');
    await mkdir(bench.config(), { recursive: true });
    mount(bench.config(), 'size=1m,ro');
    try {
      const { exitCode, stderr } = await bench.run(['sync', '--remote', bench.remote]);
      expect(exitCode).toBe(1);
      expect(stderr).toContain('twincloud.json');
      expect(stderr).toContain('Allow this user to write there');
      execFileSync('mount', ['-o', 'remount,rw,size=4k', bench.config()]);
      await writeFile(join(bench.config(), 'filler'), new Uint8Array(4096));
      const full = await bench.run(['sync', '--remote', bench.remote]);
      expect(full.exitCode).toBe(1);
      expect(full.stderr).toMatch(/cannot be written: ENOSPC.*Free some space on its disk and try again/u);
    } finally {
      execFileSync('umount', [bench.config()]);
    }
    await chmod(bench.config(), 0o700);
  });
});

it('settings are written again only when they change', async () => {
  await bench.write('note.md', 'hello\n');
  const named = ['sync', '--remote', bench.remote, '--device-name'];
  const inode = async (): Promise<number> => (await stat(join(bench.config(), 'twincloud.json'))).ino;
  await bench.run([...named, 'Laptop']);
  const first = await inode();
  await bench.run([...named, 'Laptop']);
  expect(await inode()).toBe(first);
  await bench.run([...named, 'Desk']);
  expect(await inode()).not.toBe(first);
});
