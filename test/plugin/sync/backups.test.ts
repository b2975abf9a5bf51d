import { describe, expect, it } from 'vitest';
import type { DeviceId } from '../../../src/core/model/ids.ts';
import { DEFAULT_SETTINGS } from '../../../src/engine/api.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import { MemoryState } from '../../../src/engine/memory/memory-state.ts';
import { MemoryVault } from '../../../src/engine/memory/memory-vault.ts';
import { unopenedStore } from '../../../src/engine/replicas/unopened-store.ts';
import { DeviceStore } from '../../../src/plugin/adapters/device-store.ts';
import { SettingsFile } from '../../../src/plugin/adapters/settings-file.ts';
import { NO_CLOUD } from '../../../src/plugin/settings/cloud.ts';
import { DEFAULTS } from '../../../src/plugin/settings/defaults.ts';
import type { BackupSettings } from '../../../src/plugin/settings/model.ts';
import { Conflicts } from '../../../src/plugin/sync/conflicts.ts';
import { EngineLog } from '../../../src/plugin/sync/engine-log.ts';
import { LogRing } from '../../../src/plugin/sync/log-ring.ts';
import { Session, type CloudTools } from '../../../src/plugin/sync/session.ts';
import { PluginSync } from '../../../src/plugin/sync/sync-service.ts';
import { VaultKeys } from '../../../src/plugin/sync/vault-keys.ts';
import { MemoryStore } from '../../../src/storage/memory/memory-store.ts';
import type { ObjectStore } from '../../../src/storage/object-store.ts';
import { StoreError } from '../../../src/storage/store-error.ts';
import { intercept } from '../../../src/storage/wrappers/intercept.ts';
import { withoutConditions } from '../../../src/storage/wrappers/without-conditions.ts';
import { compression, hashing } from '../../engine/two-devices.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { SeededRandom } from '../../support/seeded-random.ts';

const KEYS = { accessKeySecret: 'key', secretKeySecret: 'secret' };
const S3 = { ...DEFAULTS.s3, ...KEYS, bucket: 'notes' };

function backupIn(bucket: string, name = 'spare', secretKeySecret = 'spare-secret'): BackupSettings {
  return { ...NO_CLOUD, name, s3: { ...S3, bucket, secretKeySecret } };
}

/** Buckets by name, each with a line that may be down. */
class Buckets {
  readonly clock = new FakeClock();
  readonly down = new Set<string>();
  /** Servers that ignore conditions. */
  readonly unconditional = new Set<string>();
  readonly #stores = new Map<string, MemoryStore>();

  store(bucket: string): MemoryStore {
    const store = this.#stores.get(bucket) ?? new MemoryStore({ clock: this.clock });
    this.#stores.set(bucket, store);
    return store;
  }

  reach(bucket: string): ObjectStore {
    const fail = (): void => {
      if (this.down.has(bucket)) throw new StoreError('unavailable', { provider: 's3' });
    };
    const store = this.store(bucket);
    return {
      ...intercept(store, async (call, run) => {
        fail();
        return run(call.signal);
      }),
      close: () => Promise.resolve(),
    };
  }
}

let seed = 900;

function bucketOf(cloud: { readonly kind: string; readonly place: object }): string {
  return (cloud.place as { readonly bucket: string }).bucket;
}

