import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

const ROOT = resolve(import.meta.dirname, '../..');

/** A fault to be sown while the worker is bundled: the text of one place, and what stands there instead. */
export interface Patch {
  /** Below `src/`. */
  readonly file: string;
  /** Occurs once. */
  readonly find: string;
  readonly replace: string;
}

/**
 * The worker and all that it needs as one file, as users get the engine: without tsx in every
 * process, and with a fault in it if wanted. Rejects where the patch's place is not found once.
 */
export async function bundleWorker(folder: string, patch?: Patch): Promise<string> {
  const outfile = join(folder, 'worker.mjs');
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['test/sim/worker.mts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'error',
    // Packages that are CommonJS ask for Node's modules by `require`.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    ...(patch === undefined ? {} : { plugins: [sown(patch)] }),
  });
  return outfile;
}

function sown({ file, find, replace }: Patch): Plugin {
  const path = join(ROOT, 'src', file);
  return {
    name: 'sown',
    setup: (bundler) => {
      bundler.onLoad({ filter: /[.]ts$/ }, async (args) => {
        if (args.path !== path) return undefined;
        const sound = await readFile(path, 'utf8');
        if (sound.split(find).length !== 2)
          return { errors: [{ text: `the place is not found once in ${file}; follow the engine` }] };
        return { contents: sound.replace(find, () => replace), loader: 'ts' };
      });
    },
  };
}
