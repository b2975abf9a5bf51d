import { beforeEach, describe, expect, it } from 'vitest';
import { rootKey } from '../../src/core/format/keys.ts';
import type { CommitId, ObjectKey } from '../../src/core/model/ids.ts';
import type { VaultPath } from '../../src/core/model/vault-path.ts';
import type { Moment, RestoreReport, SyncReport, Version } from '../../src/engine/api.ts';
import { VaultError } from '../../src/engine/ports.ts';
import { isStoreError } from '../../src/storage/store-error.ts';
import { bench, contentsOf, type Bench, type TestDevice } from './two-devices.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LARGE_BYTES = 9 * 1024 * 1024;

let cloud: Bench;
let laptop: TestDevice;

beforeEach(() => {
  cloud = bench();
  laptop = cloud.device('laptop');
});

interface Restored {
  readonly contents: Record<string, string>;
  readonly report: RestoreReport;
}

async function restored(device: TestDevice, at: Moment, path?: string): Promise<Restored> {
  const contents: Record<string, string> = {};
  const report = await device.engine.restore({
    at,
    ...(path !== undefined && { path: path as VaultPath }),
    write: async (file, chunks) => {
      contents[file.path] = await textOfChunks(chunks);
    },
  });
  return { contents, report };
}

async function textOfChunks(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of chunks) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}

interface Stop {
  readonly commit: CommitId;
  readonly timeMs: number;
  readonly contents: Record<string, string>;
}

/** Syncs and remembers what the vault was then; some time passes before and after. */
async function stop(device: TestDevice): Promise<Stop> {
  await cloud.clock.advance(1_000);
  const { head } = await synced(device);
  if (head === undefined) throw new Error('no head');
  const timeMs = cloud.clock.now();
  await cloud.clock.advance(1_000);
  return { commit: head.commit, timeMs, contents: await contentsOf(device) };
}

function versionsOf(device: TestDevice, path: string): Promise<readonly Version[]> {
  return device.engine.history(path as VaultPath);
}

/** Enough edits that shards are written again: 256 changes. */
async function compact(device: TestDevice, round: string): Promise<SyncReport> {
  for (let index = 0; index < 260; index += 1) {
    device.vault.userWrite(`filler/${String(index)}.md`, `filler ${String(index)} ${round}`);
  }
  return synced(device);
}

/** With what the guard would hold: the fillers change all at once. */
async function synced(device: TestDevice): Promise<SyncReport> {
  const report = await device.engine.sync();
  if (report.outcome !== 'held') return report;
  await device.engine.decideHeld('apply');
  return device.engine.sync();
}

function keysOf(kind: string): readonly string[] {
  return [...cloud.store.snapshot().keys()].filter((key) => key.startsWith(`.twincloud/${kind}/`));
}

async function damage(key: string): Promise<void> {
  const found = await cloud.store.get(key as ObjectKey);
  if (found.kind === 'unchanged') throw new Error('unchanged');
  await cloud.store.put(
    key as ObjectKey,
    found.body.map((byte) => byte ^ 0xff),
  );
}

