import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

import type { Entry } from '../../../src/core/model/entry.ts';
import type { CommitRecord, Head } from '../../../src/core/model/head.ts';
import type { ContentHash } from '../../../src/core/model/ids.ts';
import { encodeHead } from '../../../src/core/format/head-codec.ts';
import { deltaKey, packKey } from '../../../src/core/format/keys.ts';
import { HEAD_BYTES, INLINE_BYTES, shapeCommit } from '../../../src/core/model/commit-shape.ts';
import { SeededRandom } from '../../support/seeded-random.ts';
import { digitsOf, fileEntry, hashOf, headOf, recordOf, stampOf } from '../format/samples.ts';

const files = (count: number): Entry[] =>
  Array.from({ length: count }, (_, index) => fileEntry(`note ${String(index)}.md`));

const kindOf = (head: Head | undefined, records: readonly CommitRecord[], isLastBatch = true): string =>
  shapeCommit({ head, records, isLastBatch }).kind;

describe('a commit', () => {
  it('[OL33] stays in the head while it is small', () => {
    expect(kindOf(undefined, [recordOf(1, files(3))])).toBe('inline');
    expect(kindOf(headOf(1), [recordOf(2, [])])).toBe('inline');
  });

  it('[OL33] moves into a delta, with those before it, when the head would hold too much', () => {
    expect(kindOf(undefined, [recordOf(1, files(200))])).toBe('spill');
    expect(kindOf(headOf(1, { delta: [recordOf(1, files(60))] }), [recordOf(2, files(60))])).toBe('spill');
  });

  it('[OL31] writes shards from 256 entries on, its own and spilled ones counted', () => {
    expect(kindOf(undefined, [recordOf(1, files(255))])).toBe('spill');
    expect(kindOf(undefined, [recordOf(1, files(256))])).toBe('compact');
    const spilled = headOf(8, {
      deltas: [deltaKey(digitsOf(1))],
      spilled: 250,
      delta: [recordOf(8, files(3))],
    });
    expect(kindOf(spilled, [recordOf(9, files(2))])).toBe('inline');
    expect(kindOf(spilled, [recordOf(9, files(3))])).toBe('compact');
  });

  it('[OL31] of a first upload waits with shards for the last batch', () => {
    expect(kindOf(undefined, [recordOf(1, files(2000))], false)).toBe('spill');
    const midway = headOf(4, { deltas: [deltaKey(digitsOf(1))], spilled: 8000 });
    expect(kindOf(midway, [recordOf(5, files(2000))], false)).toBe('spill');
    expect(kindOf(midway, [recordOf(5, files(1))], true)).toBe('compact');
  });

  it('[OL32] writes shards when it is more than the 200th since the last ones', () => {
    const fields = { shards: [hashOf(1)], shardsAt: stampOf(100) };
    expect(kindOf(headOf(299, fields), [recordOf(300, [])])).toBe('inline');
    expect(kindOf(headOf(300, fields), [recordOf(301, [])], false)).toBe('compact');
    expect(kindOf(headOf(200), [recordOf(201, [])])).toBe('compact');
  });

  it('[OL34] writes shards when a ninth delta would be needed, even in a first upload', () => {
    const full = headOf(8, {
      deltas: Array.from({ length: 8 }, (_, index) => deltaKey(digitsOf(index))),
      spilled: 100,
    });
    expect(kindOf(full, [recordOf(9, files(1))])).toBe('inline');
    expect(kindOf(full, [recordOf(9, files(140))])).toBe('compact');
    expect(kindOf(full, [recordOf(9, files(2000))], false)).toBe('compact');
  });

  it('[OL33] keeps the compressed head under its size, in the largest vaults too', () => {
    const random = new SeededRandom(7);
    const entry = (index: number): Entry =>
      fileEntry(`${random.pick(['Daily', 'Projects', 'People'])}/${random.hex(12)} ${String(index)}.md`, {
        hash: random.hex(64) as ContentHash,
        mtimeMs: 1_700_000_000_000 + random.below(1e9),
        prev: [random.hex(16), random.hex(16)],
        at: { pack: packKey(random.hex(32)), offset: random.below(8e6), length: 1 + random.below(3000) },
        projected: { etag: random.hex(32), hash: random.hex(64) as ContentHash },
      });
    const commits = Array.from({ length: 256 }, () => random.hex(16) as Head['commit']);
    const big = headOf(1000, {
      log: commits,
      commit: commits[255] ?? headOf(1).commit,
      shards: Array.from({ length: 256 }, () => random.hex(64)),
      shardsAt: stampOf(900),
      condemned: { atMs: 1, keys: Array.from({ length: 200 }, () => packKey(random.hex(32))) },
    });
    for (const head of [headOf(1000, { shards: [hashOf(1)], shardsAt: stampOf(900) }), big]) {
      const delta: CommitRecord[] = [];
      while (kindOf({ ...head, delta }, [recordOf(901 + delta.length, [entry(delta.length)])]) === 'inline') {
        delta.push(recordOf(901 + delta.length, [entry(delta.length)]));
      }
      const frame = gzipSync(encodeHead(head)).length;
      const whole = gzipSync(encodeHead({ ...head, delta })).length;
      expect(delta.length).toBeGreaterThan(15);
      expect(whole).toBeLessThanOrEqual(HEAD_BYTES);
      expect(whole - frame).toBeLessThanOrEqual(INLINE_BYTES);
    }
  });
});
