import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { CommitId, ObjectKey } from '../../../src/core/model/ids.ts';
import {
  blobKey,
  deltaKey,
  deviceKey,
  headKey,
  packKey,
  rootKey,
  shardKey,
} from '../../../src/core/format/keys.ts';
import {
  condemn,
  deletable,
  keptRoots,
  namesCondemned,
  reachableKeys,
  repackCandidates,
} from '../../../src/core/model/collection.ts';
import {
  commitOf,
  deviceOf,
  digitsOf,
  fileEntry,
  hashOf,
  headOf,
  placeless,
  stampOf,
  tombstone,
} from '../format/samples.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = Date.UTC(2026, 7, 15, 12);
const pack = (n: number): ObjectKey => packKey(digitsOf(n));
const NONE = new Set<ObjectKey>();

describe('reachable', () => {
  it('[OL45] is all that head and kept roots name, superseded contents too', () => {
    const blob = blobKey(hashOf(5), digitsOf(5));
    const keys = reachableKeys(
      [
        {
          head: headOf(9, {
            shards: [hashOf(1)],
            shardsAt: stampOf(8),
            deltas: [deltaKey(digitsOf(2))],
            root: commitOf(7),
          }),
          entries: [
            fileEntry('a.md', { at: { pack: pack(1), offset: 0, length: 1 } }),
            fileEntry('a.md', { at: { pack: pack(2), offset: 0, length: 1 } }),
            fileEntry('b.md', { at: { blob } }),
            placeless(fileEntry('empty.md')),
            tombstone('c.md', { at: { pack: pack(3), offset: 0, length: 1 } }),
          ],
        },
        { head: headOf(7), entries: [fileEntry('a.md', { at: { pack: pack(4), offset: 0, length: 1 } })] },
      ],
      [commitOf(3)],
    );
    expect(keys).toEqual(
      new Set([
        headKey,
        shardKey(hashOf(1)),
        deltaKey(digitsOf(2)),
        rootKey(commitOf(7)),
        rootKey(commitOf(3)),
        pack(1),
        pack(2),
        pack(3),
        pack(4),
        blob,
      ]),
    );
  });
});

describe('condemned', () => {
  const listed = (key: ObjectKey, days: number): { key: ObjectKey; lastModifiedMs: number } => ({
    key,
    lastModifiedMs: NOW_MS - days * DAY_MS,
  });

  it('[OL46] are unreachable objects over a week old, the oldest first', () => {
    const list = [
      listed(pack(1), 8),
      listed(pack(2), 9),
      listed(pack(3), 7),
      listed(pack(4), 30),
      listed(pack(5), -9),
    ];
    expect(
      condemn({ listed: list, reachable: new Set([pack(4)]), condemned: undefined, nowMs: NOW_MS }),
    ).toEqual({
      atMs: NOW_MS,
      keys: [pack(2), pack(1)],
    });
  });

  it('[OL46] are none when there is nothing to remove', () => {
    expect(
      condemn({ listed: [listed(pack(1), 1)], reachable: NONE, condemned: undefined, nowMs: NOW_MS }),
    ).toBeUndefined();
  });

  it('[OL46] stay the same while they wait for their day', () => {
    const condemned = { atMs: NOW_MS - HOUR_MS, keys: [pack(1)] };
    expect(condemn({ listed: [listed(pack(2), 90)], reachable: NONE, condemned, nowMs: NOW_MS })).toBe(
      condemned,
    );
  });

  it('[OL46] [OL27] are at most 200 at once', () => {
    const many = Array.from({ length: 250 }, (_, index) => listed(pack(index), 10 + index));
    const condemned = condemn({ listed: many, reachable: NONE, condemned: undefined, nowMs: NOW_MS });
    expect(condemned?.keys).toHaveLength(200);
    expect(condemned?.keys[0]).toBe(pack(249));
  });

  const KEPT = [
    headKey,
    deviceKey(deviceOf(1)),
    'notes/a.md' as ObjectKey,
    '.twincloud/later/1' as ObjectKey,
    '.twincloud/packs/../head' as ObjectKey,
  ];

  it.each(KEPT)('[OL48] is never %s', (key) => {
    expect(
      condemn({ listed: [listed(key, 900)], reachable: NONE, condemned: undefined, nowMs: NOW_MS }),
    ).toBeUndefined();
  });

  it.each(KEPT)('[OL48] and deleted is never %s, even if some head says so', (key) => {
    expect(deletable({ atMs: 0, keys: [key] }, NONE, NOW_MS)).toEqual([]);
  });

  it('[OL47] are deleted a day later, those that are still unreachable', () => {
    const condemned = { atMs: NOW_MS - DAY_MS, keys: [pack(1), pack(2)] };
    expect(deletable(condemned, new Set([pack(2)]), NOW_MS)).toEqual([pack(1)]);
    expect(deletable(condemned, NONE, NOW_MS - 1)).toEqual([]);
    expect(deletable(undefined, NONE, NOW_MS)).toEqual([]);
  });

  it('[OL35] shards are not written again', () => {
    const condemned = { atMs: 1, keys: [shardKey(hashOf(1)), pack(2)] };
    expect(namesCondemned(condemned, [hashOf(3), hashOf(1)])).toBe(true);
    expect(namesCondemned(condemned, [hashOf(3), hashOf(2)])).toBe(false);
    expect(namesCondemned(undefined, [hashOf(1)])).toBe(false);
  });
});

