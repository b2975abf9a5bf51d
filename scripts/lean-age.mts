import { readFile } from 'node:fs/promises';
import type { BuildOptions, Plugin } from 'esbuild';
import { throwing } from './left-out.mts';
import { asOneFile } from './one-file.mts';

/** The module that imports all of it. */
export const AGE_PART = /storage[\\/]sealed[\\/]age\.ts$/;
/** What the program has itself. */
const SHARED = ['@noble/hashes/sha2.js', '@noble/hashes/utils.js'];

const AGE = /[\\/]age-encryption[\\/]/u;
/** What they are asked for by `age-encryption`: kinds of recipients that no vault has. */
const UNUSED = {
  '@noble/post-quantum/hybrid.js': ['MLKEM768P256', 'MLKEM768X25519'],
  '@noble/curves/nist.js': ['p256'],
} as const;

// Of Go, which esbuild is written in: without a flag.
const UNUSED_MODULES = /^@noble\/(?:post-quantum\/hybrid|curves\/nist)\.js$/;

const RECIPIENTS = /age-encryption[\\/]dist[\\/]recipients\.js$/;
const UNUSED_CLASS = /^export class ((?:Hybrid|Tag|HybridTag)(?:Recipient|Identity)) \{.*?^\}$/gmsu;

const CURVE = /@noble[\\/]curves[\\/]ed25519\.js$/;
/**
 * What keeps all arithmetic of signatures: a class with static fields that are computed, and a quicker way to a key's
 * public half, without which the library takes the one that shared secrets take.
 */
const OF_SIGNATURES = {
  class: /^class _RistrettoPoint extends .*?^\}$/msu,
  quick: /^ {8}scalarMultBase: \(k\) => \{.*?^ {8}\},$/msu,
};

/**
 * Leaves post-quantum and hardware recipients out of the bundle, a third of the age library, and signatures: a vault's
 * parts are for X25519 and for our own stanza, and its key is under a passphrase. Whoever asked for them would be
 * told so.
 */
export function withoutUnusedRecipients(): Plugin {
  return {
    name: 'lean-age',
    setup(bundler) {
      bundler.onResolve({ filter: UNUSED_MODULES }, ({ path, importer }) =>
        AGE.test(importer) ? { path, namespace: 'lean-age', sideEffects: false } : undefined,
      );
      bundler.onLoad({ filter: RECIPIENTS }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        return { contents: source.replace(UNUSED_CLASS, (_, name: string) => throwing(name)), loader: 'js' };
      });
      bundler.onLoad({ filter: CURVE }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        for (const [what, pattern] of Object.entries(OF_SIGNATURES))
          if (!pattern.test(source)) throw new Error(`${path} has not the ${what} that is left out`);
        const contents = source
          .replace(OF_SIGNATURES.class, 'const _RistrettoPoint = undefined;')
          .replace(OF_SIGNATURES.quick, '');
        return { contents, loader: 'js' };
      });
      bundler.onLoad({ filter: /.*/, namespace: 'lean-age' }, ({ path }) => ({
        contents: UNUSED[path as keyof typeof UNUSED]
          .map((name) => `export const ${name} = undefined;`)
          .join('\n'),
        loader: 'js',
      }));
    },
  };
}

/** The same for a program that has the library in itself, and that hashes with a part of it. */
export function leanAge(options: BuildOptions): Plugin {
  return asOneFile(options, { module: AGE_PART, plugins: [withoutUnusedRecipients()], shared: SHARED });
}
