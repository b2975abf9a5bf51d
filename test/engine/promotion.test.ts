import { gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Head } from '../../src/core/model/head.ts';
import type { EngineSettings, SyncReport } from '../../src/engine/api.ts';
import { MemoryStore } from '../../src/storage/memory/memory-store.ts';
import type { ObjectStore } from '../../src/storage/object-store.ts';
import { FaultyStore } from '../support/faulty-store.ts';
import { bench, contentsOf, textOf, type Bench, type TestDevice } from './two-devices.ts';

const HEAD = '.twincloud/head';

let cloud: Bench;
let backup: MemoryStore;
let laptop: TestDevice;
let tablet: TestDevice;
let isDown: boolean;

beforeEach(() => {
  cloud = bench();
  backup = new MemoryStore({ clock: cloud.clock });
  isDown = false;
  laptop = device('laptop');
  tablet = device('tablet');
});

/** Its way to the primary is cut while `isDown`. */
function device(name: string, settings: Partial<EngineSettings> = {}): TestDevice {
  return cloud.device(name, {
    settings,
    backups: [{ name: 'spare', store: backup }],
    through: (store) => cuttable(store, () => isDown),
  });
}

function headOf(store: MemoryStore): Head {
  const body = store.snapshot().get(HEAD)?.body;
  if (body === undefined) throw new Error('no head');
  return JSON.parse(gunzipSync(body).toString()) as Head;
}

async function synced(...devices: readonly TestDevice[]): Promise<SyncReport | undefined> {
  let last: SyncReport | undefined;
  for (const one of devices) {
    last = await one.engine.sync({ acceptFirst: true, backups: 'always' });
    expect(last.outcome).toBe('done');
  }
  return last;
}

/** Both have the notes, and protected. */
async function begun(): Promise<void> {
  laptop.vault.userWrite('a.md', 'one\ntwo\nthree\nfour\nfive\n');
  laptop.vault.userWrite('b.md', 'bee\n');
  laptop.vault.userWrite('c.md', 'sea\n');
  await synced(laptop, tablet);
}

/** Every store has one head, and every device what the head says. */
async function settled(): Promise<void> {
  await synced(laptop, tablet, laptop, tablet);
  expect(await contentsOf(tablet)).toEqual(await contentsOf(laptop));
  expect(headOf(backup)).toEqual(headOf(cloud.store));
}

