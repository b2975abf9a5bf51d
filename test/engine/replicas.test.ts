import { gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Head } from '../../src/core/model/head.ts';
import type { ObjectKey } from '../../src/core/model/ids.ts';
import type { BackupStatus } from '../../src/engine/api.ts';
import { MemoryState } from '../../src/engine/memory/memory-state.ts';
import { MemoryStore } from '../../src/storage/memory/memory-store.ts';
import { intercept } from '../../src/storage/wrappers/intercept.ts';
import { FaultyStore, whenever } from '../support/faulty-store.ts';
import { bench, contentsOf, noting, type Bench, type TestDevice } from './two-devices.ts';

const HEAD = '.twincloud/head';
const MINUTE_MS = 60_000;

let cloud: Bench;
let backup: MemoryStore;
let faulty: FaultyStore;
let laptop: TestDevice;

beforeEach(() => {
  cloud = bench();
  backup = new MemoryStore({ clock: cloud.clock });
  faulty = new FaultyStore(backup);
  laptop = cloud.device('laptop', { backups: [{ name: 'spare', store: faulty }] });
});

function headOf(store: MemoryStore): Head | undefined {
  const body = store.snapshot().get(HEAD)?.body;
  return body === undefined ? undefined : (JSON.parse(gunzipSync(body).toString()) as Head);
}

/** What the primary has in our folder and the backup has not, or otherwise; devices' words may be a sync behind. */
function lacking(): readonly string[] {
  const there = backup.snapshot();
  return [...cloud.store.snapshot()].flatMap(([key, { body }]) => {
    const same = Buffer.compare(there.get(key)?.body ?? Buffer.alloc(0), body) === 0;
    return /^\.twincloud\/(?!devices)/u.test(key) && !same ? [key] : [];
  });
}

async function synced(device = laptop, backups: 'when-due' | 'always' = 'when-due'): Promise<BackupStatus> {
  const report = await device.engine.sync({ acceptFirst: true, backups });
  expect(report.outcome).toBe('done');
  const [status] = report.backups ?? [];
  if (status === undefined) throw new Error('the report tells of no backup');
  return status;
}

/** A device that has nothing but the backup. */
async function fromBackup(): Promise<Record<string, string>> {
  const reader = cloud.device('reader', { through: () => backup });
  await reader.engine.sync();
  return contentsOf(reader);
}

