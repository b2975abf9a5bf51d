import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** The last line of a run of vitest over these files, and whether the run said that it failed. */
async function closing(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<{ readonly line: string | undefined; readonly failed: boolean }> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const reporter = join(root, 'test/support/reporter.ts');
  const args = [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--root',
    folder,
    '--reporter',
    reporter,
  ];
  const { stdout, failed } = await promisify(execFile)(process.execPath, [
    ...args,
    ...Object.keys(files),
  ]).then(
    (done) => ({ ...done, failed: false }),
    (error: unknown) => ({ stdout: (error as { stdout: string }).stdout, failed: true }),
  );
  return { line: stdout.trimEnd().split('\n').at(-1), failed };
}

describe('the closing line', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'twincloud-reporter-'));
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('counts what passed, failed and was skipped', async () => {
    const text = [
      "import { expect, it } from 'vitest';",
      "it('a', () => {});",
      "it('b', () => { expect(1).toBe(2); });",
      "it.skip('c', () => {});",
      "it.todo('d');",
    ].join('\n');
    expect(await closing(folder, { 'mixed.test.ts': text })).toEqual({
      line: '1 passed, 1 failed, 2 skipped',
      failed: true,
    });
  });

  it('counts a file that does not load as failed', async () => {
    const passing = "import { it } from 'vitest';\nit('a', () => {});";
    expect(
      await closing(folder, { 'good.test.ts': passing, 'broken.test.ts': "throw new Error('no');" }),
    ).toEqual({ line: '1 passed, 1 failed, 0 skipped', failed: true });
  });

  it('counts an error that no test caught as failed', async () => {
    const text = "import { it } from 'vitest';\nit('a', () => { void Promise.reject(new Error('late')); });";
    expect(await closing(folder, { 'late.test.ts': text })).toEqual({
      line: '1 passed, 1 failed, 0 skipped',
      failed: true,
    });
  });

  it('says so when all is well', async () => {
    const text = "import { it } from 'vitest';\nit('a', () => {});";
    expect(await closing(folder, { 'well.test.ts': text })).toEqual({
      line: '1 passed, 0 failed, 0 skipped',
      failed: false,
    });
  });
});
