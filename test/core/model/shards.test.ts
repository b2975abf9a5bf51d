import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  fnv1a32,
  nextShardCount,
  shardCount,
  shardIndex,
  splitIntoShards,
} from '../../../src/core/model/shards.ts';
import { entries, fileEntry, paths, utf8, vaultPath } from '../format/samples.ts';

describe('shards', () => {
  it.each([
    [0, 1],
    [1, 1],
    [400, 1],
    [500, 2],
    [3_200, 8],
    [10_000, 32],
    [100_000, 256],
    [10_000_000, 256],
  ])('[OL21] of %i entries are %i', (count, shards) => {
    expect(shardCount(count)).toBe(shards);
  });

  it('[OL21] are a power of two with 160 to 640 entries each, between 1 and 256 of them', () => {
    fc.assert(
      fc.property(fc.nat(200_000), (count) => {
        const shards = shardCount(count);
        expect(Number.isInteger(Math.log2(shards))).toBe(true);
        if (shards > 1) expect(count / shards).toBeGreaterThanOrEqual(160);
        if (shards < 256) expect(count / shards).toBeLessThanOrEqual(640);
      }),
    );
  });

  it.each([
    [0, 5_000, 16],
    [8, 1_280, 8],
    [8, 5_120, 8],
    [8, 1_279, 4],
    [8, 5_121, 16],
    [256, 10_000_000, 256],
    [1, 3, 1],
  ])('[OL21] that are %i now, for %i entries, are %i next', (current, count, next) => {
    expect(nextShardCount(current, count)).toBe(next);
  });

  it('[OL22] are chosen by FNV-1a of 32 bits', () => {
    // Vectors of RFC 9923, appendix C.
    expect([fnv1a32(utf8('')), fnv1a32(utf8('a')), fnv1a32(utf8('foobar'))]).toEqual([
      0x811c9dc5, 0xe40c292c, 0xbf9cf968,
    ]);
  });

  it('[OL22] hold a path where any writer puts it', () => {
    const places = ['notes/a.md', 'notes/ä.md', '😀/'].map((path) => shardIndex(vaultPath(path), 256));
    expect(places).toEqual([229, 131, 101]);
  });

  it('[OL22] hold each entry once, in the place of its path', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(entries, { selector: (entry) => entry.path, maxLength: 30 }),
        fc.nat(8),
        (list, power) => {
          const shards = splitIntoShards(new Map(list.map((entry) => [entry.path, entry])), 2 ** power);
          expect(shards).toHaveLength(2 ** power);
          expect(new Set(shards.flat())).toEqual(new Set(list));
          for (const [index, shard] of shards.entries()) {
            for (const entry of shard) expect(shardIndex(entry.path, 2 ** power)).toBe(index);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('[OL22] split in two when their number doubles, so that no entry changes place otherwise', () => {
    fc.assert(
      fc.property(paths, fc.nat(7), (path, power) => {
        expect(shardIndex(path, 2 ** (power + 1)) % 2 ** power).toBe(shardIndex(path, 2 ** power));
      }),
    );
  });

  it('[OL21] of a vault with alike names are about equally full', () => {
    const many = Array.from({ length: 10_240 }, (_, index) =>
      fileEntry(`Daily/2026/note ${String(index)}.md`),
    );
    const sizes = splitIntoShards(new Map(many.map((entry) => [entry.path, entry])), 32).map(
      (shard) => shard.length,
    );
    expect(Math.min(...sizes)).toBeGreaterThan(240);
    expect(Math.max(...sizes)).toBeLessThan(400);
  });
});
