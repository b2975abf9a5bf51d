import { gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DeviceId, ObjectKey } from '../../src/core/model/ids.ts';
import type { Head } from '../../src/core/model/head.ts';
import type { VaultPath } from '../../src/core/model/vault-path.ts';
import { DEFAULT_SETTINGS, EngineError, type EngineDeps } from '../../src/engine/api.ts';
import { MemoryState } from '../../src/engine/memory/memory-state.ts';
import { MemoryVault } from '../../src/engine/memory/memory-vault.ts';
import { DeviceState } from '../../src/engine/state.ts';
import { enter, lookAround } from '../../src/engine/look.ts';
import { takeFirst } from '../../src/engine/sync.ts';
import { expiredPaths } from '../../src/engine/upkeep/expired-paths.ts';
import type { ObjectStore } from '../../src/storage/object-store.ts';
import { StoreError } from '../../src/storage/store-error.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { bench, compression, contentsOf, hashing, type Bench, type TestDevice } from './two-devices.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ORPHAN = `.twincloud/packs/${'0'.repeat(32)}`;

let cloud: Bench;
let laptop: TestDevice;
let touches: number;

beforeEach(() => {
  cloud = bench();
  laptop = cloud.device('laptop');
  touches = 0;
});

function keysOf(kind: string): readonly string[] {
  return [...cloud.store.snapshot().keys()].filter((key) => key.startsWith(`.twincloud/${kind}/`));
}

function has(key: string): boolean {
  return cloud.store.snapshot().has(key);
}

async function put(key: string, text = 'left behind'): Promise<void> {
  await cloud.store.put(key as ObjectKey, new TextEncoder().encode(text));
}

function head(): Head {
  const body = cloud.store.snapshot().get('.twincloud/head')?.body ?? new Uint8Array();
  return JSON.parse(gunzipSync(body).toString()) as Head;
}

async function synced(device: TestDevice): Promise<void> {
  const { outcome } = await device.engine.sync();
  if (outcome !== 'held') return;
  await device.engine.decideHeld('apply');
  await device.engine.sync();
}

/** A run with something to do, after so long. */
async function later(byMs: number, device = laptop): Promise<void> {
  await cloud.clock.advance(byMs);
  touches += 1;
  device.vault.userWrite('touched.md', String(touches));
  await synced(device);
}

async function compact(device: TestDevice): Promise<void> {
  touches += 1;
  for (let index = 0; index < 260; index += 1) {
    device.vault.userWrite(`filler/${String(index)}.md`, `filler ${String(index)} ${String(touches)}`);
  }
  await synced(device);
}

async function restored(
  device: TestDevice,
  at: Parameters<TestDevice['engine']['restore']>[0]['at'],
): Promise<Record<string, string>> {
  const contents: Record<string, string> = {};
  const { failed } = await device.engine.restore({
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

type Intercept = (name: string, args: readonly unknown[]) => Promise<void> | undefined;

/** The store, with something done before each call; listings wait for it before their end. */
function intercepted(store: ObjectStore, intercept: Intercept): ObjectStore {
  return new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      if (name === 'list') {
        return async function* (...args: unknown[]) {
          yield* Reflect.apply(member, target, args) as AsyncIterable<unknown>;
          await intercept('list', args);
        };
      }
      return async (...args: unknown[]): Promise<unknown> => {
        await intercept(String(name), args);
        return (await Reflect.apply(member, target, args)) as unknown;
      };
    },
  });
}

