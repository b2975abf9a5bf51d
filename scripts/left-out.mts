import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

export interface Unreached {
  /** Of Go, which esbuild is written in: without a flag. */
  readonly module: RegExp;
  /** What stands in its place, or what becomes of its text. */
  readonly contents: string | ((source: string) => string);
}

/** An export, to call or to construct, that says what is the matter if it is reached after all. */
export function throwing(name: string): string {
  return `export function ${name}() { throw new Error(${JSON.stringify(`${name} is left out of this build`)}); }`;
}

/** Puts others in the place of modules that are never run as we use their libraries, and that a bundler keeps. */
export function withoutUnreached(modules: readonly Unreached[]): Plugin {
  return {
    name: 'without-unreached',
    setup(bundler) {
      for (const { module, contents } of modules) {
        bundler.onLoad({ filter: module }, async ({ path }) => ({
          contents: typeof contents === 'string' ? contents : contents(await readFile(path, 'utf8')),
          loader: 'js',
        }));
      }
    },
  };
}