describe('history', () => {
  it('[HI1] versions of a path come newest first, deletions and edits of other devices among them', async () => {
    const phone = cloud.device('phone');
    laptop.vault.userWrite('n.md', 'one');
    laptop.vault.userWrite('other.md', 'x');
    await stop(laptop);
    await phone.engine.sync();
    phone.vault.userWrite('n.md', 'two, longer');
    const second = await stop(phone);
    await laptop.engine.sync();
    laptop.vault.userDelete('n.md');
    await stop(laptop);
    laptop.vault.userWrite('n.md', 'again');
    await stop(laptop);
    const versions = await versionsOf(laptop, 'n.md');
    expect(versions.map(({ deleted, sizeBytes, deviceName }) => [deleted, sizeBytes, deviceName])).toEqual([
      [false, 5, 'laptop'],
      [true, 11, 'laptop'],
      [false, 11, 'phone'],
      [false, 3, 'laptop'],
    ]);
    expect(versions[2]).toMatchObject({ commit: second.commit, generation: 2 });
    expect(Math.abs((versions[2]?.timeMs ?? 0) - second.timeMs)).toBeLessThan(1_000);
    expect(await versionsOf(laptop, 'never.md')).toEqual([]);
  });

  it('[HI2] versions on both sides of several compactions are found, each once and with its commit', async () => {
    const expected: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      laptop.vault.userWrite('n.md', `text ${'x'.repeat(round)}`);
      expected.unshift((await stop(laptop)).commit);
      await compact(laptop, String(round));
      laptop.vault.userWrite('n.md', `with the fillers ${'x'.repeat(round)}`);
      const report = await compact(laptop, `${String(round)} again`);
      expected.unshift(report.head?.commit ?? '');
    }
    expect(keysOf('roots').length).toBeGreaterThanOrEqual(4);
    const versions = await versionsOf(laptop, 'n.md');
    expect(versions.map(({ commit }) => commit)).toEqual(expected);
  });

  it('[HI3] a merge shows both texts, the merged one first', async () => {
    const phone = cloud.device('phone');
    laptop.vault.userWrite('n.md', 'top\n\nmiddle\n\nbottom\n');
    await laptop.engine.sync();
    await phone.engine.sync();
    laptop.vault.userWrite('n.md', 'TOP, by laptop\n\nmiddle\n\nbottom\n');
    await laptop.engine.sync();
    phone.vault.userWrite('n.md', 'top\n\nmiddle\n\nBOTTOM\n');
    await phone.engine.sync();
    const merged = 'TOP, by laptop\n\nmiddle\n\nBOTTOM\n'.length;
    const ofPhone = 'top\n\nmiddle\n\nBOTTOM\n'.length;
    const sizes = [merged, ofPhone, merged, ofPhone];
    expect((await versionsOf(phone, 'n.md')).map(({ sizeBytes }) => sizeBytes)).toEqual(sizes);
    await compact(phone, 'later');
    await compact(phone, 'and later');
    expect((await versionsOf(phone, 'n.md')).map(({ sizeBytes }) => sizeBytes)).toEqual(sizes);
  });

  it('[HI4] a root that is damaged leaves a gap and hides no other version', async () => {
    laptop.vault.userWrite('n.md', 'one');
    await laptop.engine.sync();
    await compact(laptop, 'a');
    laptop.vault.userWrite('n.md', 'two');
    await laptop.engine.sync();
    await compact(laptop, 'b');
    for (const key of keysOf('roots')) await damage(key);
    expect((await versionsOf(laptop, 'n.md')).length).toBeGreaterThanOrEqual(1);
    expect((await versionsOf(laptop, 'n.md'))[0]?.sizeBytes).toBe(3);
  });

  it('[HI4] a root of a line that the head does not descend from tells nothing', async () => {
    laptop.vault.userWrite('n.md', 'one');
    await laptop.engine.sync();
    const before = cloud.store.snapshot();
    laptop.vault.userWrite('n.md', 'of the lost line');
    await laptop.engine.sync();
    await compact(laptop, 'a');
    const lost = new Map(cloud.store.snapshot());
    cloud.store.rollback(before);
    const other = cloud.device('tablet');
    await other.engine.sync();
    for (let edit = 0; edit < 5; edit += 1) {
      other.vault.userWrite('n.md', `of this line ${String(edit)}`);
      await other.engine.sync();
    }
    const root = [...lost].filter(([key]) => key.startsWith('.twincloud/roots/'));
    expect(root).toHaveLength(1);
    cloud.store.rollback(new Map([...cloud.store.snapshot(), ...root]));
    const sizes = (await versionsOf(other, 'n.md')).map(({ sizeBytes }) => sizeBytes);
    expect(sizes).toEqual([14, 14, 14, 14, 14, 3]);
  });
});

