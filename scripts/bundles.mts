import { basename } from 'node:path';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { AGE_PART, leanAge, withoutUnusedRecipients } from './lean-age.mts';
import { withoutPatches } from './lean-diff.mts';
import { leanSdk } from './lean-sdk.mts';
import { asOwnPart } from './own-part.mts';

/** What Obsidian gives a plugin at run time; everything else must be inside `main.js`. */
const HOST_MODULES = [
  'obsidian',
  'electron',
  ...['autocomplete', 'collab', 'commands', 'language', 'lint', 'search', 'state', 'view'].map(
    (name) => `@codemirror/${name}`,
  ),
  '@lezer/*',
];

const NODE = 'node20.19';

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
  return { ...options, plugins: [leanSdk(options), leanAge(options), withoutPatches()] };
}

/** `twincloud.cjs`, and beside it the program that it runs and what that loads when asked. Needs Node and nothing else. */
export function cliBundle(root: string, outdir: string): BuildOptions & { metafile: true } {
  const options = {
    ...COMMON,
    absWorkingDir: root,
    entryPoints: { program: 'src/cli/main.mts' },
    outdir,
    entryNames: 'twincloud-parts/[name]-[hash]',
    outExtension: { '.js': '.cjs' },
    platform: 'node',
    // Of the SDK's two builds only the one of ES modules can be taken in part.
    mainFields: ['module', 'main'],
    // One script, for V8's compiled code to be kept of it: what `import()` names still runs when it is asked for.
    format: 'cjs',
    supported: { 'dynamic-import': false },
    target: NODE,
  } as const satisfies BuildOptions;
  const age = asOwnPart(
    { ...options, plugins: [withoutUnusedRecipients()] },
    { module: AGE_PART, name: 'age' },
  );
  return { ...options, plugins: [leanSdk(options), age, withStart(root, outdir)] };
}

/** Builds `twincloud.cjs` once the name of the program is known. */
function withStart(root: string, outdir: string): Plugin {
  return {
    name: 'start',
    setup(bundler) {
      bundler.onEnd(async ({ metafile }) => {
        const [program] = Object.keys(metafile?.outputs ?? {});
        if (metafile === undefined || program === undefined) return;
        const started = await build({
          ...COMMON,
          absWorkingDir: root,
          entryPoints: { twincloud: 'src/cli/start.mts' },
          outdir,
          outExtension: { '.js': '.cjs' },
          platform: 'node',
          // Node starts with it in two thirds of the time that an ES module takes.
          format: 'cjs',
          target: NODE,
          banner: { js: '#!/usr/bin/env node' },
          define: {
            PROGRAM: JSON.stringify(`twincloud-parts/${basename(program)}`),
            'import.meta.dirname': '__dirname',
          },
          write: bundler.initialOptions.write ?? true,
        });
        Object.assign(metafile.inputs, started.metafile.inputs);
        Object.assign(metafile.outputs, started.metafile.outputs);
      });
    },
  };
}
