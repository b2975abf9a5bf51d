import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { pluginBundle } from '../../../scripts/bundles.mts';
import type { PluginFiles } from './host-device.mts';

const root = resolve(import.meta.dirname, '../../..');

let twincloud: Promise<PluginFiles> | undefined;

/** Twincloud as it is released, built once a process and written nowhere. */
export function twincloudFiles(): Promise<PluginFiles> {
  twincloud ??= buildTwincloud();
  return twincloud;
}

async function buildTwincloud(): Promise<PluginFiles> {
  const main = await bundled(pluginBundle(root, 'main.js'));
  const read = (name: string): Promise<string> => readFile(join(root, name), 'utf8');
  return { id: 'twincloud', main, manifest: await read('manifest.json'), styles: await read('styles.css') };
}

/** A plugin that a test brings along, from TypeScript. */
export async function testPlugin(id: string, entry: string): Promise<PluginFiles> {
  const main = await bundled({ ...pluginBundle(root, 'main.js'), entryPoints: [entry], minify: false });
  const manifest = {
    id,
    name: 'Test',
    version: '1.0.0',
    minAppVersion: '1.13.1',
    description: 'For tests.',
    author: 'Test',
  };
  return { id, main, manifest: JSON.stringify(manifest) };
}

async function bundled(options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({ ...options, write: false });
  return outputFiles[0]?.text ?? '';
}
