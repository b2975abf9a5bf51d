import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Frames to look at: the ports' own, the engine's wrappers of them, and the one that is wanted. */
const FRAMES = 10;
/** Code of the engine that hands calls on for others. */
const WRAPPERS = /(?:cloud\/(?:cloud|checked-source)|engine\/state|engine\/lanes|memory\/[^/]*)\.ts$/u;

/** By script and position what stands there; empty where it is no place of the engine's own. */
const siteByPosition = new Map<string, Map<number, string>>();
let bundled: readonly string[] | undefined;

/** What of the engine makes the port call that is being made: `execute/committer.ts writeHead`. */
export function callSite(): string {
  const holder: { stack?: string } = {};
  const { stackTraceLimit } = Error;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is only put back where it was
  const former = Error.prepareStackTrace;
  Error.stackTraceLimit = FRAMES;
  // The frames themselves: to write a stack as text costs more than the call that is looked at.
  Error.prepareStackTrace = (_error, frames) => siteAmong(frames);
  Error.captureStackTrace(holder, callSite);
  const site = holder.stack ?? '?';
  Error.stackTraceLimit = stackTraceLimit;
  Error.prepareStackTrace = former;
  return site;
}

function siteAmong(frames: readonly NodeJS.CallSite[]): string {
  for (const frame of frames) {
    const site = siteOf(frame);
    if (site !== '') return site;
  }
  return '?';
}

function siteOf(frame: NodeJS.CallSite): string {
  const script = frame.getScriptNameOrSourceURL() ?? '';
  if (script === '') return '';
  let sites = siteByPosition.get(script);
  if (sites === undefined) {
    sites = new Map<number, string>();
    siteByPosition.set(script, sites);
  }
  const position = frame.getPosition();
  let site = sites.get(position);
  if (site === undefined) {
    site = named(sourceOf(script, frame.getLineNumber() ?? 0), frame.getFunctionName() ?? '');
    sites.set(position, site);
  }
  return site;
}

function named(file: string, name: string): string {
  if (!file.includes('src/engine/') || WRAPPERS.test(file)) return '';
  const short = file.slice(file.indexOf('src/engine/') + 'src/engine/'.length);
  const bare = name.split('.').at(-1) ?? '';
  return `${short} ${bare.replace(/^[#_]|\d+$/gu, '')}`.trim();
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
