import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '../../..');

export interface PageFiles {
  readonly script: string;
  readonly styles: string;
}

let bundled: Promise<PageFiles> | undefined;

/** The page's own code and looks, made once a process. */
export function pageFiles(): Promise<PageFiles> {
  bundled ??= bundle();
  return bundled;
}

async function bundle(): Promise<PageFiles> {
  const { outputFiles } = await build({
    entryPoints: { host: join(root, 'test/host/app/main.ts'), styles: join(root, 'test/host/app/host.css') },
    bundle: true,
    write: false,
    outdir: '/',
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'warning',
    // One copy of each: an editor refuses extensions that another copy made.
    alias: {
      '@codemirror/state': join(root, 'node_modules/@codemirror/state'),
      '@codemirror/view': join(root, 'node_modules/@codemirror/view'),
      '@codemirror/language': join(root, 'node_modules/@codemirror/language'),
    },
  });
  const find = (ending: string): string => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  return { script: find('host.js'), styles: find('styles.css') };
}

export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>Host</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/host.css">
<script src="/host.js" defer></script>
</head>
<body></body>
</html>
`;
