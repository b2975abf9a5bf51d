import type { DeviceId } from '../../../src/core/model/ids.ts';
import { DEFAULT_SETTINGS } from '../../../src/engine/api.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import { MemoryState } from '../../../src/engine/memory/memory-state.ts';
import { MemoryVault } from '../../../src/engine/memory/memory-vault.ts';
import { DeviceStore, type LocalStore } from '../../../src/plugin/adapters/device-store.ts';
import { SettingsFile } from '../../../src/plugin/adapters/settings-file.ts';
import { DEFAULTS } from '../../../src/plugin/settings/defaults.ts';
import { Conflicts } from '../../../src/plugin/sync/conflicts.ts';
import { EngineLog } from '../../../src/plugin/sync/engine-log.ts';
import { LogRing } from '../../../src/plugin/sync/log-ring.ts';
import { Session, type CloudTools } from '../../../src/plugin/sync/session.ts';
import { PluginSync } from '../../../src/plugin/sync/sync-service.ts';
import { VaultKeys } from '../../../src/plugin/sync/vault-keys.ts';
import { sealedStore } from '../../../src/storage/sealed/held-key.ts';
import { MemoryStore } from '../../../src/storage/memory/memory-store.ts';
import type { ObjectStore } from '../../../src/storage/object-store.ts';
import { StoreError } from '../../../src/storage/store-error.ts';
import { compression, hashing } from '../../engine/two-devices.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { SeededRandom } from '../../support/seeded-random.ts';

export const S3 = { ...DEFAULTS.s3, bucket: 'notes', accessKeySecret: 'key', secretKeySecret: 'secret' };

/** A device with the plugin's sync, and what a test holds of it. */
export interface Made {
  readonly service: PluginSync;
  readonly vault: MemoryVault;
  readonly secrets: Map<string, string>;
  readonly storage: LocalStore;
  readonly states: Map<string, MemoryState>;
  readonly settings: SettingsFile;
  /** `callsLeft`: after so many the line is down. */
  readonly cloud: { down: boolean; hang: boolean; online: boolean; callsLeft: number };
  /** Holds on the database, now. */
  readonly holds: { count: number };
  readonly probes: string[];
}

const KEYS = [
  ['key', 'AK'],
  ['secret', 'SK'],
] as const;

let seed = 0;

export async function made(
  store: MemoryStore,
  clock: FakeClock,
  options: {
    readonly secrets?: Map<string, string>;
    readonly readableCopy?: boolean;
    readonly backup?: MemoryStore;
  } = {},
): Promise<Made> {
  const { secrets = new Map(KEYS), readableCopy = false, backup } = options;
  const backups = backup === undefined ? [] : [{ name: 'spare', store: backup }];
  seed += 1;
  const random = new SeededRandom(seed);
  const texts = new Map<string, string>();
  const storage: LocalStore = {
    load: (key) => JSON.parse(texts.get(key) ?? 'null') as unknown,
    save: (key, value) => void texts.set(key, JSON.stringify(value)),
  };
  const settings = new SettingsFile({
    load: () => Promise.resolve({ s3: S3, intervalMinutes: 0 }),
    save: () => Promise.resolve(),
    keepAside: () => Promise.resolve(''),
  });
  await settings.load();
  const vault = new MemoryVault({ clock, hashing });
  const states = new Map<string, MemoryState>();
  const cloud = { down: false, hang: false, online: true, callsLeft: Infinity };
  const holds = { count: 0 };
  const probes: string[] = [];
  const keys = new VaultKeys(
    { get: (name) => secrets.get(name), set: (name, secret) => void secrets.set(name, secret) },
    hashing,
  );
  const log = new LogRing(storage);
  const device = new DeviceStore(storage, random, `Device ${seed}`);
  const tools: CloudTools = {
    clock,
    random,
    hashing,
    compression,
    log: new EngineLog(log, () => clock.now()),
    device: { id: String(seed).padStart(16, '0') as DeviceId, name: device.record.name },
    settings: { ...DEFAULT_SETTINGS, readableCopy },
  };
  const session = new Session({
    device,
    settings: () => settings.settings,
    secret: (name) => secrets.get(name),
    openState: (database) => {
      const state = states.get(database)?.crash() ?? new MemoryState();
      states.set(database, state);
      return Promise.resolve(state);
    },
    deleteDatabase: (database) => Promise.resolve(void states.delete(database)),
    openVault: () => vault,
    hold: () => {
      holds.count += 1;
      return Promise.resolve(() => void (holds.count -= 1));
    },
    keys,
    openCloud: () => ({ store: reached(store, cloud), bare: store }),
    tools: () => tools,
    openEngine: ({ state, vaultKey }) => {
      const bare = reached(store, cloud);
      const sealed = vaultKey === undefined ? bare : sealedStore(bare, vaultKey, compression);
      const settings = { ...tools.settings, readableCopy: readableCopy && vaultKey === undefined };
      return Promise.resolve(createEngine({ ...tools, settings, vault, store: sealed, state, backups }));
    },
    probe: (cloud) => {
      probes.push(cloud.kind === 's3' ? cloud.place.bucket : cloud.kind);
      return Promise.resolve({ conditionForm: 'quoted', transport: 'request-url' });
    },
    check: () => Promise.resolve({ findings: [], way: undefined }),
    probeBackup: () => Promise.resolve({ conditionForm: 'quoted', transport: 'request-url' }),
    checkBackup: () => Promise.resolve({ findings: [], way: undefined }),
  });
  const conflicts = new Conflicts(storage, (at) => vault.userRead(at) !== undefined);
  const isOnline = (): boolean => cloud.online;
  const service = new PluginSync({
    ...{ session, settings, device, log, conflicts, clock, hashing, compression, keys, isOnline },
  });
  return { service, vault, secrets, storage, states, settings, cloud, holds, probes };
}

/** The store as a line that may be down, or silent until somebody gives up. */
function reached(store: MemoryStore, cloud: Made['cloud']): ObjectStore {
  const through = (options: { readonly signal?: AbortSignal } = {}): Promise<void> => {
    cloud.callsLeft -= 1;
    if (cloud.down || cloud.callsLeft < 0)
      return Promise.reject(new StoreError('unavailable', { provider: 's3' }));
    if (!cloud.hang) return Promise.resolve();
    return new Promise((_resolve, reject) => {
      const abort = (): void => reject(new StoreError('aborted', { provider: 's3' }));
      if (options.signal?.aborted === true) abort();
      options.signal?.addEventListener('abort', abort);
    });
  };
  return {
    capabilities: store.capabilities,
    get: (key, options) => through(options).then(() => store.get(key, options)),
    put: (key, body, options) => through(options).then(() => store.put(key, body, options)),
    copy: (from, to, options) => through(options).then(() => store.copy(from, to, options)),
    delete: (key, options) => through(options).then(() => store.delete(key, options)),
    head: (key, options) => through(options).then(() => store.head(key, options)),
    list: async function* (prefix, options) {
      await through(options);
      yield* store.list(prefix, options);
    },
    close: () => Promise.resolve(),
  };
}

export async function setting(
  options: Parameters<typeof made>[2] = {},
): Promise<Made & { readonly clock: FakeClock; readonly store: MemoryStore }> {
  const clock = new FakeClock();
  const store = new MemoryStore({ clock });
  return { ...(await made(store, clock, options)), clock, store };
}
