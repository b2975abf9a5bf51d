import { mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Bench } from './command.ts';
import { forEachTest } from './each-bench.ts';

let bench: Bench;
forEachTest((opened) => {
  bench = opened;
});

describe('sync', () => {
  it('needs no set-up: the remote is remembered with the first sync', async () => {
    await bench.write('note.md', 'hello\n');
    const first = await bench.run(['sync', '--remote', bench.remote]);
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout).toContain('sent: note.md');
    const second = await bench.run(['sync']);
    expect(second.exitCode).toBe(0);
    expect(second.stdout).toContain('Nothing to do');
    await bench.run(['sync', '--remote', bench.remote], { device: 'b' });
    expect(await bench.read('note.md', 'b')).toBe('hello\n');
  });

  it('keeps every note in the folder under its own name, also after edits on two devices', async () => {
    await bench.write('note.md', 'one\n');
    await bench.run(['sync', '--remote', bench.remote]);
    await bench.run(['sync', '--remote', bench.remote], { device: 'b' });
    for (const [device, text] of [
      ['b', 'two\n'],
      ['a', 'three\n'],
    ] as const) {
      await bench.write('note.md', text, device);
      await bench.run(['sync'], { device });
      expect(await readFile(join(bench.folder, 'cloud/note.md'), 'utf8')).toBe(text);
      await bench.run(['sync'], { device: device === 'a' ? 'b' : 'a' });
    }
  });

  it('with --json says one object on stdout: the report and what it cost', async () => {
    await bench.write('note.md', 'hello\n');
    const { stdout, stderr } = await bench.run(['sync', '--json', '--remote', bench.remote]);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'done',
      events: [{ kind: 'uploaded', path: 'note.md' }],
      problems: [],
      held: [],
      conflicts: [],
      seconds: expect.any(Number),
      savedSeconds: expect.any(Number),
      cpuSeconds: expect.any(Number),
      peakRssBytes: expect.any(Number),
      requests: { put: expect.any(Number) },
      bytesUp: expect.any(Number),
      bytesDown: expect.any(Number),
    });
    const idle = JSON.parse((await bench.run(['sync', '--json'])).stdout) as { requests: { total: number } };
    expect(idle.requests.total).toBe(1);
  });

  it('with --quiet says nothing where all is well', async () => {
    await bench.write('note.md', 'hello\n');
    expect(await bench.run(['sync', '--quiet', '--remote', bench.remote])).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: '',
    });
  });

  it('asks before a first sync with files on both sides, and goes on when told', async () => {
    await bench.write('note.md', 'from a\n');
    await bench.run(['sync', '--remote', bench.remote]);
    await bench.write('other.md', 'from b\n', 'b');
    const asked = await bench.run(['sync', '--remote', bench.remote], { device: 'b' });
    expect(asked.exitCode).toBe(3);
    expect(asked.stderr).toContain('--accept-first');
    expect(await bench.run(['preview'], { device: 'b' })).toMatchObject({ exitCode: 3 });
    await expect(bench.read('note.md', 'b')).rejects.toThrow('ENOENT');
    expect((await bench.run(['sync', '--accept-first'], { device: 'b' })).exitCode).toBe(0);
    expect(await bench.read('note.md', 'b')).toBe('from a\n');
  });

  it('ends with 3 where it had to keep two versions', async () => {
    await bench.write('note.md', 'one\n');
    await bench.run(['sync', '--remote', bench.remote]);
    await bench.run(['sync', '--remote', bench.remote], { device: 'b' });
    await bench.write('note.md', 'from a\n');
    await bench.write('note.md', 'from b\n', 'b');
    await bench.run(['sync']);
    const { exitCode, stdout } = await bench.run(['sync', '--device-name', 'beta'], { device: 'b' });
    expect(exitCode).toBe(3);
    expect(stdout).toContain('conflict beta');
  });

  it('refuses another remote than the remembered one', async () => {
    await bench.write('note.md', 'hello\n');
    await bench.run(['sync', '--remote', bench.remote]);
    const { exitCode, stderr } = await bench.run(['sync', '--remote', `${bench.remote}-other`]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('twincloud init --remote');
  });

  it('leaves a file alone whose name cannot be synced, says so, and syncs the rest', async () => {
    await bench.write('note.md', 'hello\n');
    await symlink('/etc/hostname', join(bench.vault(), 'link.md'));
    const { exitCode, stdout } = await bench.run(['sync', '--remote', bench.remote]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('sent: note.md');
    expect(stdout).toContain('link.md');
  });
});

