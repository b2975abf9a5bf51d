import { gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Head } from '../../src/core/model/head.ts';
import type { ObjectKey } from '../../src/core/model/ids.ts';
import type { Moment } from '../../src/engine/api.ts';
import { MemoryStore } from '../../src/storage/memory/memory-store.ts';
import type { ObjectStore } from '../../src/storage/object-store.ts';
import { FaultyStore, whenever } from '../support/faulty-store.ts';
import { bench, contentsOf, type Bench, type TestDevice } from './two-devices.ts';

const HEAD = '.twincloud/head' as ObjectKey;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let cloud: Bench;
let backup: MemoryStore;
let faulty: FaultyStore;
let laptop: TestDevice;
let touches: number;

beforeEach(() => {
  cloud = bench();
  backup = new MemoryStore({ clock: cloud.clock });
  faulty = new FaultyStore(backup);
  laptop = cloud.device('laptop', { backups: [{ name: 'spare', store: faulty }] });
  touches = 0;
});

/** A run with something to do, after so long. */
async function later(byMs: number, device = laptop): Promise<void> {
  await cloud.clock.advance(byMs);
  touches += 1;
  device.vault.userWrite('touched.md', String(touches));
  await synced(device);
}

async function synced(device: TestDevice): Promise<void> {
  const options = { acceptFirst: true, backups: 'always' } as const;
  if ((await device.engine.sync(options)).outcome !== 'held') return;
  await device.engine.decideHeld('apply');
  await device.engine.sync(options);
}

/** So many commits and so much time that the primary collects and, where it may, the backup too. */
async function days(count: number, device = laptop): Promise<void> {
  for (let day = 0; day < count; day += 1) await later(DAY_MS + HOUR_MS, device);
}

function keysOf(store: MemoryStore, kind = ''): readonly string[] {
  return [...store.snapshot().keys()].filter((key) => key.startsWith(`.twincloud/${kind}`));
}

function headOf(store: MemoryStore): Head {
  const body = store.snapshot().get(HEAD)?.body ?? new Uint8Array();
  return JSON.parse(gunzipSync(body).toString()) as Head;
}

function deletes(store = faulty): readonly string[] {
  return store.calls.flatMap(({ kind, key }) => (kind === 'delete' ? [key] : []));
}

/** What an upload that was cut off leaves in the primary, and so in the backup: the key. */
async function orphan(text = 'never committed'): Promise<string> {
  const before = new Set(keysOf(cloud.store, 'packs'));
  const crashing = cloud.device('crashing', {
    through: (store) => {
      const broken = new FaultyStore(store);
      broken.script = whenever(({ kind, key }) => kind === 'put' && key === HEAD, {
        kind: 'fail-before',
        error: 'denied',
      });
      return broken;
    },
  });
  crashing.vault.userWrite('new.md', text);
  await expect(crashing.engine.sync({ acceptFirst: true })).rejects.toThrow();
  const [left] = keysOf(cloud.store, 'packs').filter((key) => !before.has(key));
  if (left === undefined) throw new Error('nothing was left');
  await later(0);
  expect(keysOf(backup)).toContain(left);
  return left;
}

/** An orphan that the primary has collected, and that this device noted in the backup just now. */
async function noted(): Promise<string> {
  touches += 1;
  const left = await orphan(`never committed ${String(touches)}`);
  for (let day = 0; day < 30 && (await surplus())[0]?.list === undefined; day += 1) await days(1);
  expect(keysOf(cloud.store)).not.toContain(left);
  expect(keysOf(backup)).toContain(left);
  expect((await surplus())[0]?.list?.keys).toEqual([left]);
  return left;
}

interface Row {
  readonly list?: { readonly keys: readonly string[] };
}

async function surplus(device = laptop): Promise<readonly Row[]> {
  return ((await device.state.rows('meta')).get('surplus') ?? []) as readonly Row[];
}

