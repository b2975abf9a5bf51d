import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Frames to look at: the ports' own, the engine's wrappers of them, and the one that is wanted. */
const FRAMES = 10;
const FRAME = /at (?:async )?(?:new )?(?:(.*?) \()?(?:file:\/\/)?([^()]*?):(\d+):\d+\)?$/u;
/** Code of the engine that hands calls on for others. */
const WRAPPERS = /(?:cloud\/(?:cloud|checked-source)|engine\/state|engine\/lanes|memory\/[^/]*)\.ts$/u;

const siteByStack = new Map<string, string>();
let bundled: readonly string[] | undefined;

/** What of the engine makes the port call that is being made: `execute/committer.ts writeHead`. */
export function callSite(): string {
  const holder: { stack?: string } = {};
  const former = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  Error.captureStackTrace(holder, callSite);
  Error.stackTraceLimit = former;
  const stack = holder.stack ?? '';
  let site = siteByStack.get(stack);
  if (site === undefined) {
    site = siteIn(stack);
    siteByStack.set(stack, site);
  }
  return site;
}

function siteIn(stack: string): string {
  for (const line of stack.split('\n').slice(1)) {
    const [, name = '', path = '', at = ''] = FRAME.exec(line) ?? [];
    const file = sourceOf(path, Number(at));
    if (!file.includes('src/engine/') || WRAPPERS.test(file)) continue;
    const short = file.slice(file.indexOf('src/engine/') + 'src/engine/'.length);
    const bare = name.replace(/\[as .*\]/u, '').trim();
    return `${short} ${
      bare
        .split('.')
        .at(-1)
        ?.replace(/^[#_]|\d+$/gu, '') ?? ''
    }`.trim();
  }
  return '?';
}

/** In a bundle a comment stands before what came from each file. */
function sourceOf(path: string, line: number): string {
  if (!path.endsWith('worker.mjs')) return path;
  bundled ??= sources(readFileSync(fileURLToPath(import.meta.url), 'utf8'));
  return bundled[line - 1] ?? '';
}

function sources(text: string): readonly string[] {
  let file = '';
  return text.split('\n').map((line) => {
    if (/^\/\/ \S+\.m?ts$/u.test(line)) file = line.slice(3);
    return file;
  });
}
