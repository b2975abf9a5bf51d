import { describe, expect, it } from 'vitest';
import type { DeviceId } from '../../../src/core/model/ids.ts';
import { DEFAULT_SETTINGS } from '../../../src/engine/api.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import { MemoryState } from '../../../src/engine/memory/memory-state.ts';
import { MemoryVault } from '../../../src/engine/memory/memory-vault.ts';
import { DeviceStore, type LocalStore } from '../../../src/plugin/adapters/device-store.ts';
import { SettingsFile } from '../../../src/plugin/adapters/settings-file.ts';
import type { SyncState } from '../../../src/plugin/service.ts';
import { DEFAULTS } from '../../../src/plugin/settings/defaults.ts';
import { Conflicts } from '../../../src/plugin/sync/conflicts.ts';
import { EngineLog } from '../../../src/plugin/sync/engine-log.ts';
import { LogRing } from '../../../src/plugin/sync/log-ring.ts';
import { Session } from '../../../src/plugin/sync/session.ts';
import { PluginSync } from '../../../src/plugin/sync/sync-service.ts';
import { sealedStore, VaultKeys } from '../../../src/plugin/sync/vault-keys.ts';
import { TEXTS } from '../../../src/plugin/texts.ts';
import { MemoryStore } from '../../../src/storage/memory/memory-store.ts';
import type { ObjectStore } from '../../../src/storage/object-store.ts';
import { StoreError } from '../../../src/storage/store-error.ts';
import { compression, hashing } from '../../engine/two-devices.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { SeededRandom } from '../../support/seeded-random.ts';

const S3 = { ...DEFAULTS.s3, bucket: 'notes', accessKeySecret: 'key', secretKeySecret: 'secret' };

interface Made {
  readonly service: PluginSync;
  readonly vault: MemoryVault;
  readonly secrets: Map<string, string>;
  readonly storage: LocalStore;
  readonly states: Map<string, MemoryState>;
  readonly settings: SettingsFile;
  readonly cloud: { down: boolean; hang: boolean; online: boolean };
  /** Holds on the database, now. */
  readonly holds: { count: number };
  readonly probes: string[];
}

let seed = 0;

async function made(store: MemoryStore, clock: FakeClock): Promise<Made> {
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
  const secrets = new Map([
    ['key', 'AK'],
    ['secret', 'SK'],
  ]);
  const vault = new MemoryVault({ clock, hashing });
  const states = new Map<string, MemoryState>();
  const cloud = { down: false, hang: false, online: true };
  const holds = { count: 0 };
  const probes: string[] = [];
  const keys = new VaultKeys(
    { get: (name) => secrets.get(name), set: (name, secret) => void secrets.set(name, secret) },
    hashing,
  );
  const log = new LogRing(storage);
  const device = new DeviceStore(storage, random, `Device ${seed}`);
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
    openStore: () => reached(store, cloud),
    openEngine: async ({ state, vaultKey }) =>
      Promise.resolve(
        createEngine({
          vault,
          store:
            vaultKey === undefined
              ? reached(store, cloud)
              : await sealedStore(reached(store, cloud), vaultKey, compression),
          state,
          clock,
          random,
          hashing,
          compression,
          log: new EngineLog(log, () => clock.now()),
          device: { id: String(seed).padStart(16, '0') as DeviceId, name: device.record.name },
          settings: { ...DEFAULT_SETTINGS, readableCopy: false },
        }),
      ),
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
    if (cloud.down) return Promise.reject(new StoreError('unavailable', { provider: 's3' }));
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
    list: (prefix, options) => store.list(prefix, options),
    close: () => Promise.resolve(),
  };
}

async function setting(): Promise<Made & { readonly clock: FakeClock; readonly store: MemoryStore }> {
  const clock = new FakeClock();
  const store = new MemoryStore({ clock });
  return { ...(await made(store, clock)), clock, store };
}