describe('preview, held, status and log', () => {
  it('shows what a sync would do and changes nothing', async () => {
    await bench.write('folder/note.md', 'hello\n');
    await bench.run(['init', '--remote', bench.remote]);
    const before = await bench.files('.');
    const { exitCode, stdout } = await bench.run(['preview']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('folder/');
    expect(stdout).toContain('note.md  send (new here)');
    expect(await bench.files('.')).toEqual(before);
  });

  it('holds a mass delete back until it is answered', async () => {
    for (let count = 0; count < 12; count += 1) await bench.write(`note ${count}.md`, `note ${count}\n`);
    await bench.run(['sync', '--remote', bench.remote]);
    for (let count = 0; count < 10; count += 1) await rm(join(bench.vault(), `note ${count}.md`));
    expect((await bench.run(['sync'])).exitCode).toBe(3);
    expect((await bench.run(['held'])).stdout).toContain('delete in the cloud: note 1.md');
    expect((await bench.run(['held', '--keep'])).exitCode).toBe(3);
    expect((await bench.run(['held', '--restore'])).exitCode).toBe(0);
    expect((await bench.run(['sync'])).exitCode).toBe(0);
    expect(await bench.read('note 3.md')).toBe('note 3\n');
    for (let count = 0; count < 10; count += 1) await rm(join(bench.vault(), `note ${count}.md`));
    expect((await bench.run(['sync'])).exitCode).toBe(3);
    expect((await bench.run(['held', '--apply'])).exitCode).toBe(0);
    expect((await bench.run(['sync'])).stdout).toContain('deleted in the cloud: note 3.md');
    expect((await bench.run(['held', '--apply', '--keep'])).exitCode).toBe(2);
  });

  it('status knows the vault without the cloud', async () => {
    await bench.write('note.md', 'hello\n');
    await bench.run(['sync', '--remote', bench.remote]);
    await rm(join(bench.folder, 'cloud'), { recursive: true });
    const { exitCode, stdout } = await bench.run(['status', '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ files: 1, held: [], observed: { generation: 1 } });
  });

  it('log tells what was done, newest first, without the text of notes', async () => {
    await bench.write('one.md', 'a line of mine\n');
    await bench.run(['sync', '--remote', bench.remote]);
    await bench.write('folder/two.md', 'another line\n');
    await bench.run(['sync']);
    const { stdout } = await bench.run(['log', '--json']);
    const { lines } = JSON.parse(stdout) as { lines: { event: string; path?: string }[] };
    expect(lines.filter((line) => line.event === 'uploaded').map((line) => line.path)).toEqual([
      'folder/two.md',
      'one.md',
    ]);
    expect(stdout).not.toContain('a line of mine');
    expect((await bench.run(['log', '--path', 'folder', '-n', '5'])).stdout).not.toContain('one.md');
    expect((await bench.run(['log', '-n', 'many'])).exitCode).toBe(2);
  });
});

describe('verify, history and restore', () => {
  beforeEach(async () => {
    await bench.write('folder/note.md', 'first\n');
    await bench.write('other.md', 'other\n');
    await bench.run(['sync', '--remote', bench.remote]);
    await bench.write('folder/note.md', 'second\n');
    await bench.run(['sync']);
  });

  async function versions(path: string): Promise<{ commit: string }[]> {
    const { stdout } = await bench.run(['history', path, '--json']);
    return (JSON.parse(stdout) as { versions: { commit: string }[] }).versions;
  }

  it('brings an older version back by its commit, with its time', async () => {
    const oldest = (await versions('folder/note.md')).at(-1)?.commit ?? '';
    const to = join(bench.folder, 'out');
    const { exitCode } = await bench.run([
      'restore',
      'folder/note.md',
      '--at',
      oldest.slice(0, 8),
      '--to',
      to,
    ]);
    expect(exitCode).toBe(0);
    expect(await readFile(join(to, 'folder/note.md'), 'utf8')).toBe('first\n');
    const source = await stat(join(bench.vault(), 'other.md'));
    await bench.run(['restore', 'other.md', '--to', join(bench.folder, 'out2')]);
    const restored = await stat(join(bench.folder, 'out2/other.md'));
    expect(Math.floor(restored.mtimeMs)).toBe(Math.floor(source.mtimeMs));
  });

  it('restores all from the cloud alone, and leaves nothing else there', async () => {
    const to = join(bench.folder, 'out');
    const { exitCode } = await bench.run(['restore', '--all', '--remote', bench.remote, '--to', to], {
      device: 'new',
    });
    expect(exitCode).toBe(0);
    expect(await bench.files('out')).toEqual([join(to, 'other.md'), join(to, 'folder/note.md')]);
    await expect(stat(bench.config('new'))).rejects.toThrow('ENOENT');
  });

  it('never writes into a vault or a filled folder unless forced', async () => {
    const filled = join(bench.folder, 'filled');
    await mkdir(filled);
    await writeFile(join(filled, 'mine.md'), 'mine\n');
    await writeFile(join(filled, 'other.md'), 'mine too\n');
    for (const to of [bench.vault(), join(bench.vault(), 'below'), filled]) {
      expect((await bench.run(['restore', '--all', '--to', to])).exitCode).toBe(2);
    }
    expect(await readFile(join(filled, 'other.md'), 'utf8')).toBe('mine too\n');
    expect((await bench.run(['restore', '--all', '--to', filled, '--force'])).exitCode).toBe(0);
    expect(await readFile(join(filled, 'other.md'), 'utf8')).toBe('other\n');
    expect(await readFile(join(filled, 'mine.md'), 'utf8')).toBe('mine\n');
  });

  it('never writes through a link out of the target', async () => {
    const target = join(bench.folder, 'target');
    const outside = join(bench.folder, 'outside');
    await mkdir(target);
    await mkdir(outside);
    await symlink(outside, join(target, 'folder'));
    const { exitCode } = await bench.run(['restore', '--all', '--to', target, '--force']);
    expect(exitCode).toBe(1);
    expect(await bench.files('outside')).toEqual([]);
    expect(await readFile(join(target, 'other.md'), 'utf8')).toBe('other\n');
  });

  it('tells wrong usage from what is not there', async () => {
    const to = join(bench.folder, 'out');
    expect((await bench.run(['restore', '--to', to])).exitCode).toBe(2);
    expect((await bench.run(['restore', '--all', 'note.md', '--to', to])).exitCode).toBe(2);
    expect((await bench.run(['restore', '../x.md', '--to', to])).exitCode).toBe(2);
    expect((await bench.run(['restore', '--all', '--at', 'yesterday', '--to', to])).exitCode).toBe(2);
    expect((await bench.run(['restore', 'absent.md', '--to', to])).exitCode).toBe(1);
    expect((await bench.run(['restore', '--all', '--at', '1999-01-01', '--to', to])).exitCode).toBe(1);
    expect((await bench.run(['history', 'absent.md'])).exitCode).toBe(1);
  });

  it('verify finds what is damaged in the cloud and repairs it from the vault', async () => {
    expect((await bench.run(['verify', '--full'])).exitCode).toBe(0);
    await rm(join(bench.folder, 'cloud/.twincloud/packs'), { recursive: true });
    const { exitCode, stdout } = await bench.run(['verify', '--full', '--json']);
    expect(exitCode).toBe(0);
    const { damaged } = JSON.parse(stdout) as { damaged: { path: string; repaired: boolean }[] };
    expect(damaged.map(({ path, repaired }) => [path, repaired]).sort()).toEqual([
      ['folder/note.md', true],
      ['other.md', true],
    ]);
    expect((await bench.run(['restore', '--all', '--to', join(bench.folder, 'out')])).exitCode).toBe(0);
  });
});

describe('init and check', () => {
  it('forgets only what this device remembers, twice as well as once', async () => {
    await bench.write('note.md', 'hello\n');
    await bench.run(['sync', '--remote', bench.remote]);
    const cloud = await bench.files('cloud');
    expect((await bench.run(['init', '--forget'])).exitCode).toBe(0);
    expect((await bench.run(['init', '--forget'])).exitCode).toBe(0);
    expect(await bench.files('cloud')).toEqual(cloud);
    expect(await bench.read('note.md')).toBe('hello\n');
    expect((await bench.run(['sync'])).exitCode).toBe(0);
    expect(await bench.read('note.md')).toBe('hello\n');
  });

  it('keeps settings that another version wrote', async () => {
    await bench.run(['init', '--remote', bench.remote]);
    const file = join(bench.config(), 'twincloud.json');
    const written = JSON.parse(await readFile(file, 'utf8')) as { vaults: object[] };
    const [vault] = written.vaults;
    await writeFile(file, JSON.stringify({ ...written, later: 1, vaults: [{ ...vault, newer: 'kept' }] }));
    await bench.run(['init', '--device-name', 'renamed']);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      later: 1,
      vaults: [{ newer: 'kept', device: { name: 'renamed' } }],
    });
  });

  it('says in words whether the cloud can be used', async () => {
    const good = await bench.run(['check', '--remote', `folder:${bench.folder}`]);
    expect(good.exitCode).toBe(0);
    expect(good.stdout).toContain('Conditional writes hold');
    const missing = await bench.run(['check', '--remote', `folder:${join(bench.folder, 'nowhere')}`]);
    expect(missing.exitCode).toBe(1);
    expect(missing.stdout).toContain('FAILED');
  });
});

describe('usage', () => {
  it.each([
    [['sync', '--no-such-option']],
    [['no-such-command']],
    [[]],
    [['sync', '--remote', 'ftp://host/x']],
    [['sync', '--remote', 's3://bucket/x?colour=red']],
    [['sync', '--remote', 's3://AKIA:secret@bucket/x']],
    [['sync', '--remote', 's3://bucket/x?secretAccessKey=hidden']],
    [['sync']],
    [['watch', '--interval', 'often', '--remote', 'folder:/nowhere']],
  ])('%j is wrong usage', async (args: string[]) => {
    const { exitCode, stdout, stderr } = await bench.run(args);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).not.toBe('');
    expect(stderr).not.toMatch(/hidden|:secret|\n {4}at /u);
  });

  it('help and version are no errors, and the exit codes are told', async () => {
    const help = await bench.run(['--help']);
    expect(help).toMatchObject({ exitCode: 0, stderr: '' });
    expect(help.stdout).toContain('Exit codes');
    expect((await bench.run(['restore', '--help'])).stdout).toContain('--at');
    expect((await bench.run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/u);
  });

  it('a vault inside the cloud’s folder, or the reverse, is refused', async () => {
    for (const remote of [`folder:${bench.folder}`, `folder:${join(bench.vault(), 'cloud')}`]) {
      expect((await bench.run(['sync', '--remote', remote])).exitCode).toBe(2);
    }
  });
});