describe('promotion', () => {
  it('[RE14] makes a backup the cloud that has authority, while the primary is away, with nothing lost or asked', async () => {
    await begun();
    isDown = true;
    laptop.vault.userWrite('a.md', 'one, edited\ntwo\nthree\nfour\nfive\n');
    laptop.vault.userDelete('b.md');
    expect(await laptop.engine.promote('spare')).toEqual({
      kind: 'promoted',
      name: 'spare',
      behindCommits: 0,
    });
    const report = await laptop.engine.sync();
    expect(report.events.map(({ kind }) => kind).sort()).toEqual(['deleted-in-cloud', 'uploaded']);
    expect(headOf(backup).parent).toEqual({
      lineage: headOf(cloud.store).lineage,
      commit: headOf(cloud.store).commit,
    });
    expect((await laptop.engine.status()).primary).toBe('spare');
  });

  it('[RE15] another device follows by itself, and keeps its base: edits merge and deletes stay deletes', async () => {
    await begun();
    isDown = true;
    tablet.vault.userWrite('a.md', 'one\ntwo\nthree\nfour\nfive, on the tablet\n');
    tablet.vault.userDelete('c.md');
    laptop.vault.userWrite('a.md', 'one, edited\ntwo\nthree\nfour\nfive\n');
    await laptop.engine.promote('spare');
    await synced(laptop, tablet, laptop);
    expect(textOf(laptop, 'a.md')).toBe('one, edited\ntwo\nthree\nfour\nfive, on the tablet\n');
    expect(Object.keys(await contentsOf(laptop))).toEqual(['a.md', 'b.md']);
    expect(await contentsOf(tablet)).toEqual(await contentsOf(laptop));
  });

  it('[RE16] what a device that never noticed committed to the former primary is brought over once', async () => {
    await begun();
    isDown = true;
    await laptop.engine.promote('spare');
    laptop.vault.userWrite('a.md', 'one, edited\ntwo\nthree\nfour\nfive\n');
    await synced(laptop);
    isDown = false;
    const unaware = cloud.device('unaware');
    await unaware.engine.sync({ acceptFirst: true });
    unaware.vault.userWrite('a.md', 'one\ntwo\nthree\nfour\nfive, unaware\n');
    unaware.vault.userWrite('new.md', 'new\n');
    unaware.vault.userDelete('c.md');
    await unaware.engine.sync();
    await settled();
    expect(await contentsOf(laptop)).toEqual({
      'a.md': 'one, edited\ntwo\nthree\nfour\nfive, unaware\n',
      'b.md': 'bee\n',
      'new.md': 'new\n',
    });
    const commit = headOf(backup).commit;
    await settled();
    expect(headOf(backup).commit).toBe(commit);
  });

  it('[RE16] a device that has committed to the former primary itself follows, and loses nothing', async () => {
    await begun();
    isDown = true;
    await laptop.engine.promote('spare');
    laptop.vault.userWrite('a.md', 'laptop\n');
    await synced(laptop);
    isDown = false;
    // The tablet's backup is away: it goes on with the primary that it knows.
    const plug = cloud.device('plugged', { vault: tablet.vault, state: tablet.state });
    tablet.vault.userWrite('a.md', 'tablet\n');
    tablet.vault.userWrite('t.md', 'tablet\n');
    await plug.engine.sync();
    await settled();
    const contents = await contentsOf(laptop);
    expect(Object.values(contents).sort()).toEqual(['bee\n', 'laptop\n', 'sea\n', 'tablet\n', 'tablet\n']);
  });

  it('[RE17] a device that knows only the former primary is stopped, with the remedy', async () => {
    await begun();
    await laptop.engine.promote('spare');
    await synced(laptop);
    const alone = cloud.device('alone');
    alone.vault.userWrite('mine.md', 'mine\n');
    await expect(alone.engine.sync({ acceptFirst: true })).rejects.toMatchObject({ kind: 'moved' });
    expect(textOf(alone, 'mine.md')).toBe('mine\n');
    expect(headOf(cloud.store)).toEqual(headOf(backup));
  });

  it('[RE18] made primary again, the first cloud goes on from what the other has', async () => {
    await begun();
    isDown = true;
    await laptop.engine.promote('spare');
    laptop.vault.userWrite('d.md', 'while away\n');
    await synced(laptop, tablet);
    isDown = false;
    await settled();
    expect(await tablet.engine.promote('main')).toMatchObject({ kind: 'promoted' });
    tablet.vault.userWrite('e.md', 'back again\n');
    await synced(tablet);
    await settled();
    expect((await laptop.engine.status()).primary).toBeUndefined();
    expect(textOf(laptop, 'e.md')).toBe('back again\n');
    expect(textOf(tablet, 'd.md')).toBe('while away\n');
    expect(headOf(cloud.store).former).toHaveLength(2);
  });

  it('[RE19] of two clouds promoted from the same, the one that stands first wins, and the other is imported', async () => {
    const second = new MemoryStore({ clock: cloud.clock });
    const cut = new Set<string>();
    const make = (name: string): TestDevice =>
      cloud.device(name, {
        backups: [
          { name: 'first', store: cuttable(backup, () => cut.has(`${name} first`)) },
          { name: 'second', store: cuttable(second, () => cut.has(`${name} second`)) },
        ],
        through: (store) => cuttable(store, () => isDown),
      });
    laptop = make('laptop');
    tablet = make('tablet');
    await begun();
    isDown = true;
    cut.add('laptop second').add('tablet first');
    await laptop.engine.promote('first');
    await tablet.engine.promote('second');
    laptop.vault.userWrite('from-laptop.md', 'l\n');
    tablet.vault.userWrite('from-tablet.md', 't\n');
    await synced(laptop, tablet);
    cut.clear();
    isDown = false;
    await settled();
    expect((await tablet.engine.status()).primary).toBe('first');
    expect(Object.keys(await contentsOf(laptop))).toEqual([
      'a.md',
      'b.md',
      'c.md',
      'from-laptop.md',
      'from-tablet.md',
    ]);
    expect(headOf(second)).toEqual(headOf(backup));
  });

  it('[RE20] a backup that lags is promoted all the same: what the vault has beyond it is sent, deletes too', async () => {
    await begun();
    laptop.vault.userWrite('a.md', 'one, edited\ntwo\nthree\nfour\nfive\n');
    laptop.vault.userDelete('b.md');
    const before = backup.snapshot();
    await synced(laptop);
    backup.rollback(before);
    isDown = true;
    expect(await laptop.engine.promote('spare')).toMatchObject({ kind: 'promoted', behindCommits: 1 });
    await synced(laptop, tablet, laptop);
    expect(await contentsOf(tablet)).toEqual({
      'a.md': 'one, edited\ntwo\nthree\nfour\nfive\n',
      'c.md': 'sea\n',
    });
    expect(await contentsOf(laptop)).toEqual(await contentsOf(tablet));
  });
});