describe('collection', () => {
  beforeEach(async () => {
    laptop.vault.userWrite('n.md', 'n');
    await laptop.engine.sync();
  });

  it('[CO1] it looks once in 7 days, and not in the first run', async () => {
    await put(ORPHAN);
    await cloud.clock.advance(30 * DAY_MS);
    const phone = cloud.device('phone');
    await phone.engine.sync({ acceptFirst: true });
    await later(DAY_MS, phone);
    expect(head().condemned).toBeUndefined();
    await later(7 * DAY_MS, phone);
    expect(head().condemned?.keys).toEqual([ORPHAN]);
  });

  it('[CO2] what a crashed upload left is condemned after 7 days and deleted a day later, not before', async () => {
    const crashing = cloud.device('phone', {
      through: (store) =>
        intercepted(store, (name, [key]) => {
          if (name !== 'put' || key !== '.twincloud/head') return undefined;
          throw new StoreError('unavailable', { provider: 'test' });
        }),
    });
    await put(ORPHAN);
    crashing.vault.userWrite('new.md', 'never committed');
    const before = new Set(keysOf('packs'));
    await expect(crashing.engine.sync({ acceptFirst: true })).rejects.toBeInstanceOf(EngineError);
    const [left] = keysOf('packs').filter((key) => !before.has(key));
    expect(left).toBeDefined();
    await later(8 * DAY_MS);
    expect([...(head().condemned?.keys ?? [])].sort()).toEqual([ORPHAN, left].sort());
    await later(23 * HOUR_MS);
    expect(has(left ?? '')).toBe(true);
    await later(2 * HOUR_MS);
    expect(has(left ?? '')).toBe(false);
    expect(has(ORPHAN)).toBe(false);
    expect(head().condemned?.keys).toEqual([]);
  });

  it('[CO12] a list whose head was stored a day late waits its day from then', async () => {
    let hangs = false;
    const phone = cloud.device('phone', {
      through: (store) =>
        intercepted(store, (name, [key]) => {
          if (!hangs || name !== 'put' || key !== '.twincloud/head' || head().condemned !== undefined)
            return undefined;
          // The commit of `touched.md` goes through; the next is the list.
          if (head().generation === generation) return undefined;
          hangs = false;
          return cloud.clock.advance(26 * HOUR_MS);
        }),
    });
    await phone.engine.sync();
    await put(ORPHAN);
    const { generation } = head();
    hangs = true;
    await later(8 * DAY_MS, phone);
    expect(hangs).toBe(false);
    expect(head().condemned?.keys).toEqual([ORPHAN]);
    await later(HOUR_MS);
    await later(DAY_MS - 2 * HOUR_MS, phone);
    await later(0);
    expect(has(ORPHAN)).toBe(true);
    await later(3 * HOUR_MS, phone);
    await later(0);
    expect(has(ORPHAN)).toBe(false);
  });

  it('[CO3] contents whose object is condemned go to a new key when they are needed', async () => {
    let isBroken = true;
    const phone = cloud.device('phone', {
      through: (store) =>
        intercepted(store, (name, [key]) => {
          if (name !== 'put' || key !== '.twincloud/head' || !isBroken) return undefined;
          throw new StoreError('unavailable', { provider: 'test' });
        }),
    });
    phone.vault.userWrite('new.md', 'needed after all');
    await expect(phone.engine.sync({ acceptFirst: true })).rejects.toBeInstanceOf(EngineError);
    await later(8 * DAY_MS);
    const condemned = head().condemned?.keys ?? [];
    expect(condemned).toHaveLength(1);
    isBroken = false;
    await phone.engine.sync({ acceptFirst: true });
    await later(25 * HOUR_MS);
    expect(condemned.some(has)).toBe(false);
    expect((await restored(laptop, { kind: 'now' }))['new.md']).toBe('needed after all');
  });

  it('[CO4] what is younger than 7 days, foreign, a device or the readable copy stays', async () => {
    const foreign = ['.twincloud/future/thing', '.twincloud/packs/not-a-key', 'note of a person.md'];
    for (const key of foreign) await put(key);
    await later(2 * DAY_MS);
    await put(ORPHAN);
    await later(6 * DAY_MS);
    await later(7 * HOUR_MS);
    expect(head().condemned).toBeUndefined();
    await later(8 * DAY_MS);
    expect(head().condemned?.keys).toEqual([ORPHAN]);
    await later(2 * DAY_MS);
    expect(foreign.every(has)).toBe(true);
    expect(keysOf('devices')).toHaveLength(1);
  });

  it(
    '[CO5] over a year every kept moment stays whole, and what retention lets go of goes',
    { timeout: 60_000 },
    async () => {
      const everMade = new Set<string>();
      const stops: { commit: string; contents: Record<string, string> }[] = [];
      for (let round = 0; round < 9; round += 1) {
        for (let half = 0; half < 2; half += 1) {
          laptop.vault.userWrite('n.md', `text of round ${String(round)}, ${String(half)}`);
          laptop.vault.userWrite(`own ${String(round)}.md`, 'x'.repeat(round + half));
          await compact(laptop);
          for (const key of cloud.store.snapshot().keys()) everMade.add(key);
          stops.push({ commit: head().commit, contents: await contentsOf(laptop) });
        }
        await later(8 * DAY_MS);
        await later(25 * HOUR_MS);
        await later(30 * DAY_MS);
      }
      for (const kind of ['packs', 'shards']) {
        expect([...everMade].some((key) => key.startsWith(`.twincloud/${kind}/`) && !has(key))).toBe(true);
      }
      let kept = 0;
      for (const { commit, contents } of stops) {
        try {
          expect(await restored(laptop, { kind: 'commit', commit: commit as Head['commit'] })).toEqual(
            contents,
          );
          kept += 1;
        } catch (error) {
          if (!(error instanceof EngineError)) throw error;
          expect(error.kind).toBe('not-found');
        }
      }
      expect(kept).toBeGreaterThanOrEqual(5);
      expect(kept).toBeLessThan(stops.length);
      expect(await restored(laptop, { kind: 'now' })).toEqual(await contentsOf(laptop));
    },
  );

  it('[CO6] a root that cannot be read keeps everything', async () => {
    await put(ORPHAN);
    await compact(laptop);
    await put(keysOf('roots')[0] ?? '', 'damaged');
    await later(8 * DAY_MS);
    await later(2 * DAY_MS);
    await later(8 * DAY_MS);
    expect(head().condemned).toBeUndefined();
    expect(has(ORPHAN)).toBe(true);
  });

  it('[CO7] a store that does not tell its time collects nothing', async () => {
    const timeless = cloud.device('phone', {
      through: (store) =>
        new Proxy(store, {
          get: (target, name) => {
            const member: unknown = Reflect.get(target, name, target);
            if (typeof member !== 'function') return member;
            if (name !== 'list') return (...args: unknown[]): unknown => Reflect.apply(member, target, args);
            return async function* (...args: unknown[]) {
              const pages = Reflect.apply(member, target, args) as AsyncIterable<{ objects: unknown }>;
              for await (const page of pages) yield { objects: page.objects, prefixes: [] };
            };
          },
        }),
    });
    await put(ORPHAN);
    await timeless.engine.sync();
    await later(8 * DAY_MS, timeless);
    await later(8 * DAY_MS, timeless);
    expect(head().condemned).toBeUndefined();
    expect(has(ORPHAN)).toBe(true);
  });

  it('[CO8] nothing is deleted when the head moved on after the listing', async () => {
    let onListing: (() => Promise<void>) | undefined;
    const phone = cloud.device('phone', {
      through: (store) =>
        intercepted(store, (name, [prefix]) => {
          const action = name === 'list' && prefix === '.twincloud/' ? onListing : undefined;
          if (action !== undefined) onListing = undefined;
          return action?.();
        }),
    });
    await phone.engine.sync();
    await put(ORPHAN);
    await later(8 * DAY_MS, phone);
    expect(head().condemned?.keys).toEqual([ORPHAN]);
    await cloud.clock.advance(25 * HOUR_MS);
    const tablet = cloud.device('tablet');
    await tablet.engine.sync();
    onListing = () => later(0, tablet);
    await later(0, phone);
    expect(onListing).toBeUndefined();
    expect(has(ORPHAN)).toBe(true);
    await later(25 * HOUR_MS, phone);
    expect(has(ORPHAN)).toBe(false);
  });
});

