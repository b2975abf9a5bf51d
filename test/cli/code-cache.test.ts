import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Bench } from './commands/command.ts';
import { forEachTest } from './commands/each-bench.ts';

let bench: Bench;
forEachTest((opened) => {
  bench = opened;
});

const folder = (): string => join(bench.folder, 'code');
const kept = async (): Promise<string[]> => (await readdir(folder()).catch(() => [])).sort();
const status = (env: NodeJS.ProcessEnv = {}) =>
  bench.run(['status'], { env: { NODE_COMPILE_CACHE: folder(), ...env } });

/** A vault that is set up, whose `status` was run once; the file that was kept for it. */
async function statusOnce(): Promise<string> {
  await bench.run(['init', '--remote', bench.remote], { env: { NODE_COMPILE_CACHE: folder() } });
  expect((await status()).exitCode).toBe(0);
  const file = (await kept()).find((name) => name.startsWith('status.'));
  if (file === undefined) throw new Error('nothing was kept');
  return join(folder(), file);
}

describe('what V8 compiled', () => {
  it('is kept for each command, where nobody else reads or writes it', async () => {
    const file = await statusOnce();
    expect((await kept()).map((name) => name.split('.')[0])).toEqual(['init', 'status']);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(folder())).mode & 0o777).toBe(0o700);
  });

  it('is taken by the next run, and not written again', async () => {
    const file = await statusOnce();
    const { mtimeMs, ino } = await stat(file);
    expect((await status()).exitCode).toBe(0);
    expect(await stat(file)).toMatchObject({ mtimeMs, ino });
  });

  it('is taken by the next run after one that lasted, which ran with other flags', async () => {
    await mkdir(bench.folder, { recursive: true });
    const lasting = join(bench.folder, 'lasting.cjs');
    await writeFile(
      lasting,
      'const { exit } = process; process.exit = (code) => setTimeout(exit, 600, code);',
    );
    const env = { NODE_OPTIONS: `--require=${lasting}` };
    await bench.run(['init', '--remote', bench.remote]);
    expect((await status(env)).exitCode).toBe(0);
    const file = join(folder(), (await kept()).find((name) => name.startsWith('status.')) ?? '');
    const { mtimeMs, ino } = await stat(file);
    expect((await status()).exitCode).toBe(0);
    expect((await status(env)).exitCode).toBe(0);
    expect(await stat(file)).toMatchObject({ mtimeMs, ino });
    expect(await kept()).toHaveLength(1);
  });

  it.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)],
    ['empty', () => Buffer.alloc(0)],
    ['spoiled in one bit', (bytes: Buffer) => bytes.fill((bytes[9000] ?? 0) ^ 1, 9000, 9001)],
    ['random', (bytes: Buffer) => bytes.fill(0xa5)],
  ])('is made anew when it is %s', async (_, spoil) => {
    const file = await statusOnce();
    const good = await readFile(file);
    await writeFile(file, spoil(Buffer.from(good)));
    const { exitCode, stderr } = await status();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect((await readFile(file)).length).toBeGreaterThan(good.length / 2);
    const { ino } = await stat(file);
    await status();
    expect((await stat(file)).ino).toBe(ino);
  });

  it('is not run where others could have written it', async () => {
    const file = await statusOnce();
    const { ino } = await stat(file);
    await chmod(file, 0o622);
    expect((await status()).exitCode).toBe(0);
    const after = await stat(file);
    expect(after.ino).not.toBe(ino);
    expect(after.mode & 0o777).toBe(0o600);
  });

  it('of an older program goes', async () => {
    const file = await statusOnce();
    await rm(file);
    await writeFile(join(folder(), 'status.program-OLD.cjs.1234'), 'old');
    await status();
    expect(await kept()).not.toContain('status.program-OLD.cjs.1234');
    expect(await kept()).toHaveLength(2);
  });

  it('is not kept of a command that failed, nor where Node is told to keep none, nor where nothing can be written', async () => {
    await bench.run(['statsu'], { env: { NODE_COMPILE_CACHE: folder() } });
    await bench.run(['--version'], {
      env: { NODE_COMPILE_CACHE: folder(), NODE_DISABLE_COMPILE_CACHE: '1' },
    });
    expect(await kept()).toEqual([]);
    await writeFile(folder(), 'a file');
    const { exitCode, stderr } = await bench.run(['--version'], { env: { NODE_COMPILE_CACHE: folder() } });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });
});