describe('replication', () => {
  it('[RE1] brings all that is alive and then the head, byte by byte, also what came in many commits', async () => {
    for (let day = 0; day < 12; day += 1) {
      for (let note = 0; note < (day === 0 ? 100 : 30); note += 1)
        laptop.vault.userWrite(`${String(note)}.md`, `day ${String(day)} of ${String(note)}\n`);
      expect(await synced()).toMatchObject({ state: 'protected', behindCommits: 0, behindBytes: 0 });
      expect(lacking()).toEqual([]);
    }
    expect(headOf(backup)?.root).toBeDefined();
    expect(await fromBackup()).toEqual(await contentsOf(laptop));
  });

  it('[RE1] cut off at any call, the backup’s head has all that it needs, and the next run goes on', async () => {
    laptop.vault.userWrite('a.md', 'one\n');
    await synced();
    const before = headOf(backup)?.commit;
    laptop.vault.userWrite('a.md', 'two\n');
    laptop.vault.userWrite(
      'large.bin',
      new Uint8Array(400_000).map((_, index) => (index * 7) & 255),
    );
    for (let call = 0; ; call += 1) {
      let seen = 0;
      faulty.script = () => (seen++ >= call ? { kind: 'fail-before', error: 'denied' } : undefined);
      const status = await synced(laptop, 'always');
      if (status.state === 'protected') break;
      expect([before, headOf(cloud.store)?.commit]).toContain(headOf(backup)?.commit);
      expect(await fromBackup()).toMatchObject({ 'a.md': expect.stringMatching(/one|two/u) as string });
    }
    expect(lacking()).toEqual([]);
  });

  it('[RE9] costs no request where the backup is up to date', async () => {
    laptop.vault.userWrite('a.md', 'one\n');
    await synced();
    const calls = faulty.calls.length;
    expect(await synced()).toMatchObject({ state: 'protected' });
    expect(faulty.calls.length).toBe(calls);
  });

  it('[RE9] begins when all is saved', async () => {
    laptop.vault.userWrite('a.md', 'one\n');
    let callsAtSaved = -1;
    await laptop.engine.sync({ onSaved: () => (callsAtSaved = faulty.calls.length) });
    expect(callsAtSaved).toBe(0);
    expect(faulty.calls.length).toBeGreaterThan(0);
  });

  it('[RE6] is done by any device, and by two at once', async () => {
    const tablet = cloud.device('tablet', { backups: [{ name: 'spare', store: faulty }] });
    laptop.vault.userWrite('a.md', 'one\n');
    await laptop.engine.sync({ backups: 'always' });
    await tablet.engine.sync();
    tablet.vault.userWrite('b.md', 'two\n');
    laptop.vault.userWrite('c.md', 'three\n');
    await Promise.all([tablet.engine.sync(), laptop.engine.sync()]);
    await synced(tablet);
    await synced();
    expect(lacking()).toEqual([]);
    expect(headOf(backup)).toEqual(headOf(cloud.store));
  });

  it('[RE8] a backup that is away fails no sync, is told, and is asked again after a pause or by a person', async () => {
    faulty.script = () => ({ kind: 'fail-before', error: 'unavailable' });
    laptop.vault.userWrite('a.md', 'one\n');
    const away = await synced();
    expect(away).toMatchObject({ state: 'behind', behindCommits: 1, behindBytes: 4 });
    expect(away.message).toMatch(/reach|answer|again/iu);
    const calls = faulty.calls.length;
    await synced();
    expect(faulty.calls.length).toBe(calls);
    faulty.script = () => undefined;
    expect(await synced(laptop, 'always')).toMatchObject({ state: 'protected' });
    faulty.script = () => ({ kind: 'fail-before', error: 'unavailable' });
    laptop.vault.userWrite('a.md', 'two\n');
    await synced();
    faulty.script = () => undefined;
    await cloud.clock.sleep(2 * MINUTE_MS);
    expect(await synced()).toMatchObject({ state: 'protected' });
  });

  it('[RE8] when the sync has ended, nothing that a failing backup began is still under way', async () => {
    let underWay = 0;
    const device = cloud.device('counting', {
      backups: [{ name: 'spare', store: faulty }],
      through: (store) =>
        intercept(store, async (call, run) => {
          underWay += 1;
          for (let turn = 0; call.kind === 'list' && turn < 200; turn += 1) await Promise.resolve();
          return run(call.signal).finally(() => (underWay -= 1));
        }),
    });
    faulty.script = whenever(({ kind }) => kind === 'list', { kind: 'fail-before', error: 'unavailable' });
    device.vault.userWrite('a.md', 'one\n');
    expect(await synced(device)).toMatchObject({ state: 'behind' });
    expect(underWay).toBe(0);
  });

  it('[RE7] what the primary lacks or spoilt is not copied, is told, and the rest goes on', async () => {
    laptop.vault.userWrite('a.md', 'one\n');
    laptop.vault.userWrite('large.bin', new Uint8Array(400_000).fill(7));
    const alone = cloud.device('alone', { vault: laptop.vault, state: laptop.state });
    await alone.engine.sync();
    const blob = [...cloud.store.snapshot().keys()].find((key) => key.startsWith('.twincloud/blobs/')) ?? '';
    await cloud.store.put(blob as ObjectKey, new Uint8Array(400_000).fill(8));
    const doubtful = await synced();
    expect(doubtful).toMatchObject({ state: 'behind' });
    expect(doubtful.message).toContain(blob);
    expect(headOf(backup)).toBeUndefined();
    const status = await synced(laptop, 'always');
    expect(status.message).toContain(blob);
    expect(backup.snapshot().has(blob)).toBe(false);
    expect(headOf(backup)).toEqual(headOf(cloud.store));
    await cloud.store.put(blob as ObjectKey, new Uint8Array(400_000).fill(7));
    expect((await synced(laptop, 'always')).message).toBeUndefined();
    expect(lacking()).toEqual([]);
  });

  it('[RE1] [RE7] an answer that was harmed on its way makes no backup that lacks something', async () => {
    const device = cloud.device('harmed', {
      backups: [{ name: 'spare', store: faulty }],
      through: (store) => {
        const shaky = new FaultyStore(store);
        const isPack: Parameters<typeof whenever>[0] = ({ kind, key }) =>
          kind === 'get' && key.includes('/packs/');
        shaky.script = whenever(isPack, { kind: 'corrupt-body' }, 1);
        return shaky;
      },
    });
    device.vault.userWrite('a.md', 'one\n');
    expect(await synced(device)).toMatchObject({ state: 'behind' });
    expect(headOf(backup)).toBeUndefined();
    expect(await synced(device, 'always')).toMatchObject({ state: 'protected' });
    expect(lacking()).toEqual([]);
  });
});

