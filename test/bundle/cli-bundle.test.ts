import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
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
    const { stdout } = await promisify(execFile)(process.execPath, [
      join(folder, 'twincloud.mjs'),
      '--version',
    ]);
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

  it('does not load the S3 client for what needs no cloud', () => {
    const main = Object.entries(built.metafile.outputs).find(([file]) => file.endsWith('/twincloud.mjs'));
    const atStart = staticInputs(built, main?.[0] ?? '');
    expect(atStart).toContain('src/cli/main.mts');
    const ofClient = (file: string): boolean => file.includes('@aws-sdk/client-s3');
    expect(Object.keys(built.metafile.inputs).filter(ofClient)).not.toEqual([]);
    expect([...atStart].filter(ofClient)).toEqual([]);
  });
});

/** Sources in this output and in those that it loads at once. */
function staticInputs(built: Built, start: string): ReadonlySet<string> {
  const seen = new Set([start]);
  const inputs = new Set<string>();
  for (const file of seen) {
    const output = built.metafile.outputs[file];
    for (const input of Object.keys(output?.inputs ?? {})) inputs.add(input);
    for (const { path, kind, external } of output?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) seen.add(path);
    }
  }
  return inputs;
}