describe('repacking', () => {
  it('[CO9] a pack less than half alive is packed anew, no version comes of it, and the old one goes', async () => {
    const random = new SeededRandom(99);
    for (let index = 0; index < 10; index += 1) {
      laptop.vault.userWrite(`r${String(index)}.md`, random.hex(4_000));
    }
    await laptop.engine.sync();
    const [old] = keysOf('packs');
    const phone = cloud.device('phone');
    await phone.engine.sync();
    for (let index = 0; index < 7; index += 1)
      laptop.vault.userWrite(`r${String(index)}.md`, random.hex(4_000));
    await synced(laptop);
    await phone.engine.sync();
    const before = await laptop.engine.history('r9.md' as VaultPath);
    await later(8 * DAY_MS);
    const at = head()
      .delta.at(-1)
      ?.entries.map((entry) => entry.path);
    expect(at).toEqual(['r7.md', 'r8.md', 'r9.md']);
    expect(await laptop.engine.history('r9.md' as VaultPath)).toEqual(before);
    const events = (await phone.engine.sync()).events.map(({ path }) => path);
    expect(events).toEqual(['touched.md']);
    await compact(laptop);
    await cloud.clock.advance(10 * DAY_MS);
    await compact(laptop);
    expect(has(old ?? '')).toBe(true);
    await later(200 * DAY_MS);
    await later(25 * HOUR_MS);
    await later(25 * HOUR_MS);
    expect(has(old ?? '')).toBe(false);
    expect(await restored(laptop, { kind: 'now' })).toEqual(await contentsOf(laptop));
  });
});