describe('what a backup holds', () => {
  it('[RE3] of another vault, or another line, is left as it is', async () => {
    const other = bench();
    other.device('one more');
    const stranger = other.device('stranger');
    stranger.vault.userWrite('theirs.md', 'theirs\n');
    await stranger.engine.sync();
    for (const [key, { body }] of other.store.snapshot()) await backup.put(key as ObjectKey, body);
    const before = backup.snapshot();
    laptop.vault.userWrite('a.md', 'one\n');
    expect(await synced()).toMatchObject({ state: 'stopped' });
    expect([...backup.snapshot().keys()]).toEqual([...before.keys()]);
    expect(await fromBackup()).toEqual({ 'theirs.md': 'theirs\n' });
  });

  it('[RE3] newer than a primary that was put back is left until that has gone on', async () => {
    laptop.vault.userWrite('a.md', 'one\n');
    await synced();
    const old = cloud.store.snapshot();
    laptop.vault.userWrite('a.md', 'two\n');
    await synced();
    const newer = headOf(backup)?.commit;
    for (const key of cloud.store.snapshot().keys())
      if (!old.has(key)) await cloud.store.delete(key as ObjectKey);
    await cloud.store.put(HEAD as ObjectKey, old.get(HEAD)?.body ?? new Uint8Array());
    const tablet = cloud.device('tablet', { backups: [{ name: 'spare', store: faulty }] });
    const status = await synced(tablet);
    expect(status).toMatchObject({ state: 'stopped' });
    expect(status.message).toContain('put back');
    expect(headOf(backup)?.commit).toBe(newer);
    expect(await contentsOf(tablet)).toEqual({ 'a.md': 'one\n' });
  });

  it('[RE4] of commits that the primary went back from stays as a root, restorable', async () => {
    laptop.vault.userWrite('a.md', 'one\n');
    await synced();
    const old = cloud.store.snapshot();
    laptop.vault.userWrite('lost.md', 'only in the backup\n');
    await synced();
    const lost = headOf(backup)?.commit ?? '';
    await cloud.store.put(HEAD as ObjectKey, old.get(HEAD)?.body ?? new Uint8Array());
    const tablet = cloud.device('tablet', { backups: [{ name: 'spare', store: faulty }] });
    for (const text of ['three\n', 'four\n']) {
      tablet.vault.userWrite('b.md', text);
      await tablet.engine.sync({ acceptFirst: true, backups: 'always' });
    }
    expect(headOf(backup)).toEqual(headOf(cloud.store));
    const restored: Record<string, string> = {};
    const reader = cloud.device('reader', { through: () => backup, state: new MemoryState() });
    await reader.engine.restore({
      at: { kind: 'commit', commit: lost as never },
      write: async ({ path }, chunks) => {
        let text = '';
        for await (const chunk of chunks) text += new TextDecoder().decode(chunk);
        restored[path] = text;
      },
    });
    expect(restored).toEqual({ 'a.md': 'one\n', 'lost.md': 'only in the backup\n' });
  });

  it('[RE5] nothing is deleted by replication, wherever it is', async () => {
    const calls: string[] = [];
    const device = cloud.device('noting', {
      through: noting(calls),
      backups: [{ name: 'spare', store: noting(calls)(faulty) }],
    });
    for (const text of ['one\n', 'two\n', 'three\n']) {
      device.vault.userWrite('a.md', text);
      await device.engine.sync();
    }
    expect(calls).not.toContain('delete');
  });

  it('[RE9] is looked at once a day: one that its owner emptied is filled again without an edit', async () => {
    laptop.vault.userWrite('a.md', 'one\n');
    await synced();
    for (const key of backup.snapshot().keys()) await backup.delete(key as ObjectKey);
    await cloud.clock.sleep(23 * 60 * MINUTE_MS);
    await synced();
    expect(headOf(backup)).toBeUndefined();
    await cloud.clock.sleep(2 * 60 * MINUTE_MS);
    await synced();
    expect(lacking()).toEqual([]);
  });

  it('[RE12] a scrub looks at the head too: an emptied backup is whole after it', async () => {
    laptop.vault.userWrite('a.md', 'one\n');
    await synced();
    for (const key of backup.snapshot().keys()) await backup.delete(key as ObjectKey);
    await laptop.engine.scrubBackups();
    expect(lacking()).toEqual([]);
    expect(await fromBackup()).toEqual({ 'a.md': 'one\n' });
  });

  it('[RE10] status tells the commit, when it was seen, and the lag', async () => {
    laptop.vault.userWrite('a.md', 'one\n');
    await synced();
    const atMs = cloud.clock.now();
    faulty.script = whenever(() => true, { kind: 'fail-before', error: 'unavailable' });
    laptop.vault.userWrite('b.md', 'seven b');
    await synced();
    const [status] = (await laptop.engine.status()).backups;
    expect(status).toMatchObject({ name: 'spare', state: 'behind', behindCommits: 1, behindBytes: 7 });
    expect(status?.holds?.seenMs).toBeLessThanOrEqual(atMs);
  });

  it('[RE2] and [RE6]: of many devices that race, every head of the backup was one of the primary', async () => {
    const heads = new Set<string>();
    const put = cloud.store.put.bind(cloud.store);
    cloud.store.put = async (key, body, options) => {
      const version = await put(key, body, options);
      if (key === HEAD) heads.add(Buffer.from(body as Uint8Array).toString('hex'));
      return version;
    };
    const written: string[] = [];
    const putBackup = backup.put.bind(backup);
    backup.put = async (key, body, options) => {
      const version = await putBackup(key, body, options);
      if (key === HEAD) written.push(Buffer.from(body as Uint8Array).toString('hex'));
      return version;
    };
    const devices = ['a', 'b', 'c'].map((name) =>
      cloud.device(name, { backups: [{ name: 'spare', store: backup }] }),
    );
    for (let round = 0; round < 5; round += 1) {
      for (const device of devices) device.vault.userWrite(`${device.name} ${String(round)}.md`, 'x\n');
      await Promise.all(devices.map((device) => device.engine.sync({ acceptFirst: true })));
    }
    expect(written.length).toBeGreaterThan(4);
    expect(written.filter((body) => !heads.has(body))).toEqual([]);
  });
});

