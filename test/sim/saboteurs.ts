import { EngineError, type Engine, type EngineDeps } from '../../src/engine/api.ts';
import type { StateWrite, Vault } from '../../src/engine/ports.ts';
import type { ObjectStore, PutOptions } from '../../src/storage/object-store.ts';
import { toText } from './bytes.ts';
import type { Scenario } from './scenario.ts';
import type { InvariantId } from './violation.ts';

/** Breaks the engine, or what it stands on, in one way; the rule that must notice. */
export interface Saboteur {
  readonly rule: InvariantId;
  /** What it does. */
  readonly title: string;
  /** What the engine gets instead of its ports. */
  readonly deps?: (deps: EngineDeps) => EngineDeps;
  /** What the devices get instead of the engine. */
  readonly engine?: (engine: Engine, deps: EngineDeps) => Engine;
  /** Makes what is needed likely. */
  readonly adjust?: (scenario: Scenario) => Scenario;
}

function withVault(deps: EngineDeps, part: Partial<Vault>): EngineDeps {
  const { vault } = deps;
  const whole: Vault = {
    list: (options) => vault.list(options),
    read: (path, range) => vault.read(path, range),
    stage: (chunks) => vault.stage(chunks),
    install: (staged, path, options) => vault.install(staged, path, options),
    move: (from, to, expected) => vault.move(from, to, expected),
    moveToTrash: (path, expected) => vault.moveToTrash(path, expected),
    setFolder: (path, state) => vault.setFolder(path, state),
    discardStaged: (keep) => vault.discardStaged(keep),
  };
  return { ...deps, vault: { ...whole, ...part } };
}

function withStore(deps: EngineDeps, part: Partial<ObjectStore>): EngineDeps {
  const { store } = deps;
  const whole: ObjectStore = {
    capabilities: store.capabilities,
    get: (key, options) => store.get(key, options),
    put: (key, body, options) => store.put(key, body, options),
    copy: (from, to, options) => store.copy(from, to, options),
    delete: (key, options) => store.delete(key, options),
    head: (key, options) => store.head(key, options),
    list: (prefix, options) => store.list(prefix, options),
    close: () => store.close(),
  };
  return { ...deps, store: { ...whole, ...part } };
}

/** Stands before each backup's store. */
function withBackups(deps: EngineDeps, put: (store: ObjectStore) => ObjectStore['put']): EngineDeps {
  const backups = (deps.backups ?? []).map(({ name, store }) => ({
    name,
    store: withStore({ ...deps, store }, { put: put(store) }).store,
  }));
  return { ...deps, backups };
}

function withWrites(deps: EngineDeps, change: (write: StateWrite) => StateWrite | undefined): EngineDeps {
  const { state } = deps;
  const write = (batch: readonly StateWrite[], options?: Parameters<typeof state.write>[1]): Promise<void> =>
    state.write(
      batch.map(change).filter((one) => one !== undefined),
      options,
    );
  return {
    ...deps,
    state: { damaged: undefined, rows: (table) => state.rows(table), write, close: () => state.close() },
  };
}

function withSync(engine: Engine, sync: Engine['sync']): Engine {
  return { ...engine, sync };
}

const busy = (scenario: Scenario): Scenario => ({
  ...scenario,
  chaosSteps: 350,
  start: 'synced',
  hotNote: 0.7,
});
const crashing = (scenario: Scenario): Scenario => ({ ...busy(scenario), crashRate: 0.04, torn: true });

const backedUp = (scenario: Scenario): Scenario => ({
  ...busy(scenario),
  backups: ['honoured'],
  devices: scenario.devices.map((device) => ({ ...device, backups: true })),
});