async function compact(device = laptop): Promise<void> {
  touches += 1;
  for (let index = 0; index < 260; index += 1)
    device.vault.userWrite(`filler/${String(index)}.md`, `filler ${String(index)} ${String(touches)}`);
  await synced(device);
}

async function restored(at: Moment, store: ObjectStore = backup): Promise<Record<string, string>> {
  const contents: Record<string, string> = {};
  const reader = cloud.device('reader', { through: () => store });
  const { failed } = await reader.engine.restore({
    at,
    write: async ({ path }, chunks) => {
      const parts: Uint8Array[] = [];
      for await (const chunk of chunks) parts.push(chunk);
      contents[path] = Buffer.concat(parts).toString();
    },
  });
  expect(failed).toEqual([]);
  return contents;
}

describe('collection in a backup', () => {
  beforeEach(async () => {
    laptop.vault.userWrite('n.md', 'n');
    await laptop.engine.sync();
  });

  it('[RE23] what the primary collected is noted in the backup, and deleted there a day later, not before', async () => {
    const left = await noted();
    await later(22 * HOUR_MS);
    expect(deletes()).toEqual([]);
    await later(26 * HOUR_MS);
    expect(deletes()).toEqual([left]);
    expect(keysOf(backup)).not.toContain(left);
    expect((await surplus())[0]?.list).toBeUndefined();
    expect(await restored({ kind: 'now' })).toEqual(await contentsOf(laptop));
  });

  it('[RE23] the head, devices, seats, plain files and what this version does not know stay', async () => {
    const foreign = ['.twincloud/future/thing', '.twincloud/seats/abc', 'note of a person.md'];
    for (const key of foreign) await backup.put(key as ObjectKey, new Uint8Array([1]));
    const left = await noted();
    await days(10);
    expect(deletes()).toEqual([left]);
    expect(keysOf(backup, 'devices/')).toHaveLength(1);
    for (const key of foreign) expect(backup.snapshot().has(key as ObjectKey)).toBe(true);
  });

  it('[RE23] either clock alone, put forward by days, shortens nothing', async () => {
    for (const skewed of ['backup', 'primary'] as const) {
      const left = await noted();
      const ahead: MemoryStore = skewed === 'backup' ? backup : cloud.store;
      const inner = ahead.list.bind(ahead);
      ahead.list = async function* (prefix, options) {
        for await (const page of inner(prefix, options))
          yield { ...page, serverTimeMs: cloud.clock.now() + 3 * DAY_MS };
      };
      // This device's own clock says that a day has passed, the one cloud three, the other an hour.
      const wrong = whatTime(laptop, 26 * HOUR_MS);
      await later(HOUR_MS, wrong);
      expect(deletes()).not.toContain(left);
      ahead.list = inner;
      await days(2);
      expect(deletes()).toContain(left);
    }
  });

  /** The device, its clock put forward, with the memory that it has. */
  function whatTime(device: TestDevice, byMs: number): TestDevice {
    return cloud.device(device.name, {
      vault: device.vault,
      state: device.state,
      backups: [{ name: 'spare', store: faulty }],
      clock: { now: () => cloud.clock.now() + byMs, sleep: (ms, signal) => cloud.clock.sleep(ms, signal) },
    });
  }

  it('[RE24] what the head or a root kept there needs stays, also where the primary lost it', async () => {
    await compact();
    const before = await contentsOf(laptop);
    const { commit } = headOf(backup);
    await compact();
    const packs = keysOf(cloud.store, 'packs/');
    for (const key of packs) await cloud.store.delete(key as ObjectKey);
    await days(20);
    expect(keysOf(backup, 'packs/')).toEqual(expect.arrayContaining([...packs]));
    expect(await restored({ kind: 'commit', commit })).toEqual(before);
  });

  it('[RE24] what the primary went back from stays, however old', { timeout: 60_000 }, async () => {
    const old = cloud.store.snapshot();
    laptop.vault.userWrite('lost.md', 'only in the backup\n');
    await later(0);
    const { commit } = headOf(backup);
    await cloud.store.put(HEAD, old.get(HEAD)?.body ?? new Uint8Array());
    const packs = keysOf(backup, 'packs/').filter((key) => !old.has(key as ObjectKey));
    for (const key of packs) await cloud.store.delete(key as ObjectKey);
    const tablet = cloud.device('tablet', { backups: [{ name: 'spare', store: faulty }] });
    for (let month = 0; month < 8; month += 1) {
      await compact(tablet);
      await compact(tablet);
      await days(3, tablet);
      await later(25 * DAY_MS, tablet);
    }
    expect(keysOf(backup, 'roots/')).toContain(`.twincloud/roots/${commit}`);
    expect(await restored({ kind: 'commit', commit })).toMatchObject({ 'lost.md': 'only in the backup\n' });
    expect(deletes().length).toBeGreaterThan(0);
  });

  it('[RE24] over a year the backup shrinks with the primary, and all that this has can be had from it', async () => {
    const stops: { commit: Head['commit']; contents: Record<string, string> }[] = [];
    for (let round = 0; round < 9; round += 1) {
      for (let half = 0; half < 2; half += 1) {
        await compact();
        stops.push({ commit: headOf(backup).commit, contents: await contentsOf(laptop) });
      }
      await later(8 * DAY_MS);
      await days(3);
      await later(29 * DAY_MS);
    }
    for (const kind of ['packs', 'shards', 'roots'])
      expect(deletes().some((key) => key.startsWith(`.twincloud/${kind}/`))).toBe(true);
    let kept = 0;
    for (const { commit, contents } of stops) {
      const from = async (store: ObjectStore): Promise<Record<string, string> | undefined> =>
        restored({ kind: 'commit', commit }, store).catch(() => undefined);
      const inPrimary = await from(cloud.store);
      if (inPrimary === undefined) continue;
      kept += 1;
      expect(inPrimary).toEqual(contents);
      expect(await from(backup)).toEqual(contents);
    }
    expect(kept).toBeGreaterThanOrEqual(5);
    // What a look finds is deleted by the next.
    expect(keysOf(backup).length - keysOf(cloud.store).length).toBeLessThan(5);
    expect(await restored({ kind: 'now' })).toEqual(await contentsOf(laptop));
  }, 60_000);

  it('[RE25] it looks once in 7 days, not when a device first sees the backup, and an idle sync costs no more', async () => {
    const lists = (): number => faulty.calls.filter(({ kind }) => kind === 'list').length;
    const requests: number[] = [];
    for (let day = 0; day < 15; day += 1) {
      const before = faulty.calls.length;
      await later(DAY_MS);
      requests.push(faulty.calls.length - before);
    }
    // Bringing it up: head, listing, pack, head; a look more: head, listing.
    expect(Math.max(...requests)).toBe(7);
    expect(requests.filter((count) => count > 5)).toHaveLength(2);
    expect(lists()).toBe(1 + 15 + 2);
  });

  it('[RE25] nothing is noted or deleted while the backup is behind or something could not be copied', async () => {
    const left = await noted();
    faulty.script = whenever(({ kind }) => kind === 'put', { kind: 'fail-before', error: 'quota' });
    await days(3);
    expect(deletes()).toEqual([]);
    faulty.script = () => undefined;
    await later(HOUR_MS);
    expect(deletes()).toEqual([left]);
  });

  it('[RE25] a root or shard of the backup that cannot be understood keeps everything', async () => {
    await compact();
    await compact();
    const left = await orphan();
    const [root = ''] = keysOf(backup, 'roots/');
    const { body = new Uint8Array() } = backup.snapshot().get(root) ?? {};
    await backup.put(root as ObjectKey, Uint8Array.from(body).fill(7));
    await days(30);
    expect(keysOf(cloud.store)).not.toContain(left);
    expect(deletes()).toEqual([]);
    await backup.put(root as ObjectKey, body);
    await days(4);
    expect(deletes()).toContain(left);
  });

  it('[RE25] a clock that is not told, and a listing that lacks much, delete nothing', async () => {
    for (const harm of ['no time', 'cut short', 'of the backup cut short'] as const) {
      const left = await noted();
      const harmed = harm === 'of the backup cut short' ? backup : cloud.store;
      const inner = harmed.list.bind(harmed);
      harmed.list = async function* (prefix, options) {
        for await (const { objects, prefixes, ...page } of inner(prefix, options))
          yield harm === 'no time'
            ? { objects, prefixes }
            : { ...page, objects: objects.slice(-1), prefixes };
      };
      await days(9);
      expect(deletes()).not.toContain(left);
      harmed.list = inner;
      await days(9);
      expect(deletes()).toContain(left);
      expect(await restored({ kind: 'now' })).toEqual(await contentsOf(laptop));
    }
  });

  it('[RE26] nothing is deleted where either head moved on after the listings', async () => {
    for (const who of ['backup', 'primary'] as const) {
      const left = await noted();
      const watched = who === 'backup' ? backup : cloud.store;
      const inner = cloud.store.list.bind(cloud.store);
      let isDone = false;
      // The listing of the primary is the last.
      let listings = 0;
      cloud.store.list = async function* (prefix, options) {
        yield* inner(prefix, options);
        listings += prefix === '.twincloud/' ? 1 : 0;
        if (listings < 2 || isDone) return;
        isDone = true;
        const { body = new Uint8Array() } = watched.snapshot().get(HEAD) ?? {};
        await watched.put(HEAD, withComment(body));
      };
      await later(26 * HOUR_MS);
      cloud.store.list = inner;
      expect(isDone).toBe(true);
      expect(deletes()).not.toContain(left);
      await days(3);
      expect(deletes()).toContain(left);
    }
  });

  /** The same head, packed otherwise: another tag. */
  function withComment(body: Uint8Array): Uint8Array {
    const other = Uint8Array.from(body);
    // The system that gzip names.
    other[9] = (other[9] ?? 0) ^ 1;
    return other;
  }

  it('[RE26] what comes back to the primary in that moment is copied again', async () => {
    const left = await noted();
    const { body = new Uint8Array() } = backup.snapshot().get(left) ?? {};
    const tablet = cloud.device('tablet', { backups: [{ name: 'spare', store: backup }] });
    await tablet.engine.sync({ acceptFirst: true, backups: 'always' });
    let isDone = false;
    faulty.script = ({ kind }) => {
      if (kind !== 'delete' || isDone) return undefined;
      isDone = true;
      const until = async (): Promise<void> => {
        await cloud.store.put(left as ObjectKey, body);
        await later(0, tablet);
      };
      return { kind: 'delay', until };
    };
    await later(26 * HOUR_MS);
    expect(deletes()).toEqual([left]);
    expect(keysOf(backup)).not.toContain(left);
    await later(HOUR_MS);
    expect(keysOf(backup)).toContain(left);
  });

  it('[RE26] [RE14] a backup that is promoted in that moment is left alone', async () => {
    const left = await noted();
    const tablet = cloud.device('tablet', { backups: [{ name: 'spare', store: backup }] });
    await tablet.engine.sync({ acceptFirst: true, backups: 'always' });
    const inner = cloud.store.list.bind(cloud.store);
    let listings = 0;
    cloud.store.list = async function* (prefix, options) {
      yield* inner(prefix, options);
      listings += prefix === '.twincloud/' ? 1 : 0;
      if (listings !== 2) return;
      expect((await tablet.engine.promote('spare')).kind).toBe('promoted');
    };
    await later(26 * HOUR_MS);
    expect(listings).toBeGreaterThanOrEqual(2);
    expect(deletes()).not.toContain(left);
    await days(2);
    expect(await surplus()).not.toContainEqual(expect.objectContaining({ name: 'spare' }));
    expect(await restored({ kind: 'now' })).toEqual(await contentsOf(laptop));
  });

  it('[RE27] cut off at any call, the next run goes on, and nothing that is needed goes', async () => {
    await compact();
    const left = await noted();
    await cloud.clock.advance(26 * HOUR_MS);
    for (let call = 0; ; call += 1) {
      let seen = 0;
      laptop = crashed();
      faulty.script = () => (seen++ >= call ? { kind: 'fail-after', error: 'unavailable' } : undefined);
      await laptop.engine.sync({ backups: 'always' });
      faulty.script = () => undefined;
      expect(await restored({ kind: 'now' })).toEqual(await contentsOf(laptop));
      if (!keysOf(backup).includes(left) && seen <= call) break;
      await later(2 * DAY_MS);
      expect(call).toBeLessThan(40);
    }
    await days(3);
    expect(new Set(deletes())).toEqual(new Set([left]));
  });

  /** A new program on what the old one left. */
  function crashed(): TestDevice {
    return cloud.device(laptop.name, {
      vault: laptop.vault,
      state: laptop.state.crash(),
      backups: [{ name: 'spare', store: faulty }],
    });
  }

  it('[RE27] two devices note for themselves, and delete at once without harm', async () => {
    const tablet = cloud.device('tablet', { backups: [{ name: 'spare', store: faulty }] });
    await later(0, tablet);
    const left = await orphan();
    for (let day = 0; day < 16; day += 1) {
      await later(DAY_MS + HOUR_MS);
      await later(0, tablet);
      if ((await surplus())[0]?.list !== undefined && (await surplus(tablet))[0]?.list !== undefined) break;
    }
    await cloud.clock.advance(26 * HOUR_MS);
    laptop.vault.userWrite('l.md', 'l');
    tablet.vault.userWrite('t.md', 't');
    await Promise.all([laptop, tablet].map(({ engine }) => engine.sync({ backups: 'always' })));
    await days(2, tablet);
    await days(2);
    expect(new Set(deletes())).toEqual(new Set([left]));
    expect(await restored({ kind: 'now' })).toEqual(await contentsOf(laptop));
  });

  it('[RE27] a list of a device that was away for a month is forgotten', async () => {
    const left = await noted();
    await cloud.clock.advance(31 * DAY_MS);
    await later(0);
    expect(deletes()).toEqual([]);
    expect((await surplus())[0]?.list?.keys).toEqual([left]);
    await later(25 * HOUR_MS);
    expect(deletes()).toEqual([left]);
  });
});