describe('a backup that somebody took for the vault’s cloud', () => {
  it('[RE4] [I9] two lines of one history meet on it: nothing is deleted, and both are restorable', async () => {
    laptop.vault.userWrite('a.md', 'one\n');
    await synced();
    const mover = cloud.device('mover', { through: () => backup });
    await mover.engine.sync({ acceptFirst: true });
    mover.vault.userWrite('only there.md', 'written on the backup\n');
    await mover.engine.sync();
    const theirs = headOf(backup)?.commit ?? '';
    for (const text of ['two\n', 'three\n', 'four\n']) {
      laptop.vault.userWrite('a.md', text);
      await laptop.engine.sync({ backups: 'always' });
      expect(await contentsOf(laptop)).toEqual({ 'a.md': text });
      await mover.engine.sync({ acceptFirst: true });
      expect((await contentsOf(mover))['only there.md']).toBe('written on the backup\n');
    }
    expect(await contentsOf(laptop)).toEqual({ 'a.md': 'four\n' });
    const kept = [...backup.snapshot().keys()].some((key) => key.endsWith(`/roots/${theirs}`));
    const inLog = headOf(backup)?.log.includes(theirs as never) ?? false;
    expect(kept || inLog).toBe(true);
    expect(await fromBackup()).toMatchObject({ 'only there.md': 'written on the backup\n' });
  });
});