export const SABOTEURS: readonly Saboteur[] = [
  {
    rule: 'I1',
    title: '[I1] [I10] a deletion elsewhere takes an edited file along',
    adjust: (scenario) => ({ ...busy(scenario), hotNote: 0 }),
    deps: (deps) =>
      withVault(deps, {
        moveToTrash: async (path, expected) =>
          deps.vault.moveToTrash(path, await hashNow(deps, path, expected)),
      }),
  },
  {
    rule: 'I7',
    title: '[I7] a conflict copy is said to be written and is not',
    adjust: busy,
    deps: (deps) =>
      withVault(deps, {
        install: async (staged, path, options) =>
          path.includes('(conflict ')
            ? { kind: 'done', file: { path, sizeBytes: 1, mtimeMs: options.mtimeMs } }
            : deps.vault.install(staged, path, options),
      }),
  },
  {
    rule: 'I2',
    title: '[I2] what was downloaded never arrives',
    deps: (deps) =>
      withVault(deps, {
        list: async (options) => {
          const listing = await deps.vault.list(options);
          return { ...listing, files: listing.files.filter((file) => !file.path.startsWith('a')) };
        },
        install: async (staged, path, options) =>
          path.startsWith('a')
            ? { kind: 'done', file: { path, sizeBytes: 1, mtimeMs: options.mtimeMs } }
            : deps.vault.install(staged, path, options),
      }),
  },
  {
    rule: 'I3',
    title: '[I3] every sync lists the bucket',
    engine: (engine, deps) =>
      withSync(engine, async (options) => {
        await deps.store.list('')[Symbol.asyncIterator]().next();
        return engine.sync(options);
      }),
    adjust: (scenario) => ({ ...scenario, faultRate: 0, hotMethod: undefined }),
  },
  {
    rule: 'I4',
    title: '[I4] what was done is told again',
    engine: (engine) =>
      withSync(engine, async (options) => {
        const report = await engine.sync(options);
        const path = 'a.md' as Parameters<Vault['read']>[0];
        return { ...report, events: [...report.events, { kind: 'uploaded', path, reason: 'again' }] };
      }),
  },
  {
    rule: 'I5',
    title: '[I5] the head is written without a condition',
    deps: (deps) =>
      withStore(deps, {
        put: (key, body, options: PutOptions = {}) => {
          const { ifMatch, ifNoneMatch, ...rest } = options;
          return deps.store.put(
            key,
            body,
            key.endsWith('/head') ? rest : { ...rest, ...given({ ifMatch, ifNoneMatch }) },
          );
        },
      }),
  },
  {
    rule: 'I6',
    title: '[I6] packs are said to be stored and are not',
    deps: (deps) =>
      withStore(deps, {
        put: (key, body, options) =>
          key.includes('/packs/') ? Promise.resolve({ etag: 'none' }) : deps.store.put(key, body, options),
      }),
  },
  {
    rule: 'I7',
    title: '[I7] a file is replaced whatever stands there',
    adjust: busy,
    deps: (deps) =>
      withVault(deps, {
        install: async (staged, path, options) => {
          const expected =
            options.expected === 'absent' ? 'absent' : await hashNow(deps, path, options.expected);
          return deps.vault.install(staged, path, { ...options, expected });
        },
      }),
  },
  {
    rule: 'I8',
    title: '[I8] the base is written before the file is in place',
    deps: (deps) =>
      withWrites(deps, (write) =>
        write.table === 'base' && write.value !== undefined
          ? { ...write, value: { hash: 'ab'.repeat(32) } }
          : write,
      ),
  },
  {
    rule: 'I9',
    title: '[I9] a listing leaves a file out without a word',
    deps: (deps) =>
      withVault(deps, {
        list: async (options) => {
          const listing = await deps.vault.list(options);
          const skipped = deps.random.fraction() < 0.3 ? listing.files.slice(1) : listing.files;
          return { ...listing, files: skipped };
        },
      }),
  },
  {
    rule: 'I12',
    title: '[I12] conflict copies are hidden from every listing',
    adjust: (scenario) => ({
      ...busy(scenario),
      start: 'distinct',
      faultRate: 0,
      crashRate: 0.04,
      hotMethod: undefined,
    }),
    deps: (deps) =>
      withVault(deps, {
        list: async (options) => {
          const listing = await deps.vault.list(options);
          return { ...listing, files: listing.files.filter((file) => !file.path.includes('(conflict ')) };
        },
      }),
  },
  {
    rule: 'I15',
    title: '[I15] what is held is applied without asking',
    adjust: (scenario) => ({ ...busy(scenario), massDelete: true }),
    engine: (engine) =>
      withSync(engine, async (options) => {
        await engine.decideHeld('apply');
        return engine.sync(options);
      }),
  },
  {
    rule: 'I22',
    title: '[I22] the text of a note is logged',
    deps: (deps) =>
      withVault(deps, {
        read: async (path, range) => {
          const result = await deps.vault.read(path, range);
          deps.log.write('debug', 'read', { text: toText(result.bytes) });
          return result;
        },
      }),
  },
  {
    rule: 'I23',
    title: '[I23] nobody remembers what was being installed',
    adjust: crashing,
    deps: (deps) =>
      withWrites(deps, (write) =>
        write.table === 'intents' && write.key.startsWith('path:') ? undefined : write,
      ),
  },
  {
    rule: 'I18',
    title: '[I18] a backup gets a head that nobody committed',
    adjust: backedUp,
    deps: (deps) =>
      withBackups(deps, (store) => (key, body, options) => {
        const isHead = key.endsWith('/head') && body instanceof Uint8Array;
        return store.put(key, isHead ? new Uint8Array([...body, 0]) : body, options);
      }),
  },
  {
    rule: 'RE1',
    title: '[RE1] packs are said to be on a backup and are not',
    adjust: backedUp,
    deps: (deps) =>
      withBackups(
        deps,
        (store) => (key, body, options) =>
          key.includes('/packs/') ? Promise.resolve({ etag: 'none' }) : store.put(key, body, options),
      ),
  },
  {
    rule: 'I2',
    title: '[I2] the head of a backup is said to be written and is not',
    adjust: backedUp,
    deps: (deps) =>
      withBackups(
        deps,
        (store) => (key, body, options) =>
          key.endsWith('/head') ? Promise.resolve({ etag: 'none' }) : store.put(key, body, options),
      ),
  },
  {
    rule: 'RE23',
    title: '[RE5] [RE23] a pack of a backup is removed as soon as it is there',
    adjust: backedUp,
    deps: (deps) =>
      withBackups(deps, (store) => async (key, body, options) => {
        const version = await store.put(key, body, options);
        if (key.includes('/packs/')) await store.delete(key);
        return version;
      }),
  },
  {
    rule: 'error',
    title: '[RE8] a backup that fails fails the sync',
    adjust: (scenario) => ({ ...backedUp(scenario), faultRate: 0.07 }),
    engine: (engine) =>
      withSync(engine, async (options) => {
        const report = await engine.sync(options);
        const failed = report.backups?.find(({ message }) => message !== undefined);
        if (failed !== undefined) throw new EngineError('cloud', failed.message ?? '');
        return report;
      }),
  },
  {
    rule: 'leak',
    title: 'a sync goes on after it has ended',
    engine: (engine, deps) =>
      withSync(engine, async (options) => {
        const report = await engine.sync(options);
        void deps.vault.list({ include: () => true }).catch(() => undefined);
        return report;
      }),
  },
  {
    rule: 'deadlock',
    title: 'a sync waits for what never comes',
    engine: (engine) => withSync(engine, () => new Promise(() => undefined)),
    adjust: (scenario) => ({ ...scenario, start: 'one', crashRate: 0 }),
  },
  {
    rule: 'preview',
    title: 'a preview syncs',
    adjust: (scenario) => ({ ...busy(scenario), start: 'one' }),
    engine: (engine) => ({
      ...engine,
      preview: async (signal) => {
        const preview = await engine.preview(signal);
        await engine.sync({ acceptFirst: true, ...(signal === undefined ? {} : { signal }) });
        return preview;
      },
    }),
  },
  {
    rule: 'error',
    title: 'a failure of the engine itself comes through',
    engine: (engine) =>
      withSync(engine, async (options) => {
        await engine.sync(options);
        throw new TypeError('not a function');
      }),
  },
];

function given(conditions: {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: '*' | undefined;
}): PutOptions {
  const { ifMatch, ifNoneMatch } = conditions;
  if (ifMatch !== undefined) return { ifMatch };
  return ifNoneMatch === undefined ? {} : { ifNoneMatch };
}

/** What stands there now, so that the vault's own check always holds. */
async function hashNow<H>(deps: EngineDeps, path: Parameters<Vault['read']>[0], otherwise: H): Promise<H> {
  try {
    return (await deps.hashing.sha256((await deps.vault.read(path)).bytes)) as unknown as H;
  } catch {
    return otherwise;
  }
}