describe('kept roots', () => {
  const root = (n: number, timeMs: number): { commit: CommitId; timeMs: number } => ({
    commit: commitOf(n),
    timeMs,
  });

  it('[OL43] are all of 30 days, then the last of each day, after 180 days the last of each month', () => {
    const day = (days: number, hour: number): number =>
      Math.floor(NOW_MS / DAY_MS - days) * DAY_MS + hour * HOUR_MS;
    const kept = keptRoots(
      [
        root(1, NOW_MS),
        root(2, day(29, 5)),
        root(3, day(29, 4)),
        root(4, day(31, 4)),
        root(5, day(31, 5)),
        root(6, day(32, 23)),
        root(7, Date.UTC(2025, 11, 1)),
        root(8, Date.UTC(2025, 11, 31)),
        root(9, Date.UTC(2024, 11, 31)),
        root(10, Date.UTC(2024, 11, 30)),
      ],
      NOW_MS,
    );
    expect([...kept].sort()).toEqual([1, 2, 3, 5, 6, 8, 9].map(commitOf).sort());
  });

  it('[OL43] keep every root from the future, and one of a time that is none', () => {
    const odd = [
      root(1, NOW_MS + 900 * DAY_MS),
      root(2, NOW_MS + 900 * DAY_MS),
      root(3, NaN),
      root(4, -1e18),
    ];
    expect(keptRoots(odd, NOW_MS).size).toBe(4);
  });

  it('[OL43] are not fewer when collected again, and every lost one has a kept one after it in its month', () => {
    const ages = fc.array(fc.integer({ min: 0, max: 900 * 24 }), { maxLength: 60 });
    fc.assert(
      fc.property(ages, (hours) => {
        const roots = hours.map((age, index) => root(index, NOW_MS - age * HOUR_MS));
        const kept = keptRoots(roots, NOW_MS);
        const left = roots.filter(({ commit }) => kept.has(commit));
        expect(keptRoots(left, NOW_MS)).toEqual(kept);
        for (const lost of roots.filter(({ commit }) => !kept.has(commit))) {
          const month = new Date(lost.timeMs).toISOString().slice(0, 7);
          const isFollowed = left.some(
            ({ timeMs }) => timeMs >= lost.timeMs && new Date(timeMs).toISOString().startsWith(month),
          );
          expect(isFollowed).toBe(true);
        }
      }),
    );
  });
});

describe('a pack', () => {
  const entry = (path: string, n: number, offset: number, length: number): ReturnType<typeof fileEntry> =>
    fileEntry(path, { at: { pack: pack(n), offset, length } });
  const packs = [1, 2, 3, 4].map((n) => ({ key: pack(n), sizeBytes: 100 }));

  it('[OL49] less than half alive is packed anew, equal contents counted once', () => {
    const live = [
      entry('a.md', 1, 0, 49),
      entry('copy of a.md', 1, 0, 49),
      entry('b.md', 2, 0, 30),
      entry('c.md', 2, 30, 20),
      placeless(fileEntry('d.md')),
      fileEntry('e.md', { at: { blob: blobKey(hashOf(1), digitsOf(1)) } }),
    ];
    expect(repackCandidates(packs, live, NONE)).toEqual([pack(1)]);
  });

  it('[OL49] that a kept root needs, or that holds nothing alive, is left alone', () => {
    expect(repackCandidates(packs, [entry('a.md', 1, 0, 9)], new Set([pack(1)]))).toEqual([]);
  });
});
