import { readFile } from 'node:fs/promises';
import type { BuildOptions, Plugin } from 'esbuild';
import { throwing, withoutUnreached } from './left-out.mts';
import { asOneFile } from './one-file.mts';

// Of Go, which esbuild is written in: without a flag.
const SHAPES = /client-s3[\\/]dist-es[\\/]schemas[\\/]schemas_\d+\.js$/;
const MANIFEST = /@aws-sdk[\\/][\w-]+[\\/]package\.json$/;
const SDK = /storage[\\/]s3[\\/]sdk\.ts$/;

/** Errors of operations that nobody calls. One that came after all is told as the many that S3 does not declare. */
const UNDECLARED = [
  'AnnotationLimitExceeded',
  'AnnotationNameTooLong',
  'BucketAlreadyExists',
  'BucketAlreadyOwnedByYou',
  'InvalidAnnotationName',
  'InvalidPrefix',
  'NoSuchAnnotation',
  'ObjectAlreadyInActiveTierError',
  'UnsupportedMediaType',
];

/**
 * Leaves the S3 operations that nobody calls out of a bundle.
 *
 * The SDK's table of shapes has keys such as `[_h]`, and what an unknown value does as a key nobody can
 * know, so that a bundler keeps every shape. All of them are constants of the same file: with the
 * constant's own text in its place, shapes are data, and those that nothing names go.
 */
const withoutUnusedShapes: Plugin = {
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
      return { contents: withoutErrors(contents), loader: 'js' };
    });
    // Of its own manifest the SDK reads the version.
    bundler.onLoad({ filter: MANIFEST }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, 'utf8')) as { readonly version: string };
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

function withoutErrors(source: string): string {
  return UNDECLARED.reduce((rest, name) => {
    const registered = `n0_registry.registerError(${name}$, ${name});\n`;
    if (!rest.includes(registered)) throw new Error(`the SDK registers no error ${name}`);
    return rest.replace(registered, '');
  }, source);
}

/**
 * Event streams, which no operation of ours has. The client asks for their codec when it is made; and because
 * it names them by `import()`, all that they share with the rest of the SDK would be kept whole.
 */
const EVENT_STREAMS = {
  module: /@smithy[\\/]core[\\/]dist-es[\\/]submodules[\\/]event-streams[\\/]index(?:\.browser)?\.js$/,
  contents: `
    export { resolveEventStreamSerdeConfig } from './eventstream-serde-config-resolver/EventStreamSerdeConfig';
    export const eventStreamSerdeProvider = () => ({ serialize: EventStreamSerde, deserialize: EventStreamSerde });
    ${throwing('EventStreamSerde')}`,
};

/** For `retryMode: 'adaptive'`; the store's client has 'standard', and other clients are not in the plugin. */
const ADAPTIVE_RETRIES = {
  module:
    /@smithy[\\/]core[\\/]dist-es[\\/]submodules[\\/]retry[\\/]util-retry[\\/]AdaptiveRetryStrategy\.js$/,
  contents: throwing('AdaptiveRetryStrategy'),
};

/** The SDK without what the store never reaches. */
export function leanSdk(options: BuildOptions): Plugin {
  const unreached = options.platform === 'browser' ? [EVENT_STREAMS, ADAPTIVE_RETRIES] : [EVENT_STREAMS];
  return asOneFile(options, { module: SDK, plugins: [withoutUnusedShapes, withoutUnreached(unreached)] });
}
