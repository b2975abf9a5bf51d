import { chmod, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { build } from 'esbuild';
import { cliBundle, pluginBundle } from './bundles.mts';

const root = resolve(import.meta.dirname, '..');
const what = process.argv[2];

if (what === 'plugin') {
  await build(pluginBundle(root, 'main.js'));
} else if (what === 'cli') {
  // Parts have their contents in their names: those of an older build would stay for ever.
  await rm(resolve(root, 'dist'), { recursive: true, force: true });
  await build(cliBundle(root, 'dist'));
  await chmod(resolve(root, 'dist/twincloud.cjs'), 0o755);
} else {
  console.error('usage: build.mts plugin|cli');
  process.exitCode = 2;
}
