import type { BuildOptions } from 'esbuild';
import { asOneFile, withoutUnusedShapes } from './lean-sdk.mts';

/** What Obsidian gives a plugin at run time; everything else must be inside `main.js`. */
const HOST_MODULES = ['obsidian', 'electron', '@codemirror/*', '@lezer/*'];

const COMMON = {
  bundle: true,
  minify: true,
  sourcemap: false,
  metafile: true,
  logLevel: 'warning',
  // Licences stand in THIRD_PARTY_LICENSES.md, so that the bundle does not depend on where comments lie.
  legalComments: 'none',
} as const satisfies BuildOptions;

/** `main.js`, as a phone loads it. Same sources and lockfile, same bytes, wherever `root` lies. */
export function pluginBundle(root: string, outfile: string): BuildOptions & { metafile: true } {
  const options = {
    ...COMMON,
    absWorkingDir: root,
    entryPoints: ['src/main.ts'],
    outfile,
    platform: 'browser',
    format: 'cjs',
    target: 'es2022',
    external: HOST_MODULES,
    define: { 'process.env.NODE_ENV': '"production"' },
  } as const satisfies BuildOptions;
  return { ...options, plugins: [asOneFile(options)] };
}

/** `twincloud.mjs`, and beside it the parts that are loaded when they are needed. Needs Node and nothing else. */
export function cliBundle(root: string, outdir: string): BuildOptions & { metafile: true } {
  return {
    ...COMMON,
    absWorkingDir: root,
    entryPoints: { twincloud: 'src/cli/main.mts' },
    outdir,
    outExtension: { '.js': '.mjs' },
    splitting: true,
    chunkNames: 'twincloud-parts/[name]-[hash]',
    platform: 'node',
    plugins: [withoutUnusedShapes],
    // Of the SDK's two builds only the one of ES modules can be taken in part.
    mainFields: ['module', 'main'],
    format: 'esm',
    target: 'node20.19',
    banner: {
      // CommonJS dependencies call `require` for Node's own modules; an ES module has none.
      js: [
        '#!/usr/bin/env node',
        "import { createRequire as twincloudCreateRequire } from 'node:module';",
        'const require = twincloudCreateRequire(import.meta.url);',
      ].join('\n'),
    },
  };
}