async function device(buckets: Buckets, backups: readonly BackupSettings[] = []) {
  seed += 1;
  const { clock } = buckets;
  const random = new SeededRandom(seed);
  const texts = new Map<string, string>();
  const storage = {
    load: (key: string) => JSON.parse(texts.get(key) ?? 'null') as unknown,
    save: (key: string, value: unknown) => void texts.set(key, JSON.stringify(value)),
  };
  const settings = new SettingsFile({
    load: () => Promise.resolve({ s3: S3, backups, intervalMinutes: 0 }),
    save: () => Promise.resolve(),
    keepAside: () => Promise.resolve(''),
  });
  await settings.load();
  const secrets = new Map(['key', 'secret', 'spare-secret'].map((name) => [name, name.toUpperCase()]));
  const get = (name: string): string | undefined => secrets.get(name);
  const set = (name: string, secret: string): void => void secrets.set(name, secret);
  const vault = new MemoryVault({ clock, hashing });
  const states = new Map<string, MemoryState>();
  const keys = new VaultKeys({ get, set }, hashing);
  const log = new LogRing(storage);
  const record = new DeviceStore(storage, random, `Device ${String(seed)}`);
  const probe = async (bucket: string): Promise<void> => {
    if (buckets.down.has(bucket)) throw new StoreError('unavailable', { provider: 's3' });
  };
  const tools: CloudTools = {
    ...{ clock, random, hashing, compression },
    log: new EngineLog(log, () => clock.now()),
    device: { id: String(seed).padStart(16, '0') as DeviceId, name: record.record.name },
    settings: { ...DEFAULT_SETTINGS, readableCopy: false },
  };
  const session = new Session({
    device: record,
    settings: () => settings.settings,
    secret: get,
    openState: async (database) => {
      const state = states.get(database)?.crash() ?? new MemoryState();
      states.set(database, state);
      return state;
    },
    deleteDatabase: async (database) => void states.delete(database),
    openVault: () => vault,
    hold: async () => () => undefined,
    keys,
    openCloud: (cloud) => ({ store: buckets.reach(bucketOf(cloud)), bare: buckets.reach(bucketOf(cloud)) }),
    tools: () => tools,
    openEngine: async ({ state, cloud, backups: parts }) =>
      createEngine({
        ...tools,
        ...{ vault, state },
        store: buckets.reach(bucketOf(cloud)),
        backups: parts.map((one) => {
          if (one.cloud === undefined) return { name: one.name, store: unopenedStore(one.why) };
          const store = buckets.reach(bucketOf(one.cloud));
          return {
            name: one.name,
            store: one.way.conditionForm === 'none' ? withoutConditions(store) : store,
          };
        }),
      }),
    probe: async (cloud) => {
      await probe(bucketOf(cloud));
      return { conditionForm: 'quoted', transport: 'request-url' };
    },
    check: async () => ({ findings: [], way: undefined }),
    probeBackup: async (cloud) => {
      await probe(bucketOf(cloud));
      const conditionForm = buckets.unconditional.has(bucketOf(cloud)) ? 'none' : 'quoted';
      return { conditionForm, transport: 'request-url' };
    },
    checkBackup: async () => ({ findings: [], way: undefined }),
  });
  const conflicts = new Conflicts(storage, (at) => vault.userRead(at) !== undefined);
  const service = new PluginSync({
    ...{ session, settings, device: record, log, conflicts, clock, hashing, compression, keys },
    isOnline: () => true,
  });
  const text = (path: string): string => new TextDecoder().decode(vault.userRead(path));
  return { service, vault, secrets, record, text };
}

/** Fails often enough, over long enough, that the backup is read. */
async function outlast({ service }: Awaited<ReturnType<typeof device>>, { clock }: Buckets): Promise<void> {
  for (let times = 0; times < 4; times += 1) {
    await service.syncNow({ byHand: true });
    await clock.advance(10_000);
  }
}