describe('the history of a vault whose backup was added late', () => {
  it(
    '[RE28] is kept and found there by when it came about, also after a promotion',
    { timeout: 60_000 },
    async () => {
      const alone = cloud.device('alone', { vault: laptop.vault, state: laptop.state });
      const stops: { commit: Head['commit']; contents: Record<string, string> }[] = [];
      for (let round = 0; round < 5; round += 1) {
        await compact(alone);
        stops.push({ commit: headOf(cloud.store).commit, contents: await contentsOf(alone) });
        await later(33 * DAY_MS, alone);
      }
      laptop = cloud.device('laptop', {
        vault: laptop.vault,
        state: laptop.state,
        backups: [{ name: 'spare', store: faulty }],
      });
      await synced(laptop);
      await compact();
      for (let month = 0; month < 2; month += 1) {
        await later(31 * DAY_MS);
        await days(3);
      }
      for (const { commit, contents } of stops)
        expect(await restored({ kind: 'commit', commit })).toEqual(contents);
      await laptop.engine.promote('spare');
      for (let month = 0; month < 3; month += 1) {
        await later(31 * DAY_MS);
        await days(3);
      }
      for (const { commit, contents } of stops)
        expect(await restored({ kind: 'commit', commit })).toEqual(contents);
    },
  );
});