describe('device records', () => {
  async function recordOf(index: number): Promise<Record<string, unknown>> {
    const found = await cloud.store.get(keysOf('devices')[index] as ObjectKey);
    return found.kind === 'found'
      ? (JSON.parse(Buffer.from(found.body).toString()) as Record<string, unknown>)
      : {};
  }

  it('[CO10] a device tells how far it is after a commit, at most once an hour, and never in an idle run', async () => {
    laptop.vault.userWrite('n.md', 'n');
    await laptop.engine.sync();
    expect(await recordOf(0)).toMatchObject({
      format: 1,
      name: 'laptop',
      generation: 1,
      commit: head().commit,
    });
    await later(0.5 * HOUR_MS);
    expect(await recordOf(0)).toMatchObject({ generation: 1 });
    await later(0.6 * HOUR_MS);
    expect(await recordOf(0)).toMatchObject({ generation: 3, lineage: head().lineage });
    await cloud.clock.advance(2 * HOUR_MS);
    const before = cloud.store.snapshot();
    await laptop.engine.sync();
    expect(cloud.store.snapshot()).toEqual(before);
  });

  async function expiredOn(device: TestDevice): Promise<readonly string[]> {
    const deps: EngineDeps = {
      vault: new MemoryVault({ clock: cloud.clock, hashing }),
      store: cloud.store,
      state: new MemoryState(),
      clock: cloud.clock,
      random: new SeededRandom(7),
      hashing,
      compression,
      log: { write: () => undefined },
      device: { id: '00000000000000ff' as DeviceId, name: device.name },
      settings: DEFAULT_SETTINGS,
    };
    const { run, first } = await enter(
      await lookAround({ deps, state: new DeviceState(deps.state), options: {} }),
    );
    await takeFirst(run, first);
    return [...(await expiredPaths(run))];
  }

  it('[CO11] a tombstone expires after 180 days, when every device seen within 180 days has passed it', async () => {
    const phone = cloud.device('phone');
    laptop.vault.userWrite('gone.md', 'gone');
    laptop.vault.userWrite('n.md', 'n');
    await laptop.engine.sync();
    await phone.engine.sync();
    await cloud.clock.advance(2 * HOUR_MS);
    laptop.vault.userDelete('gone.md');
    await laptop.engine.sync();
    await later(179 * DAY_MS);
    expect(await expiredOn(laptop)).toEqual([]);
    // The phone's record is of before the delete, and was written again within the 180 days by an old backup.
    const stale = await cloud.store.get(keysOf('devices')[1] as ObjectKey);
    if (stale.kind === 'found') await cloud.store.put(keysOf('devices')[1] as ObjectKey, stale.body);
    await later(2 * DAY_MS);
    expect(await expiredOn(laptop)).toEqual([]);
    await phone.engine.sync();
    await later(HOUR_MS);
    expect(await expiredOn(laptop)).toEqual(['gone.md']);
  });
});
