import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type BuildOptions, type Plugin } from 'esbuild';

const root = resolve(import.meta.dirname, '../..');

/** What `contents` exports, bundled for Node with these plugins; the file is gone again. */
export async function loadBuilt<Module>(
  contents: string,
  plugins: readonly Plugin[],
  options: BuildOptions = {},
): Promise<Module> {
  const folder = await mkdtemp(join(tmpdir(), 'twincloud-lean-'));
  try {
    const outfile = join(folder, 'built.mjs');
    await build({
      absWorkingDir: root,
      bundle: true,
      format: 'esm',
      stdin: { contents, resolveDir: root, loader: 'ts' },
      outfile,
      plugins: [...plugins],
      logLevel: 'silent',
      ...options,
    });
    return (await import(pathToFileURL(outfile).href)) as Module;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
