import { readFile } from 'node:fs/promises';
import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild';

// Of Go, which esbuild is written in: without a flag.
const SHAPES = /client-s3[\\/]dist-es[\\/]schemas[\\/]schemas_\d+\.js$/;
const SDK = /storage[\\/]s3[\\/]sdk\.ts$/;

/**
 * Leaves the S3 operations that nobody calls out of a bundle.
 *
 * The SDK's table of shapes has keys such as `[_h]`, and what an unknown value does as a key nobody can
 * know, so that a bundler keeps every shape. All of them are constants of the same file: with the
 * constant's own text in its place, shapes are data, and those that nothing names go.
 */
export const withoutUnusedShapes: Plugin = {
  name: 'without-unused-shapes',
  setup(bundler) {
    bundler.onLoad({ filter: SHAPES }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const constants = new Map<string, string>();
      for (const [, name = '', text = ''] of source.matchAll(/^const (\w+) = ("[\w-]*");$/gmu))
        constants.set(name, text);
      const contents = source.replace(/\[(\w+)\]:/gu, (key, name: string) => {
        const text = constants.get(name);
        return text === undefined ? key : `${text}:`;
      });
      return { contents, loader: 'js' };
    });
  },
};

/**
 * Bundles the SDK by itself first: a module that is imported lazily is kept whole, with all that it
 * imports, unless it is one file. What went into it stands in the metafile as if it had not been so.
 */
export function asOneFile(options: BuildOptions): Plugin {
  return {
    name: 'sdk-as-one-file',
    setup(bundler) {
      let inside: Metafile | undefined;
      bundler.onLoad({ filter: SDK }, async ({ path }) => {
        const { outputFiles, metafile } = await build({
          ...options,
          entryPoints: [path],
          format: 'esm',
          metafile: true,
          plugins: [withoutUnusedShapes],
          write: false,
        });
        inside = metafile;
        return { contents: outputFiles[0]?.text ?? '', loader: 'js' };
      });
      bundler.onEnd(({ metafile }) => {
        const [whole] = Object.values(metafile?.outputs ?? {});
        const [part] = Object.values(inside?.outputs ?? {});
        if (metafile === undefined || whole === undefined) return;
        Object.assign(metafile.inputs, inside?.inputs);
        Object.assign(whole.inputs, part?.inputs);
      });
    },
  };
}