describe('restore', () => {
  it('[HI5] each kind of moment gives the vault as it was then', async () => {
    const stops: Stop[] = [];
    const phone = cloud.device('phone');
    laptop.vault.userWrite('n.md', 'zero');
    laptop.vault.userWrite('sub/m.md', 'm');
    laptop.vault.userWrite('empty.md', '');
    laptop.vault.userMkdir('Inbox');
    stops.push(await stop(laptop));
    for (let round = 0; round < 3; round += 1) {
      await synced(phone);
      phone.vault.userWrite('sub/m.md', `m ${String(round)}`);
      stops.push(await stop(phone));
      await synced(laptop);
      laptop.vault.userWrite('n.md', `n ${String(round)}`);
      laptop.vault.userRename('sub/m.md', 'sub/moved.md');
      stops.push(await stop(laptop));
      await compact(laptop, String(round));
      stops.push(await stop(laptop));
      laptop.vault.userRename('sub/moved.md', 'sub/m.md');
      stops.push(await stop(laptop));
    }
    const stranger = cloud.device('never synced');
    const before = cloud.store.snapshot();
    for (const { commit, timeMs, contents } of stops) {
      expect((await restored(stranger, { kind: 'commit', commit })).contents).toEqual(contents);
      expect((await restored(stranger, { kind: 'time', timeMs })).contents).toEqual(contents);
    }
    const now = await restored(stranger, { kind: 'now' });
    expect(now.contents).toEqual(stops.at(-1)?.contents);
    expect(now.report.commit).toBe(stops.at(-1)?.commit);
    expect(await contentsOf(stranger)).toEqual({});
    expect(cloud.store.snapshot()).toEqual(before);
  });

  it('[HI6] the beginning of a commit id is enough where one commit alone has it', async () => {
    laptop.vault.userWrite('n.md', 'one');
    const first = await stop(laptop);
    laptop.vault.userWrite('n.md', 'two');
    await stop(laptop);
    const digits = first.commit.slice(0, 6).toUpperCase() as CommitId;
    expect((await restored(laptop, { kind: 'commit', commit: digits })).contents).toEqual({ 'n.md': 'one' });
    await expect(
      restored(laptop, { kind: 'commit', commit: first.commit.slice(0, 5) as CommitId }),
    ).rejects.toMatchObject({ kind: 'not-found', message: expect.stringContaining('6 digits') as string });
  });

  it('[HI7] a moment outside of kept history is refused with the range that is kept', async () => {
    const startMs = cloud.clock.now();
    await cloud.clock.advance(DAY_MS);
    laptop.vault.userWrite('n.md', 'one');
    await stop(laptop);
    await compact(laptop, 'a');
    const wanted: Moment[] = [
      { kind: 'time', timeMs: startMs },
      { kind: 'commit', commit: '0123456789abcdef' as CommitId },
    ];
    for (const at of wanted) {
      await expect(restored(laptop, at)).rejects.toMatchObject({
        kind: 'not-found',
        message: expect.stringMatching(
          /reaches from 2026-01-02T.*number 1\) to 2026-01-02T.*number 2\)/u,
        ) as string,
      });
    }
  });

  it('[HI7] a commit whose root was trimmed is refused, and its neighbours are not', async () => {
    laptop.vault.userWrite('n.md', 'one');
    const first = await stop(laptop);
    await compact(laptop, 'a');
    laptop.vault.userWrite('n.md', 'two');
    const second = await stop(laptop);
    await compact(laptop, 'b');
    await cloud.store.delete(rootKey(first.commit));
    await expect(restored(laptop, { kind: 'commit', commit: first.commit })).rejects.toMatchObject({
      kind: 'not-found',
      message: expect.stringContaining('has left the history') as string,
    });
    const then = await restored(laptop, { kind: 'commit', commit: second.commit }, 'n.md');
    expect(then.contents).toEqual({ 'n.md': 'two' });
  });

  it('[HI8] one file, or a folder with all below it, can be restored alone', async () => {
    laptop.vault.userWrite('a/n.md', 'n');
    laptop.vault.userWrite('a/b/m.md', 'm');
    laptop.vault.userMkdir('a/none');
    laptop.vault.userWrite('ab.md', 'ab');
    await laptop.engine.sync();
    const now: Moment = { kind: 'now' };
    expect((await restored(laptop, now, 'a/n.md')).contents).toEqual({ 'a/n.md': 'n' });
    const folder = await restored(laptop, now, 'a/');
    expect(folder.contents).toEqual({ 'a/n.md': 'n', 'a/b/m.md': 'm', 'a/none/': '' });
    expect(folder.report).toMatchObject({ files: 2, bytes: 2, failed: [] });
    await expect(restored(laptop, now, 'a')).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('[HI9] contents that are damaged or missing are listed, and all others are restored', async () => {
    laptop.vault.userWrite('small.md', 'small');
    await laptop.engine.sync();
    const [pack] = keysOf('packs');
    laptop.vault.userWrite('other.md', 'other');
    laptop.vault.userWrite('blob.bin', new Uint8Array(300_000).fill(1));
    await laptop.engine.sync();
    await damage(pack ?? '');
    await cloud.store.delete((keysOf('blobs')[0] ?? '') as ObjectKey);
    const { contents, report } = await restored(laptop, { kind: 'now' });
    expect(contents).toEqual({ 'other.md': 'other' });
    expect(report.files).toBe(1);
    expect(report.failed.map(({ path }) => path).sort()).toEqual(['blob.bin', 'small.md']);
  });

  it('[HI10] a large file comes in pieces, and its iterable throws at its end when the contents are wrong', async () => {
    laptop.vault.userWrite('large.bin', new Uint8Array(LARGE_BYTES).fill(7));
    laptop.vault.userWrite('n.md', 'n');
    await laptop.engine.sync();
    let pieces = 0;
    const errors: unknown[] = [];
    const restoreAll = (): Promise<RestoreReport> =>
      laptop.engine.restore({
        at: { kind: 'now' },
        write: async (_file, chunks) => {
          try {
            for await (const chunk of chunks) pieces += chunk.length > 1 ? 1 : 0;
          } catch (error) {
            errors.push(error);
            throw error;
          }
        },
      });
    expect(await restoreAll()).toMatchObject({ files: 2, bytes: LARGE_BYTES + 1, failed: [] });
    expect(pieces).toBe(2);
    await damage(keysOf('blobs')[0] ?? '');
    const report = await restoreAll();
    expect(report).toMatchObject({ files: 1, failed: [{ path: 'large.bin' }] });
    expect(errors).toHaveLength(1);
    expect(isStoreError(errors[0], 'corrupt')).toBe(true);
  });

  it('[HI10] a large file whose contents nobody took to the end does not count as restored', async () => {
    laptop.vault.userWrite('large.bin', new Uint8Array(LARGE_BYTES).fill(7));
    await laptop.engine.sync();
    const report = await laptop.engine.restore({ at: { kind: 'now' }, write: () => Promise.resolve() });
    expect(report).toMatchObject({ files: 0, failed: [{ path: 'large.bin' }] });
  });

  it('[HI11] a name that cannot be written is listed; a full disk ends the restore', async () => {
    laptop.vault.userWrite('bad.md', 'bad');
    laptop.vault.userWrite('good.md', 'good');
    await laptop.engine.sync();
    const failing = (kind: 'illegal-name' | 'disk-full'): Promise<RestoreReport> =>
      laptop.engine.restore({
        at: { kind: 'now' },
        write: ({ path }) =>
          path === 'bad.md' ? Promise.reject(new VaultError(kind, path, 'no')) : Promise.resolve(),
      });
    expect(await failing('illegal-name')).toMatchObject({ files: 1, failed: [{ path: 'bad.md' }] });
    await expect(failing('disk-full')).rejects.toMatchObject({ kind: 'vault' });
  });

  it('a bucket without a vault has no history', async () => {
    await expect(versionsOf(laptop, 'n.md')).rejects.toMatchObject({ kind: 'not-found' });
    await expect(restored(laptop, { kind: 'now' })).rejects.toMatchObject({ kind: 'not-found' });
  });
});