describe('reading while the primary is away', () => {
  /** Three tries within more than a minute; the last one's report. */
  async function outlasted(one: TestDevice): Promise<SyncReport> {
    for (let tries = 0; tries < 2; tries += 1) {
      await expect(one.engine.sync()).rejects.toMatchObject({ kind: 'cloud' });
      await cloud.clock.sleep(11_000);
    }
    return one.engine.sync();
  }

  it('[RE21] receives from the backup what it has, sends nothing, and goes on when the primary is back', async () => {
    await begun();
    laptop.vault.userWrite('a.md', 'from the laptop\n');
    await synced(laptop);
    isDown = true;
    tablet.vault.userWrite('mine.md', 'mine\n');
    const before = headOf(backup);
    const report = await outlasted(tablet);
    expect(report.away).toMatchObject({ readFrom: 'spare', waiting: 1 });
    expect(textOf(tablet, 'a.md')).toBe('from the laptop\n');
    expect(headOf(backup)).toEqual(before);
    isDown = false;
    const back = await synced(tablet);
    expect(back?.away).toBeUndefined();
    expect(back?.events).toMatchObject([{ kind: 'uploaded', path: 'mine.md' }]);
    await settled();
  });

  it('[RE21] a refusal is no outage: nothing is read elsewhere', async () => {
    await begun();
    const refused = cloud.device('tablet', {
      vault: tablet.vault,
      state: tablet.state,
      backups: [{ name: 'spare', store: backup }],
      through: (store) => {
        const faulty = new FaultyStore(store);
        faulty.script = () => ({ kind: 'fail-before', error: 'denied' });
        return faulty;
      },
    });
    for (let tries = 0; tries < 5; tries += 1) {
      await expect(refused.engine.sync()).rejects.toMatchObject({ kind: 'cloud' });
      await cloud.clock.sleep(11_000);
    }
  });

  it('[RE21] a backup that is behind what this device saw is not read', async () => {
    await begun();
    const behind = backup.snapshot();
    laptop.vault.userWrite('a.md', 'newer\n');
    await synced(laptop, tablet);
    backup.rollback(behind);
    isDown = true;
    await expect(outlasted(tablet)).rejects.toMatchObject({ kind: 'cloud' });
    expect(textOf(tablet, 'a.md')).toBe('newer\n');
  });

  it('[RE22] takes over by itself after the time that the settings say', async () => {
    laptop = device('laptop', { takeOverAfterMs: 10 * 60_000 });
    await begun();
    isDown = true;
    laptop.vault.userWrite('mine.md', 'mine\n');
    expect((await outlasted(laptop)).away?.waiting).toBe(1);
    await cloud.clock.sleep(10 * 60_000);
    const report = await laptop.engine.sync();
    expect(report.events).toMatchObject([{ kind: 'uploaded', path: 'mine.md' }]);
    expect((await laptop.engine.status()).primary).toBe('spare');
  });
});

function cuttable(store: ObjectStore, isCut: () => boolean): FaultyStore {
  const faulty = new FaultyStore(store);
  faulty.script = () => (isCut() ? { kind: 'fail-before', error: 'unavailable' } : undefined);
  return faulty;
}
