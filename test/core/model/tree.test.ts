import { describe, expect, it } from 'vitest';

import {
  applyRecords,
  expiredTombstones,
  generationPassedByAll,
  liveCount,
  treeOfShards,
} from '../../../src/core/model/tree.ts';
import { fileEntry, hashOf, recordOf, tombstone } from '../format/samples.ts';

const DAY_MS = 86_400_000;
const NOW_MS = 1_800_000_000_000;

describe('the tree', () => {
  it('has the newest entry of each path, and stays as it was itself', () => {
    const before = treeOfShards([[fileEntry('a.md')], [fileEntry('b.md')]]);
    const after = applyRecords(before, [
      recordOf(2, [fileEntry('a.md', { hash: hashOf(2) }), fileEntry('c.md')]),
      recordOf(3, [tombstone('c.md'), fileEntry('a.md', { hash: hashOf(3) })]),
    ]);
    expect([...after.values()]).toEqual([
      fileEntry('a.md', { hash: hashOf(3) }),
      fileEntry('b.md'),
      tombstone('c.md'),
    ]);
    expect([...before.values()]).toEqual([fileEntry('a.md'), fileEntry('b.md')]);
    expect(liveCount(after)).toBe(2);
  });
});

describe('a tombstone', () => {
  const ageDays = (days: number, generation = 5): ReturnType<typeof tombstone> =>
    tombstone(`${String(days)}.md`, { timeMs: NOW_MS - days * DAY_MS, generation });
  const expired = (entry: ReturnType<typeof tombstone>, devicesPassedGeneration: number): number =>
    expiredTombstones(new Map([[entry.path, entry]]), { nowMs: NOW_MS, devicesPassedGeneration }).length;

  it('[OL44] expires after 180 days, when every device has passed it', () => {
    expect(expired(ageDays(181), 5)).toBe(1);
    expect(expired(ageDays(180), 5)).toBe(0);
    expect(expired(ageDays(181), 4)).toBe(0);
    expect(expired(ageDays(-4000), 5)).toBe(0);
  });

  it('[OL44] stays while its plain object is still to be removed', () => {
    expect(expired({ ...ageDays(181), projected: { etag: 'e', hash: hashOf(1) } }, 5)).toBe(0);
  });

  it('[OL44] is never a file, however old', () => {
    const tree = new Map(
      [fileEntry('a.md', { mtimeMs: 0, generation: 1 })].map((entry) => [entry.path, entry]),
    );
    expect(expiredTombstones(tree, { nowMs: NOW_MS, devicesPassedGeneration: 9 })).toEqual([]);
  });

  const seen = (
    generation: number,
    days: number,
    lineage = 'mine',
  ): Parameters<typeof generationPassedByAll>[0][0] => ({
    lineage,
    generation,
    seenMs: NOW_MS - days * DAY_MS,
  });
  const passed = (...devices: Parameters<typeof generationPassedByAll>[0]): number =>
    generationPassedByAll(devices, { lineage: 'mine', nowMs: NOW_MS });

  it('[OL44] is passed by all when the last device seen within 180 days has passed it', () => {
    expect(passed(seen(9, 1), seen(4, 180), seen(1, 181))).toBe(4);
  });

  it('[OL44] is passed by none where a device is in another lineage, or none is known', () => {
    expect(passed(seen(9, 1), seen(700, 3, 'older'))).toBe(0);
    expect(passed()).toBe(0);
    expect(passed(seen(9, 400))).toBe(0);
  });
});
