import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild';

interface OneFile {
  /** Of Go, which esbuild is written in: without a flag. */
  readonly module: RegExp;
  readonly plugins?: readonly Plugin[];
  /** Modules that the rest of the program has, too: they stay outside, and are there once. */
  readonly shared?: readonly string[];
}

/**
 * Bundles a module by itself first: one that is imported lazily is kept whole, with all that it
 * imports, unless it is one file. What went into it stands in the metafile as if it had not been so.
 */
export function asOneFile(options: BuildOptions, { module, plugins = [], shared = [] }: OneFile): Plugin {
  return {
    name: 'as-one-file',
    setup(bundler) {
      let inside: Metafile | undefined;
      bundler.onLoad({ filter: module }, async ({ path }) => {
        const { outputFiles, metafile } = await build({
          ...options,
          entryPoints: [path],
          format: 'esm',
          metafile: true,
          plugins: [...plugins, leaving(shared)],
          write: false,
        });
        inside = metafile;
        return { contents: outputFiles[0]?.text ?? '', loader: 'js' };
      });
      bundler.onEnd(({ metafile }) => {
        const [whole] = Object.values(metafile?.outputs ?? {});
        const [part] = Object.values(inside?.outputs ?? {});
        if (metafile === undefined || whole === undefined) return;
        for (const [file, input] of Object.entries(inside?.inputs ?? {})) {
          const imports = input.imports.filter(({ path }) => !shared.includes(path));
          metafile.inputs[file] = { ...input, imports };
          whole.inputs[file] = part?.inputs[file] ?? { bytesInOutput: 0 };
        }
      });
    },
  };
}

/** Leaves modules outside, under one name, by whatever path they are imported. */
function leaving(shared: readonly string[]): Plugin {
  return {
    name: 'leave-shared',
    setup(bundler) {
      if (shared.length === 0) return;
      bundler.onResolve({ filter: /\.js$/ }, async ({ path, pluginData, ...from }) => {
        if (pluginData === 'resolving') return undefined;
        const resolved = (name: string): Promise<{ readonly path: string }> =>
          bundler.resolve(name, { ...from, pluginData: 'resolving' });
        const [asked, ...files] = await Promise.all([path, ...shared].map(resolved));
        const name = shared[files.findIndex((file) => file.path === asked?.path)];
        return name === undefined ? undefined : { path: name, external: true };
      });
    },
  };
}
