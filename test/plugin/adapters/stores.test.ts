import { describe, expect, it } from 'vitest';
import { DeviceStore, type LocalStore } from '../../../src/plugin/adapters/device-store.ts';
import { SettingsFile } from '../../../src/plugin/adapters/settings-file.ts';
import { OwnWrites } from '../../../src/plugin/adapters/vault/own-writes.ts';
import { DEFAULTS } from '../../../src/plugin/settings/defaults.ts';
import type { Settings } from '../../../src/plugin/settings/model.ts';
import { SeededRandom } from '../../support/seeded-random.ts';

/** As the app's storage: JSON in, JSON out. */
function localStore(): LocalStore & { readonly texts: Map<string, string> } {
  const texts = new Map<string, string>();
  return {
    texts,
    load: (key) => JSON.parse(texts.get(key) ?? 'null') as unknown,
    save: (key, value) => void texts.set(key, JSON.stringify(value)),
  };
}

function settingsFile(load: () => Promise<unknown>): {
  readonly file: SettingsFile;
  readonly saved: Settings[];
  readonly aside: string[];
} {
  const saved: Settings[] = [];
  const aside: string[] = [];
  const file = new SettingsFile({
    load,
    save: (settings) => Promise.resolve(void saved.push(settings)),
    keepAside: () => {
      aside.push('data-broken.json');
      return Promise.resolve('data-broken.json');
    },
  });
  return { file, saved, aside };
}

describe('the settings of a vault', () => {
  it('[PC1] keep what another version wrote', async () => {
    const { file, saved } = settingsFile(() => Promise.resolve({ intervalMinutes: 7, future: { x: 1 } }));
    expect(await file.load()).toBeUndefined();
    await file.change({ dotFolders: true });
    expect(saved.at(-1)).toMatchObject({ intervalMinutes: 7, dotFolders: true, future: { x: 1 } });
  });

  it('[PC1] start with the defaults where there is no file', async () => {
    const { file, aside } = settingsFile(() => Promise.resolve(null));
    expect(await file.load()).toBeUndefined();
    expect(file.settings).toEqual(DEFAULTS);
    expect(aside).toEqual([]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['cannot be parsed', () => Promise.reject(new SyntaxError('Unexpected end'))],
    ['holds a list', () => Promise.resolve([1])],
    ['holds a text', () => Promise.resolve('x')],
  ])('[PC2] are kept aside where the file %s, and start with the defaults', async (_what, load) => {
    const { file, aside } = settingsFile(load);
    expect(await file.load()).toBe('data-broken.json');
    expect(aside).toHaveLength(1);
    expect(file.settings).toEqual(DEFAULTS);
  });
});

describe('the record of a device', () => {
  it('[PC3] is made once and kept', () => {
    const store = localStore();
    const first = new DeviceStore(store, new SeededRandom(1), 'Mac').record;
    const again = new DeviceStore(store, new SeededRandom(2), 'Other').record;
    expect(again).toEqual(first);
    expect(first.id).toMatch(/^[0-9a-f]{16}$/u);
    expect(first.database).toMatch(/^twincloud-[0-9a-f]{16}$/u);
  });

  it('[PC3] is made anew where it makes no sense', () => {
    const store = localStore();
    store.save('twincloud-device', { id: '../x', name: '', database: 'keyval-store' });
    expect(new DeviceStore(store, new SeededRandom(1), 'Mac').record.name).toBe('Mac');
  });

  it('[PC4] gets another database for another cloud, and forgets the road to the former', () => {
    const device = new DeviceStore(localStore(), new SeededRandom(1), 'Mac');
    const { database, id } = device.record;
    device.change({ probed: { cloud: 'x', conditionForm: 'bare', transport: 'fetch' } });
    expect(device.startAfresh()).toBe(database);
    expect(device.record.database).not.toBe(database);
    expect(device.record.id).toBe(id);
    expect(device.record.probed).toBeUndefined();
  });
});

describe('what the sync itself writes', () => {
  it('[PV10] is known by its event during the write and after it, and by nothing else', async () => {
    const own = new OwnWrites();
    const stat = { mtime: 5, size: 3 };
    await own.during(['a.md'], () => {
      expect(own.isEcho('a.md', { mtime: 1, size: 1 })).toBe(true);
      expect(own.isEcho('b.md', stat)).toBe(false);
      return Promise.resolve();
    });
    own.left('a.md', stat);
    expect(own.isEcho('a.md', stat)).toBe(true);
    expect(own.isEcho('a.md', { mtime: 6, size: 3 })).toBe(false);
    expect(own.isEcho('a.md', undefined)).toBe(false);
    own.left('gone.md', 'absent');
    expect(own.isEcho('gone.md', undefined)).toBe(true);
    expect(own.isEcho('gone.md', stat)).toBe(false);
  });
});
