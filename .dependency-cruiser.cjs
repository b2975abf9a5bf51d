/*
 *   core ◄── storage ◄── engine ◄── plugin, cli        main.ts ► plugin
 *
 * Which room may import which, and which packages each may import. See docs/ARCHITECTURE.md.
 */

/** Room → the other rooms it may import. A room that is not listed here does not exist. */
const ARROWS = {
  core: [],
  storage: ['core'],
  engine: ['core', 'storage'],
  plugin: ['core', 'storage', 'engine'],
  cli: ['core', 'storage', 'engine'],
};

/** Folder → the packages its `.ts` may import; the `.mts` of a room may also use Node's modules. */
const PACKAGES = {
  core: ['valibot', 'ignore'],
  // MD5 for entity tags, as a store would give them.
  'storage/memory': ['@noble/hashes'],
  'storage/s3': ['p-map', '@aws-sdk/client-s3'],
  'storage/gcs': ['valibot'],
  // MD5 is set at the upload, which the service does not do for blocks.
  'storage/azure': ['@aws-sdk/xml-builder', '@noble/hashes', 'valibot'],
  // The age format, and the one cipher that it lacks: names have to be sealed alike each time.
  'storage/sealed': ['age-encryption', '@noble/ciphers', '@noble/hashes'],
  storage: ['p-map'],
  engine: ['p-map'],
  // The app brings CodeMirror, but for its merge view.
  plugin: [
    'obsidian',
    'valibot',
    'idb-keyval',
    '@noble/hashes',
    '@codemirror',
    'diff-match-patch',
    'eventsource-parser',
  ],
};

const anyOf = (names) => `(${names.join('|')})`;
// Types-only packages stay unresolved, so the bare name has to match too.
const packagePattern = (names) => `(^|node_modules/)${anyOf(names)}(/|$)`;

const KNOWN = `^src/${anyOf(Object.keys(ARROWS))}/|^src/main[.]ts$`;
const OBSIDIAN = packagePattern(['obsidian']);

const arrows = Object.entries(ARROWS).map(([room, allowed]) => ({
  name: `${room}-imports`,
  comment: `src/${room} may import ${allowed.length === 0 ? 'no other room' : allowed.join(', ')}.`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: `^src/${anyOf([room, ...allowed])}/` },
}));

const packages = Object.entries(PACKAGES).map(([folder, allowed]) => ({
  name: `${folder.replace('/', '-')}-packages`,
  comment: `src/${folder} may import ${allowed.join(', ')}.`,
  severity: 'error',
  from: {
    path: `^src/${folder}/`,
    ...(folder === 'storage' ? { pathNot: '^src/storage/(s3|azure|gcs|memory|sealed)/' } : {}),
  },
  to: { pathNot: [packagePattern(allowed), '^src/', '^[.]'], dependencyTypesNot: ['core'] },
}));

module.exports = {
  forbidden: [
    ...arrows,
    ...packages,
    {
      name: 'no-unknown-room',
      comment: 'A new folder of src needs its row in ARROWS, and its world in tsconfig/.',
      severity: 'error',
      from: { path: '^src/', pathNot: KNOWN },
      to: {},
    },
    {
      name: 'no-import-of-unknown-room',
      comment: 'A new folder of src needs its row in ARROWS, and its world in tsconfig/.',
      severity: 'error',
      from: {},
      to: { path: '^src/', pathNot: KNOWN },
    },
    {
      name: 'ts-never-imports-mts',
      comment: '.ts may be bundled into Obsidian, where Node is absent.',
      severity: 'error',
      from: { path: '^src/.*[.]ts$' },
      to: { path: '^src/.*[.]mts$' },
    },
    {
      name: 'ts-never-imports-node',
      severity: 'error',
      from: { path: '^src/.*[.]ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'main-only-names-the-plugin',
      severity: 'error',
      from: { path: '^src/main[.]ts$' },
      to: { pathNot: '^src/plugin/plugin[.]ts$' },
    },
    {
      name: 'only-composition-roots-build',
      comment:
        'Concrete stores, vaults and states are chosen in cli/*.mts and plugin/{compose,clouds}.ts alone.',
      severity: 'error',
      from: { path: '^src/(engine|plugin)/', pathNot: '^src/plugin/(compose|clouds)[.]ts$' },
      to: { path: '^src/storage/(s3|azure|gcs|memory|folder|sealed|wrappers)/' },
    },
    {
      name: 'cli-is-node',
      comment: 'The command runs in Node only; what the plugin needs too belongs in another room.',
      severity: 'error',
      from: {},
      to: { path: '^src/cli/.*[.]ts$' },
    },
    {
      name: 'nothing-runs-on-development-packages',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(plugin/|main[.]ts$)' },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'declared-packages',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], pathNot: OBSIDIAN },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: OBSIDIAN },
    },
    { name: 'no-cycles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    {
      name: 'no-cycles-at-run-time',
      comment: 'Outside src two modules may name each other in types.',
      severity: 'error',
      from: { pathNot: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.mts', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