describe('the sync of a vault in the app', () => {
  it('[PG1] sends an edit once it has settled, and says what it is doing', async () => {
    const { service, vault, clock, store } = await setting();
    const seen: SyncState['kind'][] = [];
    service.onState(() => {
      if (seen.at(-1) !== service.state.kind) seen.push(service.state.kind);
    });
    service.start();
    await clock.advance(0);
    vault.userWrite('note.md', 'text');
    service.edited();
    await clock.advance(1999);
    expect(service.state.kind).toBe('waiting');
    await clock.advance(1);
    expect(seen).toEqual(['synced', 'syncing', 'synced', 'waiting', 'syncing', 'synced']);
    const other = await made(store, clock);
    await other.service.syncNow();
    expect(new TextDecoder().decode(other.vault.userRead('note.md'))).toBe('text');
    expect(service.log.map(({ text }) => text)).toContain('Sent: note.md');
  });

  it('[PG7] is final in its state when a sync by hand resolves, and is joined by a second', async () => {
    const { service, vault } = await setting();
    vault.userWrite('note.md', 'text');
    const [first, second] = [service.syncNow(), service.syncNow({ byHand: true })];
    expect(second).toBe(first);
    expect((await first)?.outcome).toBe('done');
    expect(service.state.kind).toBe('synced');
  });

  it('[PG6] does nothing by itself before somebody has looked at the first sync of two full sides', async () => {
    const { service, vault, clock, store } = await setting();
    const other = await made(store, clock);
    other.vault.userWrite('theirs.md', 'theirs');
    await other.service.syncNow();
    vault.userWrite('mine.md', 'mine');
    service.start();
    await clock.advance(0);
    expect(service.state).toMatchObject({ kind: 'attention', reason: 'first-preview' });
    service.edited();
    await clock.advance(1_000_000);
    expect(vault.userRead('theirs.md')).toBeUndefined();
    await service.syncNow({ acceptFirst: true, byHand: true });
    expect(vault.userRead('theirs.md')).toBeDefined();
    expect(service.state.kind).toBe('synced');
  });

  it('[PG6] says which key is missing, and goes on when it is there', async () => {
    const { service, secrets, settings, clock } = await setting();
    secrets.delete('secret');
    await service.syncNow();
    expect(service.state).toMatchObject({
      kind: 'unset',
      message: expect.stringContaining('“secret”') as string,
    });
    secrets.set('secret', 'SK');
    await service.changeSettings({ s3: settings.settings.s3 });
    service.start();
    await clock.advance(0);
    expect(service.state.kind).toBe('synced');
  });

  it('[PG6] does nothing while it is paused, over a restart too', async () => {
    const { service, vault, clock, storage } = await setting();
    service.start();
    await clock.advance(0);
    service.setPaused(true);
    vault.userWrite('note.md', 'text');
    service.edited();
    await clock.advance(100_000);
    expect(service.state).toEqual({ kind: 'paused' });
    expect(await service.syncNow({ byHand: true })).toBeUndefined();
    expect(new DeviceStore(storage, new SeededRandom(9), 'x').record.paused).toBe(true);
    service.setPaused(false);
    await clock.advance(0);
    expect(service.state.kind).toBe('synced');
  });

  it('[PG3] is offline while the cloud is out of reach, tries again, and looks for another road', async () => {
    const { service, cloud, clock, probes } = await setting();
    cloud.down = true;
    service.start();
    await clock.advance(0);
    expect(service.state.kind).toBe('offline');
    expect(probes).toEqual(['notes']);
    await clock.advance(5000);
    cloud.down = false;
    await clock.advance(10_000);
    expect(service.state.kind).toBe('synced');
    expect(probes).toEqual(['notes', 'notes']);
  });

  it('[PG8] is stopped by a person at once, and the next sync goes on', async () => {
    const { service, vault, cloud } = await setting();
    vault.userWrite('note.md', 'text');
    cloud.hang = true;
    const running = service.syncNow();
    await Promise.resolve();
    service.stop();
    expect(await running).toBeUndefined();
    expect(service.log.at(-1)?.text).toMatch(/stopped/u);
    cloud.hang = false;
    expect((await service.syncNow())?.events).toHaveLength(1);
  });

  it('[PG8] ends in mid-sync when the plugin is turned off, and lets go of everything', async () => {
    const { service, vault, cloud, holds, clock } = await setting();
    vault.userWrite('note.md', 'text');
    service.start();
    cloud.hang = true;
    const running = service.syncNow();
    await new Promise(setImmediate);
    expect(holds.count).toBe(1);
    await service.close();
    expect(await running).toBeUndefined();
    expect(holds.count).toBe(0);
    expect(clock.sleeping).toBe(0);
    expect(await service.syncNow()).toBeUndefined();
    await expect(service.preview()).rejects.toThrow(/not running/u);
  });

  it('[PG9] starts afresh with another cloud, and forgets one on demand', async () => {
    const { service, states, settings, probes } = await setting();
    await service.syncNow();
    const [first] = states.keys();
    await service.changeSettings({ s3: { ...S3, bucket: 'others' } });
    expect(states.has(first ?? '')).toBe(false);
    await service.syncNow();
    expect(probes).toEqual(['notes', 'others']);
    await service.forgetCloud();
    expect(states.size).toBe(0);
    expect(settings.settings.s3).toEqual(DEFAULTS.s3);
    expect(service.state.kind).toBe('unset');
  });

  it('[PG10] brings a version back as an edit of its own, with what stood there in history', async () => {
    const { service, vault } = await setting();
    const text = (): string => new TextDecoder().decode(vault.userRead('note.md'));
    vault.userWrite('note.md', 'first');
    await service.syncNow();
    vault.userWrite('note.md', 'second');
    await service.syncNow();
    const [, first] = await service.history('note.md' as never);
    if (first === undefined) throw new Error('two versions were synced');
    expect(new TextDecoder().decode(await service.contents(first))).toBe('first');
    vault.userWrite('note.md', 'not synced yet');
    await service.restoreVersion(first);
    expect(text()).toBe('first');
    await service.syncNow();
    const versions = await service.history('note.md' as never);
    const texts = await Promise.all(versions.map((version) => service.contents(version)));
    expect(texts.map((bytes) => new TextDecoder().decode(bytes))).toEqual([
      'first',
      'not synced yet',
      'second',
      'first',
    ]);
  });

  it('[PG11] keeps conflict copies in mind until they are gone', async () => {
    const { service, vault, store, clock } = await setting();
    const other = await made(store, clock);
    vault.userWrite('note.md', 'base');
    await service.syncNow();
    await other.service.syncNow();
    vault.userWrite('note.md', 'mine');
    other.vault.userWrite('note.md', 'theirs');
    await service.syncNow();
    await other.service.syncNow();
    expect(other.service.state).toMatchObject({ kind: 'attention', reason: 'conflicts' });
    const { copy = '' } = other.service.conflictDesk.open[0] ?? {};
    await other.service.syncNow();
    expect(other.service.state.kind).toBe('attention');
    other.vault.userDelete(copy);
    await other.service.syncNow();
    expect(other.service.state.kind).toBe('synced');
  });

  it('[EN21] [EN22] encrypts an empty cloud, and another device opens it with the passphrase alone', async () => {
    const { service, vault, store, clock, secrets } = await setting();
    const other = await made(store, clock);
    const passphrase = 'correct horse battery';
    expect(await service.encryption.look()).toBe('empty');
    const recoveryKey = await service.encryption.begin(passphrase);
    expect(await service.encryption.look()).toBe('has-key');
    expect(await service.encryption.recoveryKey()).toBe(recoveryKey);
    vault.userWrite('canary.md', 'the canary text');
    await service.syncNow();
    expect(service.state.kind).toBe('synced');
    const objects = [...store.snapshot()].map(
      ([name, { body }]) => name + Buffer.from(body).toString('latin1'),
    );
    expect(objects.join('')).not.toMatch(/canary/u);
    expect([...secrets.values()].join(' ')).not.toContain(passphrase);

    other.vault.userWrite('mine.md', 'unsynced');
    await other.service.syncNow();
    expect(other.service.state).toMatchObject({ kind: 'attention', message: TEXTS.encryption.locked });
    expect(await other.service.encryption.look()).toBe('sealed');
    const before = store.snapshot();
    expect(await other.service.encryption.join('another one entirely')).toBe(false);
    expect(store.snapshot()).toEqual(before);
    expect(await other.service.encryption.join(passphrase)).toBe(true);
    await other.service.syncNow({ acceptFirst: true });
    await service.syncNow();
    expect(new TextDecoder().decode(other.vault.userRead('canary.md'))).toBe('the canary text');
    expect(new TextDecoder().decode(vault.userRead('mine.md'))).toBe('unsynced');
    await other.service.forgetCloud();
    expect([...other.secrets.values()].join(' ')).not.toContain('AGE-SECRET-KEY');
  });

  it('[EN22] a plain cloud is not begun encrypted, and the recovery key opens in the place of the passphrase', async () => {
    const { service, vault, store, clock } = await setting();
    vault.userWrite('note.md', 'text');
    await service.syncNow();
    expect(await service.encryption.look()).toBe('plain');
    await expect(service.encryption.begin('correct horse battery')).rejects.toThrow(
      'twincloud encryption on',
    );
    await service.forgetCloud();
    const empty = new MemoryStore({ clock });
    const [first, second] = [await made(empty, clock), await made(empty, clock)];
    const key = await first.service.encryption.begin('correct horse battery');
    await expect(second.service.encryption.begin('a second one, later')).rejects.toThrow(
      TEXTS.encryption.otherFirst,
    );
    expect(await second.service.encryption.join(key.toLowerCase())).toBe(true);
    expect(store.snapshot().size).toBeGreaterThan(0);
  });

  it('keeps its log over a restart', async () => {
    const { service, vault, storage } = await setting();
    vault.userWrite('note.md', 'text');
    await service.syncNow();
    const again = new LogRing(storage);
    expect(again.entries).toEqual(service.log);
    expect(again.entries.length).toBeGreaterThan(0);
  });
});
