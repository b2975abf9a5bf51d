import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type BuildOptions, type Metafile } from 'esbuild';

/** One build: its bytes, and what went into it. */
export interface Bundle {
  readonly bytes: Uint8Array;
  readonly metafile: Metafile;
}

/** Builds into a new temporary folder, which is removed again. */
export async function bundleOnce(
  options: (outfile: string) => BuildOptions & { metafile: true },
): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), 'twincloud-bundle-'));
  try {
    const outfile = join(folder, 'out.js');
    const { metafile } = await build({ ...options(outfile), logLevel: 'silent' });
    return { bytes: await readFile(outfile), metafile };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Packages that the plugin may carry. A new one is a decision: start-up time, size, licence. */
const ALLOWED_PACKAGES = [
  'valibot',
  'ignore',
  'p-map',
  'idb-keyval',
  '@noble/hashes',
  '@aws-sdk/client-s3',
  // The dialog of conflicts: the app has the rest of CodeMirror, and `style-mod` comes along.
  '@codemirror/merge',
  'style-mod',
  'diff-match-patch',
  'eventsource-parser',
  // Encrypted clouds; the others come along.
  'age-encryption',
  '@noble/ciphers',
  '@noble/curves',
  '@scure/base',
];

/** Modules that the build makes: empty ones in the place of what the age library has and no vault needs. */
const MADE = 'lean-age:';

/** What `@aws-sdk/client-s3` brings along; `bowser` words its user agent. */
const ALLOWED_SCOPES = ['@aws-sdk', '@aws-crypto', '@smithy', '@aws', 'bowser'];

const HOST_MODULES = /^(?:obsidian|electron|@codemirror\/.+|@lezer\/.+)$/u;
const NODE_MODULES = new Set(builtinModules);

/** Sentences on what a phone could not load, or what nobody decided to carry. */
export function forbiddenInputs(metafile: Metafile): readonly string[] {
  const problems: string[] = [];
  for (const [file, { imports }] of Object.entries(metafile.inputs)) {
    const name = packageOf(file);
    if (/\.[mc]ts$/u.test(file)) problems.push(`${file}: runs in Node only`);
    else if (name === undefined && !file.startsWith('src/') && !file.startsWith(MADE))
      problems.push(`${file}: lies outside src`);
    else if (name !== undefined && !isAllowed(name)) problems.push(`${file}: package ${name} is not allowed`);
    for (const { path, external } of imports) {
      if (external !== true || HOST_MODULES.test(path)) continue;
      const kind = path.startsWith('node:') || NODE_MODULES.has(path) ? "Node's" : 'no module of the host:';
      problems.push(`${file}: imports ${kind} ${path}`);
    }
  }
  return problems;
}

function packageOf(file: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?<name>@[^/]+\/[^/]+|[^/]+)\//u.exec(file)?.groups?.['name'];
}

function isAllowed(name: string): boolean {
  return ALLOWED_PACKAGES.includes(name) || ALLOWED_SCOPES.includes(name.split('/')[0] ?? '');
}
