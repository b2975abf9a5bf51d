import { readFile, rm, writeFile } from 'node:fs/promises';
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

function run(args: readonly string[], device = 'a', env: NodeJS.ProcessEnv = {}): Promise<Finished> {
  return bench.run(args, { device, env: { TWINCLOUD_PASSPHRASE: PASSPHRASE, ...env } });
}

async function done(args: readonly string[], device = 'a', env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await run(args, device, env);
  expect(exitCode, `${args.join(' ')}: ${stderr}`).toBe(0);
  return stdout;
}

const spare = (): string => join(bench.folder, 'spare');

/** Two devices and a backup, and notes in all of them. */
async function setUp(): Promise<void> {
  await bench.write(`${NAME}.md`, TEXT);
  await bench.write(
    'large.bin',
    new Uint8Array(1_500_000).map((_, index) => (index * 7) & 255),
  );
  await done(['init', '--encrypt', '--remote', bench.remote]);
  await done(['backup', 'add', 'spare', `folder:${spare()}`]);
  await done(['sync']);
  await done(['init', '--remote', bench.remote], 'b');
  await done(['sync'], 'b');
  await bench.write('second.md', `${TEXT}two\n`, 'b');
  await done(['sync'], 'b');
  await done(['sync']);
}

/** The keys under a passphrase that anything in the folder holds, by the salt of each. */
async function keysIn(below: string): Promise<string[]> {
  const files = await bench.files(below);
  const bodies = await Promise.all(files.map(async (file) => readFile(file, 'latin1')));
  return [...new Set(bodies.flatMap((body) => /-> scrypt \S+/u.exec(body)?.[0] ?? []))];
}

/** Every object of both clouds, its key and its bytes. */
async function objects(): Promise<Buffer[]> {
  const files = [...(await bench.files('cloud')), ...(await bench.files('spare'))];
  return Promise.all(
    files.map(async (file) => Buffer.concat([Buffer.from(decodeURIComponent(file)), await readFile(file)])),
  );
}

describe('an encrypted vault', { timeout: 120_000 }, () => {
  it('[EN1] [EN2] no name, text or hash of a note is in a cloud, packed or not', async () => {
    await setUp();
    const { createHash } = await import('node:crypto');
    const hash = createHash('sha256').update(TEXT).digest();
    const packed = [deflateRawSync(TEXT).subarray(0, 20), gzipSync(TEXT).subarray(10, 30)];
    const canaries = [NAME, TEXT.slice(0, 20), hash, hash.toString('hex').slice(0, 16), 'second', ...packed];
    const found = await objects();
    expect(found.length).toBeGreaterThan(8);
    for (const object of found) for (const canary of canaries) expect(object.includes(canary)).toBe(false);
    expect(await bench.read(`${NAME}.md`, 'b')).toBe(TEXT);
    expect(await bench.read('second.md')).toBe(`${TEXT}two\n`);
  });

  it('[EN9] a wrong passphrase reads and writes nothing, and says what helps', async () => {
    await setUp();
    await bench.write('third.md', 'three\n');
    const before = await bench.files('cloud');
    const { exitCode, stderr } = await run(['sync'], 'a', { TWINCLOUD_PASSPHRASE: 'another one entirely' });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('recovery key');
    expect(await bench.files('cloud')).toEqual(before);
    const unset = await run(['sync'], 'a', { TWINCLOUD_PASSPHRASE: '' });
    expect(unset.exitCode).toBe(2);
    expect(unset.stderr).toContain('TWINCLOUD_PASSPHRASE');
    const short = await run(['init', '--encrypt', '--remote', `folder:${join(bench.folder, 'other')}`], 'c', {
      TWINCLOUD_PASSPHRASE: 'short',
    });
    expect(short.stderr).toContain('10 characters');
  });

  it('[EN10] the recovery key opens it in the place of the passphrase', async () => {
    await setUp();
    const key = (await done(['encryption', 'recovery-key'])).split('\n')[0] ?? '';
    expect(key).toMatch(/^AGE-SECRET-KEY-1/u);
    await done(['init', '--remote', bench.remote], 'c', { TWINCLOUD_PASSPHRASE: key.toLowerCase() });
    await done(['sync'], 'c', { TWINCLOUD_PASSPHRASE: key });
    expect(await bench.read(`${NAME}.md`, 'c')).toBe(TEXT);
  });

  it('[EN11] [EN20] another passphrase sends nothing again, and the former one opens no cloud any more', async () => {
    await setUp();
    const before = new Set(await bench.files('cloud'));
    const wrappedBefore = await keysIn('cloud');
    expect(wrappedBefore).toHaveLength(1);
    await done(['encryption', 'passphrase'], 'a', { TWINCLOUD_NEW_PASSPHRASE: 'a new one, quite different' });
    const added = (await bench.files('cloud')).filter((file) => !before.has(file));
    expect(added.every((file) => file.includes('keys'))).toBe(true);
    const wrapped = await keysIn('cloud');
    expect(wrapped).toHaveLength(1);
    expect(wrapped).not.toEqual(wrappedBefore);
    const env = { TWINCLOUD_PASSPHRASE: 'a new one, quite different' };
    await done(['sync'], 'a', env);
    await done(['sync'], 'b', env);
    const { stderr } = await run(['init', '--remote', bench.remote], 'c');
    expect(stderr).toContain('not the passphrase');
  });

  it('[EN12] backups are as sealed, and restore, drill and take over', async () => {
    await setUp();
    expect(await done(['drill'])).toContain('3 files');
    await rm(join(bench.folder, 'cloud'), { recursive: true });
    await done(['restore', '--all', '--from', 'spare', '--to', join(bench.folder, 'out')]);
    expect(await readFile(join(bench.folder, 'out', `${NAME}.md`), 'utf8')).toBe(TEXT);
    await done(['promote', 'spare']);
    await bench.write('after.md', 'after\n');
    await run(['sync']);
    await done(['init', '--remote', `folder:${spare()}`], 'c');
    await done(['sync'], 'c');
    expect(await bench.read('after.md', 'c')).toBe('after\n');
  });

  it('[EN13] a cloud with files or with a plain vault is not encrypted over, and a device without the key stops', async () => {
    await bench.write('a.md', 'one\n');
    await done(['sync', '--remote', bench.remote]);
    const over = await run(['init', '--encrypt', '--remote', bench.remote], 'b');
    expect(over.exitCode).toBe(2);
    expect(over.stderr).toContain('twincloud encryption on');
    await writeFile(join(bench.folder, 'note'), '');
    expect((await run(['encryption', 'recovery-key'])).stderr).toContain('not encrypted');
  });
});
