import { basename, resolve } from 'node:path';
import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild';

interface OwnPart {
  /** The module that becomes a file of its own; whoever imports it does so by `import()`. */
  readonly module: RegExp;
  /** Begins the file's name; a hash of its contents follows. */
  readonly name: string;
}

/**
 * Puts a module, with all that it imports, into a CommonJS file beside the program's, which is read and
 * compiled only when it is asked for. For a client that few need: V8 looks through all of a program at each
 * start. What went into it stands in the metafile as if it were inside.
 */
export function asOwnPart(options: BuildOptions, { module, name }: OwnPart): Plugin {
  return {
    name: 'own-part',
    setup(bundler) {
      let built: Promise<Metafile> | undefined;
      const buildPart = async (file: string): Promise<Metafile> => {
        const write = bundler.initialOptions.write ?? true;
        const entryPoints = { [name]: file };
        return (await build({ ...options, entryPoints, write, metafile: true })).metafile;
      };
      bundler.onResolve({ filter: /\.ts$/ }, async ({ path, resolveDir }) => {
        const file = resolve(resolveDir, path);
        if (!module.test(file)) return undefined;
        const [output = ''] = Object.keys((await (built ??= buildPart(file))).outputs);
        return { path: `./${basename(output)}`, external: true };
      });
      bundler.onEnd(async ({ metafile }) => {
        const part = await built;
        if (metafile === undefined || part === undefined) return;
        const [output = ''] = Object.keys(part.outputs);
        const [input = ''] = Object.keys(part.inputs).filter((file) => module.test(file));
        for (const { imports } of Object.values(metafile.inputs)) {
          for (const one of imports) {
            if (one.path === `./${basename(output)}`) Object.assign(one, { path: input, external: false });
          }
        }
        Object.assign(metafile.inputs, part.inputs);
        Object.assign(metafile.outputs, part.outputs);
      });
    },
  };
}
