import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build, type BuildOptions, type BuildResult } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliBundle } from '../../scripts/bundles.mts';

const root = resolve(import.meta.dirname, '../..');

type Built = BuildResult<BuildOptions & { metafile: true; outputFiles?: never }>;

describe('the command as it is shipped', () => {
  let folder: string;
  let built: Built;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'twincloud-cli-'));
    built = await build(cliBundle(root, folder));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('runs where no package is installed', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(folder, 'twincloud.cjs'), '--version'],
      { env: { NODE_COMPILE_CACHE: join(folder, 'code') } },
    );
    expect(stdout.trim()).toBe(version);
  });

  it("leaves nothing out but Node's own modules", () => {
    const left = Object.values(built.metafile.inputs)
      .flatMap(({ imports }) => imports)
      .filter(({ external }) => external === true)
      .map(({ path }) => path.replace(/^node:/u, ''));
    expect(left.filter((name) => !builtinModules.includes(name))).toEqual([]);
  });

  it('carries no part of the plugin', () => {
    const inputs = Object.keys(built.metafile.inputs);
    expect(inputs.filter((file) => file.startsWith('src/plugin/') || file === 'src/main.ts')).toEqual([]);
  });

  it('does not load the S3 client for what needs no cloud', async () => {
    const ofClient = (file: string): boolean => file.includes('@aws-sdk/client-s3');
    expect(Object.keys(built.metafile.inputs).filter(ofClient)).not.toEqual([]);
    const tell = join(folder, 'tell.cjs');
    await writeFile(tell, "process.on('exit', () => console.error(process.moduleLoadList.join()))");
    const { stderr } = await promisify(execFile)(
      process.execPath,
      ['--require', tell, join(folder, 'twincloud.cjs'), '--help'],
      { env: { NODE_COMPILE_CACHE: join(folder, 'code') } },
    );
    expect(stderr).toContain('NativeModule fs');
    // The client's first import.
    expect(stderr).not.toContain('NativeModule https');
  });

  it('reads the age library, in a file of its own, only where it is needed', async () => {
    const copy = join(folder, 'without age');
    await cp(join(folder, 'twincloud-parts'), join(copy, 'twincloud-parts'), { recursive: true });
    await cp(join(folder, 'twincloud.cjs'), join(copy, 'twincloud.cjs'));
    const parts = await readdir(join(copy, 'twincloud-parts'));
    expect(parts.map((name) => name.split('-')[0]).sort()).toEqual(['age', 'program']);
    for (const name of parts.filter((one) => !one.startsWith('program')))
      await rm(join(copy, 'twincloud-parts', name));
    const run = (...args: readonly string[]): Promise<{ readonly stdout: string }> =>
      promisify(execFile)(process.execPath, [join(copy, 'twincloud.cjs'), ...args], {
        env: {
          NODE_DISABLE_COMPILE_CACHE: '1',
          TWINCLOUD_CONFIG_DIR: join(copy, 'config'),
          TWINCLOUD_PASSPHRASE: 'four words that nobody said',
        },
      });
    const remote = `folder:${join(copy, 'cloud')}`;
    await mkdir(join(copy, 'cloud'));
    await mkdir(join(copy, 'vault'));
    expect((await run('check', '--remote', remote)).stdout).toContain('The cloud answers');
    const sealed = run('init', '--encrypt', '--vault', join(copy, 'vault'), '--remote', remote);
    await expect(sealed).rejects.toMatchObject({ stderr: expect.stringMatching(/age-\w+\.cjs/u) as string });
  });
});