describe('a vault with backups in the app', () => {
  it('[PB2] is protected after a sync, and tells a backup that is away as behind, with why', async () => {
    const buckets = new Buckets();
    const laptop = await device(buckets);
    laptop.vault.userWrite('note.md', 'one');
    await laptop.service.syncNow();
    expect(laptop.service.state).toEqual({ kind: 'synced', atMs: buckets.clock.now() });
    await laptop.service.backups.add(backupIn('elsewhere'));
    await laptop.service.syncNow();
    expect(laptop.service.state).toMatchObject({
      kind: 'synced',
      backups: [{ name: 'spare', state: 'protected' }],
    });
    buckets.down.add('elsewhere');
    laptop.vault.userWrite('note.md', 'two');
    expect((await laptop.service.syncNow({ byHand: true }))?.outcome).toBe('done');
    expect(laptop.service.state).toMatchObject({
      kind: 'synced',
      backups: [{ name: 'spare', state: 'behind', behindCommits: 1 }],
    });
    expect(laptop.service.backups.all.map(({ status }) => status?.message)).toEqual([
      undefined,
      expect.stringMatching(/reach|answer/u),
    ]);
    buckets.down.clear();
    await laptop.service.syncNow({ byHand: true });
    expect(laptop.service.backups.all.at(-1)?.status?.state).toBe('protected');
  });

  it('[PB2] names the key that is missing, and one never reached stays no obstacle', async () => {
    const buckets = new Buckets();
    buckets.down.add('far');
    const backups = [backupIn('near', 'near', 'not-here'), backupIn('far', 'far')];
    const laptop = await device(buckets, backups);
    laptop.vault.userWrite('note.md', 'one');
    expect((await laptop.service.syncNow())?.outcome).toBe('done');
    const [, near, far] = laptop.service.backups.all;
    expect(near?.status).toMatchObject({
      state: 'behind',
      message: expect.stringContaining('not-here') as string,
    });
    expect(far?.status?.state).toBe('behind');
    laptop.secrets.set('not-here', 'HERE');
    buckets.down.clear();
    await laptop.service.changeSettings({});
    await laptop.service.syncNow({ byHand: true });
    expect(laptop.service.backups.all.slice(1).map(({ status }) => status?.state)).toEqual([
      'protected',
      'protected',
    ]);
  });

  it('[PB3] reads the backup while the cloud is away, sends nothing, switches, and the other device follows', async () => {
    const buckets = new Buckets();
    const backups = [backupIn('elsewhere')];
    const laptop = await device(buckets, backups);
    const phone = await device(buckets, backups);
    laptop.vault.userWrite('note.md', 'one');
    await laptop.service.syncNow();
    await phone.service.syncNow();
    buckets.down.add('notes');
    laptop.vault.userWrite('note.md', 'two');
    await outlast(laptop, buckets);
    expect(laptop.record.record.probed?.isOld).toBe(true);
    expect(laptop.service.state).toMatchObject({ kind: 'offline', readFrom: 'spare' });
    await outlast(phone, buckets);
    expect(phone.text('note.md')).toBe('one');

    expect(await laptop.service.backups.switchTo('spare')).toMatchObject({ kind: 'promoted' });
    expect(laptop.service.backups.all.map(({ isCurrent }) => isCurrent)).toEqual([false, true]);
    expect((await laptop.service.syncNow({ byHand: true }))?.outcome).toBe('done');
    phone.vault.userWrite('phone.md', 'from the phone');
    await phone.service.syncNow({ byHand: true });
    await laptop.service.syncNow({ byHand: true });
    expect(phone.text('note.md')).toBe('two');
    expect(laptop.text('phone.md')).toBe('from the phone');
    await expect(laptop.service.backups.remove('spare')).rejects.toThrow('Switch to another one first');

    buckets.down.clear();
    await laptop.service.syncNow({ byHand: true });
    expect(laptop.service.state).toMatchObject({ backups: [{ name: 'main', state: 'protected' }] });
    laptop.service.backups.forget();
    await laptop.service.backups.look();
    expect(laptop.service.backups.all.map(({ isCurrent }) => isCurrent)).toEqual([false, true]);
    expect(await laptop.service.backups.switchTo('main')).toMatchObject({ kind: 'promoted' });
    await laptop.service.syncNow({ byHand: true });
    await phone.service.syncNow({ byHand: true });
    expect(phone.service.backups.all.map(({ isCurrent }) => isCurrent)).toEqual([true, false]);
  });

  it('[PB4] lets a backup go as it is, and all of them when the cloud is forgotten', async () => {
    const buckets = new Buckets();
    const laptop = await device(buckets, [backupIn('one', 'one'), backupIn('two', 'two')]);
    laptop.vault.userWrite('note.md', 'one');
    await laptop.service.syncNow();
    const keys = async (): Promise<number> => {
      let count = 0;
      for await (const page of buckets.store('one').list('')) count += page.objects.length;
      return count;
    };
    const before = await keys();
    expect(before).toBeGreaterThan(0);
    await laptop.service.backups.remove('one');
    laptop.vault.userWrite('note.md', 'two');
    await laptop.service.syncNow();
    expect(await keys()).toBe(before);
    expect(laptop.service.backups.all.map(({ name }) => name)).toEqual(['main', 'two']);
    await laptop.service.forgetCloud();
    expect(laptop.service.settings.backups).toEqual([]);
    expect(laptop.service.backups.all).toEqual([]);
  });

  it('[PB1] is given no backup in its own place, nor a cloud in the place of a backup', async () => {
    const laptop = await device(new Buckets(), [backupIn('elsewhere')]);
    const { backups } = laptop.service;
    for (const wrong of [
      backupIn('notes', 'other'),
      { ...backupIn('notes', 'other'), s3: { ...S3, region: 'eu-west-1', pathStyle: true } },
      { ...backupIn('notes', 'other'), s3: { ...S3, prefix: 'deeper' } },
      backupIn('elsewhere', 'other'),
      backupIn('third', 'spare'),
      backupIn('third', 'main'),
    ])
      await expect(backups.add(wrong)).rejects.toThrow();
    await expect(laptop.service.changeSettings({ s3: { ...S3, bucket: 'elsewhere' } })).rejects.toThrow(
      'protect nothing',
    );
    expect(laptop.service.settings.s3.bucket).toBe('notes');
    expect(laptop.service.settings.backups).toHaveLength(1);
  });

  it('[PB5] keeps a backup on a server without conditions, and does not switch to it', async () => {
    const buckets = new Buckets();
    buckets.unconditional.add('simple');
    const laptop = await device(buckets, [backupIn('simple')]);
    laptop.vault.userWrite('note.md', 'one');
    await laptop.service.syncNow();
    expect(laptop.service.backups.all.at(-1)?.status?.state).toBe('protected');
    await expect(laptop.service.backups.switchTo('spare')).rejects.toThrow('conditional writes');
    expect(laptop.service.backups.all.map(({ isCurrent }) => isCurrent)).toEqual([true, false]);
  });
});
