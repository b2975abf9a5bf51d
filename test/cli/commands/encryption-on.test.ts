import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Bench, Finished } from './command.ts';
import { forEachTest } from './each-bench.ts';

const PASSPHRASE = 'correct horse battery staple';
const NAME = 'canary-of-the-name';
const TEXT = 'canary of the text, long enough to be packed and to be found again\n';

let bench: Bench;
forEachTest((opened) => {
  bench = opened;
});

const env = { TWINCLOUD_PASSPHRASE: PASSPHRASE };

function run(args: readonly string[], device = 'a'): Promise<Finished> {
  return bench.run(args, { device, env });
}

async function done(args: readonly string[], device = 'a'): Promise<string> {
  const { exitCode, stdout, stderr } = await run(args, device);
  expect(exitCode, `${args.join(' ')}: ${stderr}`).toBe(0);
  return stdout;
}

const spare = (): string => join(bench.folder, 'spare');

/** Two devices, a backup and a readable copy, all in step; an old version of a note. */
async function setUp(): Promise<void> {
  await bench.write(`${NAME}.md`, TEXT);
  await bench.write('both.md', 'one\n');
  await bench.write(
    'large.bin',
    new Uint8Array(1_500_000).map((_, index) => (index * 7) & 255),
  );
  await done(['sync', '--remote', bench.remote]);
  await done(['backup', 'add', 'spare', `folder:${spare()}`]);
  await bench.write(`${NAME}.md`, `${TEXT}more\n`);
  await done(['sync']);
  await done(['sync', '--remote', bench.remote], 'b');
  // An edit by hand, which leaves metadata of what stood there before.
  await writeFile(join(bench.folder, 'cloud', `${NAME}.md`), `${TEXT}more\nby hand\n`);
  await done(['sync', '--audit']);
  await done(['sync'], 'b');
}

/** Whatever lies in both clouds, also beside the objects: names and bytes. */
async function everything(): Promise<Buffer[]> {
  const files = [...(await bench.files('cloud')), ...(await bench.files('spare'))];
  return Promise.all(
    files.map(async (file) => Buffer.concat([Buffer.from(decodeURIComponent(file)), await readFile(file)])),
  );
}

async function expectNothingPlain(): Promise<void> {
  const packed = [deflateRawSync(TEXT).subarray(0, 20), gzipSync(TEXT).subarray(10, 30)];
  const found = await everything();
  expect(found.length).toBeGreaterThan(8);
  for (const canary of [NAME, TEXT.slice(0, 20), 'both.md', ...packed])
    for (const object of found) expect(object.includes(canary), object.toString('latin1')).toBe(false);
}

describe('encryption on', { timeout: 120_000 }, () => {
  it('[EN14] [EN18] [EN20] leaves no name and no text in any cloud, nor in what a folder keeps of former heads', async () => {
    await setUp();
    const out = await done(['encryption', 'on', '--yes']);
    expect(out).toContain('AGE-SECRET-KEY-1');
    await expectNothingPlain();
    expect(await done(['sync'])).not.toContain(NAME);
    await done(['verify', '--full']);
    expect(await done(['history', `${NAME}.md`])).toContain('3');
    await done(['restore', '--all', '--from', 'spare', '--to', join(bench.folder, 'out')]);
    expect(await readFile(join(bench.folder, 'out', `${NAME}.md`), 'utf8')).toBe(`${TEXT}more\nby hand\n`);
    expect(await done(['encryption', 'on', '--yes'])).toContain('0 unencrypted objects removed');
  });

  it('[EN16] another device is told to give the passphrase, and loses no edit', async () => {
    await setUp();
    await bench.write('both.md', 'one\nfrom b\n', 'b');
    await bench.write('new.md', 'new\n', 'b');
    await rm(join(bench.vault('b'), 'large.bin'));
    await done(['encryption', 'on', '--yes']);
    const refused = await run(['sync'], 'b');
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('twincloud init');
    await expectNothingPlain();
    await bench.write('both.md', 'from a\none\n');
    await done(['sync']);
    await done(['init'], 'b');
    await done(['sync'], 'b');
    await done(['sync']);
    for (const device of ['a', 'b']) {
      expect(await bench.read('both.md', device)).toBe('from a\none\nfrom b\n');
      expect(await bench.read('new.md', device)).toBe('new\n');
      await expect(bench.read('large.bin', device)).rejects.toThrow('ENOENT');
    }
  });

  it('[EN15] killed at any moment, it goes on where it was', async () => {
    await setUp();
    for (const afterMs of [800, 1200, 1600, 2000]) {
      const { child, done: ended } = bench.start(['encryption', 'on', '--yes'], { env });
      const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
      await ended;
      clearTimeout(timer);
    }
    await done(['encryption', 'on', '--yes']);
    await expectNothingPlain();
    await done(['init'], 'b');
    expect(await done(['sync'], 'b')).not.toContain('conflict');
    await mkdir(bench.vault('c'), { recursive: true });
    await done(['init', '--remote', bench.remote], 'c');
    await done(['sync'], 'c');
    expect(await bench.read(`${NAME}.md`, 'c')).toBe(`${TEXT}more\nby hand\n`);
  });

  it('[EN17] a backup that was away stays plain and is told of, and what a late device left is removed by the next run', async () => {
    await setUp();
    const away = join(bench.folder, 'away');
    await rename(spare(), away);
    const { exitCode, stderr } = await run(['encryption', 'on', '--yes']);
    expect(exitCode, stderr).toBe(3);
    expect(stderr).toContain('spare is not encrypted yet');
    await rename(away, spare());
    const plain = await bench.files('spare');
    await bench.write('edit.md', 'an edit\n');
    expect((await run(['sync'])).stderr).toContain('twincloud encryption on');
    expect(await bench.files('spare')).toEqual(plain);
    const late = join(bench.folder, 'cloud', '.twincloud', 'packs');
    await mkdir(late, { recursive: true });
    await writeFile(join(late, 'a'.repeat(32)), TEXT);
    expect(await done(['init'], 'b')).toContain('not encrypted');
    await done(['encryption', 'on', '--yes']);
    await expectNothingPlain();
    await done(['sync']);
    expect(await done(['drill'])).toContain('4 files');
  });

  it('asks before anything, and removes nothing where that is not wanted yet', async () => {
    await setUp();
    const before = await bench.files('cloud');
    const { exitCode, stderr } = await run(['encryption', 'on']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--yes');
    expect(await bench.files('cloud')).toEqual(before);
    await done(['encryption', 'on', '--yes', '--keep-plain']);
    const kept = new Set(await bench.files('cloud'));
    expect(before.filter((file) => !kept.has(file) && !file.includes('.twincloud-store'))).toEqual([]);
    await done(['sync']);
    await done(['encryption', 'on', '--yes']);
    await expectNothingPlain();
  });
});
