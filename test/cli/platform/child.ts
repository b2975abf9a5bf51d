import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';

/** A program of these tests, built once so that it starts in a few hundredths of a second. */
export interface ChildProgram {
  start(...args: readonly string[]): Child;
  dispose(): Promise<void>;
}

export interface Child {
  readonly process: ChildProcess;
  /** Its standard output, line by line as it comes. */
  readonly lines: AsyncIterableIterator<string>;
  /** Ends it without warning, and resolves when it is gone. */
  kill(): Promise<void>;
}

/** Of the file at the path. */
export async function buildChild(path: string): Promise<ChildProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'twincloud-child-'));
  const outfile = join(folder, 'child.mjs');
  await build({
    entryPoints: [path],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
  });
  return {
    start(...args) {
      const child = spawn(process.execPath, [outfile, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
      const gone = once(child, 'exit');
      return {
        process: child,
        lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](),
        async kill() {
          child.kill('SIGKILL');
          await gone;
        },
      };
    },
    dispose: () => rm(folder, { recursive: true }),
  };
}

export async function nextLine(child: Child): Promise<string> {
  const line = await child.lines.next();
  if (line.done === true) throw new Error('the child ended before it said what was waited for');
  return line.value;
}
