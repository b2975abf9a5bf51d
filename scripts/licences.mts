// Writes THIRD_PARTY_LICENSES.md: the packages that are inside main.js and twincloud.cjs, with their licences.
// With --check it writes nothing and fails when the file is not what it would write.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import * as v from 'valibot';
import { cliBundle, pluginBundle } from './bundles.mts';

const root = resolve(import.meta.dirname, '..');
const target = join(root, 'THIRD_PARTY_LICENSES.md');

const Manifest = v.object({ name: v.string(), version: v.string(), license: v.string() });

interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly text: string;
}

async function bundledFolders(): Promise<readonly string[]> {
  const bundles = [pluginBundle(root, 'main.js'), cliBundle(root, 'dist')];
  const built = await Promise.all(bundles.map((options) => build({ ...options, write: false })));
  const folders = built
    .flatMap(({ metafile }) => Object.keys(metafile.inputs))
    .map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/u.exec(file)?.[0])
    .filter((folder) => folder !== undefined);
  return [...new Set(folders)].sort();
}

function describePackage(folder: string): BundledPackage {
  const manifest: unknown = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const licenceFile = readdirSync(join(root, folder)).find((name) => /^licen[cs]e/iu.test(name));
  const text = licenceFile === undefined ? '' : readFileSync(join(root, folder, licenceFile), 'utf8');
  return { ...v.parse(Manifest, manifest), text: text.replaceAll('\r\n', '\n').trim() };
}

/** Packages with one licence text share a section. */
function page(packages: readonly BundledPackage[]): string {
  const packagesByText = new Map<string, BundledPackage[]>();
  for (const item of packages) {
    const key = item.text === '' ? `${item.license} (the package carries no text of it)` : item.text;
    packagesByText.set(key, [...(packagesByText.get(key) ?? []), item]);
  }
  const sections = [...packagesByText].map(([text, items]) => {
    const names = items.map(({ name, version, license }) => `- ${name} ${version} (${license})`);
    return [...names, '', '```text', text, '```', ''].join('\n');
  });
  const opening = 'The plugin and the command carry these packages. Written by `npm run licences`.';
  return ['# Third-party licences', '', opening, '', ...sections].join('\n');
}

const text = page((await bundledFolders()).map(describePackage));
if (!process.argv.includes('--check')) {
  writeFileSync(target, text);
} else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
  console.error('THIRD_PARTY_LICENSES.md is out of date: run "npm run licences"');
  process.exitCode = 1;
}
