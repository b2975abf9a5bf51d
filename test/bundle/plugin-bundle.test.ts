import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pluginBundle } from '../../scripts/bundles.mts';
import { type Bundle, bundleOnce, forbiddenInputs } from './bundle.ts';

const root = resolve(import.meta.dirname, '../..');
const LIMIT_BYTES = 900_000;

describe('the plugin as it is shipped', () => {
  let elsewhere: string;
  let bundle: Bundle;

  beforeAll(async () => {
    elsewhere = await mkdtemp(join(tmpdir(), 'twincloud-copy-'));
    bundle = await bundleOnce((outfile) => pluginBundle(root, outfile));
  });

  afterAll(async () => {
    await rm(elsewhere, { recursive: true, force: true });
  });

  it('has the same bytes when it is built again', async () => {
    const again = await bundleOnce((outfile) => pluginBundle(root, outfile));
    expect(Buffer.compare(bundle.bytes, again.bytes)).toBe(0);
  });

  it('has the same bytes when it is built in another folder', async () => {
    for (const name of ['src', 'tsconfig', 'tsconfig.json', 'package.json']) {
      await cp(join(root, name), join(elsewhere, name), { recursive: true });
    }
    await symlink(join(root, 'node_modules'), join(elsewhere, 'node_modules'));
    const again = await bundleOnce((outfile) => pluginBundle(elsewhere, outfile));
    expect(Buffer.compare(bundle.bytes, again.bytes)).toBe(0);
  });

  it('stays within its size', () => {
    expect(bundle.bytes.length).toBeLessThanOrEqual(LIMIT_BYTES);
  });

  it('carries nothing that a phone cannot load', () => {
    expect(forbiddenInputs(bundle.metafile)).toEqual([]);
  });

  it('evaluates no text as code', () => {
    expect(Buffer.from(bundle.bytes).toString('utf8')).not.toMatch(/\beval\(|new Function\(/u);
  });

  it('exports a plugin class that the host can make', () => {
    const text = Buffer.from(bundle.bytes).toString('utf8');
    class HostPlugin {
      readonly isHost = true;
    }
    // Classes to extend are all that is used before the plugin is loaded.
    const obsidian = new Proxy<Record<string, unknown>>(
      { Plugin: HostPlugin },
      { get: (host, name) => host[String(name)] ?? HostPlugin },
    );
    const module: { exports: { default?: unknown } } = { exports: {} };
    const hostRequire = (name: string): unknown => {
      if (name === 'obsidian') return obsidian;
      throw new Error(`the host has no module ${name}`);
    };
    // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- this is how Obsidian loads main.js
    new Function('module', 'exports', 'require', text)(module, module.exports, hostRequire);
    const PluginClass = module.exports.default as new () => unknown;
    expect(new PluginClass()).toBeInstanceOf(HostPlugin);
  });
});

describe('the wall around the bundle', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'twincloud-wall-'));
    await mkdir(join(folder, 'src'));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  /** What the wall says of a plugin of these files; esbuild itself is told to let everything through. */
  async function problemsOf(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'src', name), text);
    const { metafile } = await bundleOnce((outfile) => ({
      ...pluginBundle(folder, outfile),
      entryPoints: ['src/main.ts'],
      external: ['obsidian', 'node:*', 'fs', 'left-out'],
      nodePaths: [join(root, 'node_modules')],
    }));
    return forbiddenInputs(metafile);
  }

  it('lets the host and an allowed package through', async () => {
    const main =
      "import { Plugin } from 'obsidian';\nimport pMap from 'p-map';\nconsole.debug(Plugin, pMap);";
    expect(await problemsOf({ 'main.ts': main })).toEqual([]);
  });

  it("sees one of Node's modules, in either spelling", async () => {
    expect(await problemsOf({ 'main.ts': "import 'node:fs';\nimport 'fs';" })).toEqual([
      "src/main.ts: imports Node's node:fs",
      "src/main.ts: imports Node's fs",
    ]);
  });

  it('sees a module of Node code', async () => {
    const files = { 'main.ts': "import './host.mts';", 'host.mts': 'document.title = "";' };
    expect(await problemsOf(files)).toEqual(['src/host.mts: runs in Node only']);
  });

  it('sees a package that nobody decided on', async () => {
    const main = "import { Command } from 'commander';\nconsole.debug(Command);";
    expect(await problemsOf({ 'main.ts': main })).toContainEqual(
      expect.stringMatching(/commander\/index\.js: package commander is not allowed$/u),
    );
  });

  it('sees a module that the host does not give', async () => {
    expect(await problemsOf({ 'main.ts': "import 'left-out';" })).toEqual([
      'src/main.ts: imports no module of the host: left-out',
    ]);
  });
});

describe('the manifest', () => {
  const json = (name: string): Record<string, unknown> =>
    JSON.parse(readFileSync(join(root, name), 'utf8')) as Record<string, unknown>;

  it("has the package's version, and versions.json knows the least app for it", () => {
    const manifest = json('manifest.json');
    expect(manifest['version']).toBe(json('package.json')['version']);
    expect(json('versions.json')[String(manifest['version'])]).toBe(manifest['minAppVersion']);
  });
});
