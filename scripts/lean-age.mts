import type { Plugin } from 'esbuild';

const AGE = /[\\/]age-encryption[\\/]/u;
/** What they are asked for by `age-encryption`: kinds of recipients that no vault has. */
const UNUSED = {
  '@noble/post-quantum/hybrid.js': ['MLKEM768P256', 'MLKEM768X25519'],
  '@noble/curves/nist.js': ['p256'],
} as const;

// Of Go, which esbuild is written in: without a flag.
const UNUSED_MODULES = /^@noble\/(?:post-quantum\/hybrid|curves\/nist)\.js$/;

/**
 * Leaves post-quantum and hardware recipients out of the bundle, a third of the age library: a vault's parts are for
 * X25519 and for our own stanza, and its key is under a passphrase. Whoever asked for them would get a TypeError.
 */
export function withoutUnusedRecipients(): Plugin {
  return {
    name: 'lean-age',
    setup(bundler) {
      bundler.onResolve({ filter: UNUSED_MODULES }, ({ path, importer }) =>
        AGE.test(importer) ? { path, namespace: 'lean-age', sideEffects: false } : undefined,
      );
      bundler.onLoad({ filter: /.*/, namespace: 'lean-age' }, ({ path }) => ({
        contents: UNUSED[path as keyof typeof UNUSED]
          .map((name) => `export const ${name} = undefined;`)
          .join('\n'),
        loader: 'js',
      }));
    },
  };
}
