import { describe, expect, it } from 'vitest';

import type { Entry } from '../../../src/core/model/entry.ts';
import type { CommitRecord, Head } from '../../../src/core/model/head.ts';
import type { PastMoment, Snapshot } from '../../../src/core/model/history.ts';
import { deltaKey, packKey } from '../../../src/core/format/keys.ts';
import { keptRange, locateMoment, treeAt, versionsOf } from '../../../src/core/model/history.ts';
import { applyRecords } from '../../../src/core/model/tree.ts';
import {
  commitOf,
  digitsOf,
  fileEntry,
  hashOf,
  headOf,
  recordOf,
  stampOf,
  tombstone,
  vaultPath,
} from '../format/samples.ts';

/** Commit `n` writes a.md when odd, b.md when even, and deletes b.md when it is a multiple of ten. */
function entriesOf(n: number): readonly Entry[] {
  if (n % 10 === 0) return [tombstone('b.md', { generation: n, hash: hashOf(n) })];
  return [fileEntry(n % 2 === 1 ? 'a.md' : 'b.md', { generation: n, hash: hashOf(n) })];
}

const RECORDS: readonly CommitRecord[] = Array.from({ length: 40 }, (_, index) =>
  recordOf(index + 1, entriesOf(index + 1)),
);
const treeOf = (n: number): ReadonlyMap<string, Entry> => applyRecords(new Map(), RECORDS.slice(0, n));

/** Head (or root) at commit `to`, its shards of commit `from` (0: none yet). */
function snapshot(from: number, to: number, root?: number): Snapshot {
  const records = RECORDS.slice(from, to);
  const head = headOf(to, {
    ...(from > 0 && { shards: [hashOf(from)], shardsAt: stampOf(from) }),
    delta: records,
    ...(root !== undefined && { root: commitOf(root) }),
  });
  return { head, shardEntries: [...treeOf(from).values()], records };
}

/** Shards were written by commits 11, 21 and 31; each root stands just before. */
const WHOLE = [snapshot(31, 40, 30), snapshot(21, 30, 20), snapshot(11, 20, 10), snapshot(0, 10)];
const TRIMMED = [WHOLE[0], WHOLE[2]].filter((kept) => kept !== undefined);
const headsOf = (chain: readonly Snapshot[]): Head[] => chain.map((kept) => kept.head);
const timeOf = (n: number): number => recordOf(n, []).timeMs;

function pastTree(chain: readonly Snapshot[], moment: PastMoment): unknown {
  const located = locateMoment(headsOf(chain), moment);
  if (located.kind === 'not-found') return located.reason;
  const past = treeAt(chain.find((kept) => kept.head === located.head) ?? snapshot(0, 1), located.until);
  return {
    commit: past?.stamp.generation,
    tree: past && Object.fromEntries(past.tree),
    exact: located.exact,
  };
}

const whole = (n: number, exact = true): unknown => ({
  commit: n,
  tree: Object.fromEntries(treeOf(n)),
  exact,
});

describe('the tree of a moment', () => {
  it('[OL39] is found for every commit of an unbroken history', () => {
    for (let n = 1; n <= 40; n += 1) {
      expect(pastTree(WHOLE, { kind: 'commit', commit: commitOf(n) })).toEqual(whole(n));
    }
  });

  it('[OL40] is that of the last commit at or before a time', () => {
    for (let n = 1; n <= 40; n += 1) {
      expect(pastTree(WHOLE, { kind: 'time', timeMs: timeOf(n) })).toEqual(whole(n));
      expect(pastTree(WHOLE, { kind: 'time', timeMs: timeOf(n) + 59_999 })).toEqual(whole(n));
    }
    expect(pastTree(WHOLE, { kind: 'time', timeMs: Number.MAX_SAFE_INTEGER })).toEqual(whole(40));
  });

  it('[OL40] is said to be older than asked where roots between were trimmed', () => {
    expect(pastTree(TRIMMED, { kind: 'time', timeMs: timeOf(25) })).toEqual(whole(20, false));
    expect(pastTree(TRIMMED, { kind: 'time', timeMs: timeOf(20) })).toEqual(whole(20, false));
    expect(pastTree(TRIMMED, { kind: 'time', timeMs: timeOf(19) })).toEqual(whole(19));
    expect(pastTree(TRIMMED, { kind: 'time', timeMs: timeOf(31) })).toEqual(whole(31));
  });

  it('[OL41] is refused, with the kept range, outside of it', () => {
    const kept = {
      from: { generation: 11, timeMs: timeOf(11) },
      to: { generation: 40, timeMs: timeOf(40) },
    };
    const locate = (moment: PastMoment): unknown => locateMoment(headsOf(TRIMMED), moment);
    const refusal = (reason: string): unknown => ({ kind: 'not-found', reason, kept });
    expect(locate({ kind: 'time', timeMs: timeOf(11) - 1 })).toEqual(refusal('before-kept-history'));
    expect(locate({ kind: 'commit', commit: commitOf(25) })).toEqual(refusal('trimmed'));
    expect(locate({ kind: 'commit', commit: commitOf(5) })).toEqual(refusal('trimmed'));
    expect(locate({ kind: 'commit', commit: commitOf(2 ** 40) })).toEqual(refusal('unknown-commit'));
    expect(locateMoment([], { kind: 'time', timeMs: 1 })).toMatchObject({
      kind: 'not-found',
      kept: undefined,
    });
  });

  it('[OL39] counts records of deltas that the head only names', () => {
    const { head, ...rest } = snapshot(31, 40);
    const spilled = {
      ...rest,
      head: { ...head, deltas: [deltaKey(digitsOf(1))], spilled: 5, delta: RECORDS.slice(36) },
    };
    for (const n of [31, 33, 37, 40]) {
      expect(pastTree([spilled], { kind: 'commit', commit: commitOf(n) })).toEqual(whole(n));
      expect(pastTree([spilled], { kind: 'time', timeMs: timeOf(n) })).toEqual(whole(n));
    }
  });

  it('[OL41] before the first commit is nothing, also where its time lies in a delta', () => {
    const { head, ...rest } = snapshot(0, 10);
    const spilled = { ...rest, head: { ...head, deltas: [deltaKey(digitsOf(1))], spilled: 10, delta: [] } };
    expect(treeAt(spilled, { kind: 'time', timeMs: timeOf(1) - 1 })).toBeUndefined();
    expect(keptRange([spilled.head])).toEqual({ from: { generation: 1 }, to: { generation: 10 } });
  });

  it('[OL40] goes by the order of commits where clocks disagree', () => {
    const skewed = [
      recordOf(1, entriesOf(1)),
      { ...recordOf(2, entriesOf(2)), timeMs: 5 },
      recordOf(3, entriesOf(3)),
    ];
    const past = treeAt({ ...snapshot(0, 3), records: skewed }, { kind: 'time', timeMs: timeOf(1) });
    expect(past?.stamp.generation).toBe(2);
  });
});

describe('the versions of a path', () => {
  const path = vaultPath('b.md');
  const summary = (chain: readonly Snapshot[]): readonly unknown[] =>
    versionsOf(path, chain).map(({ entry, stamp }) => [
      entry.generation,
      stamp?.commit,
      entry.deleted === true,
    ]);

  it('[OL42] are each of its entries with its commit, newest first', () => {
    expect(summary(WHOLE)).toEqual(
      Array.from({ length: 20 }, (_, index) => 40 - 2 * index).map((n) => [n, commitOf(n), n % 10 === 0]),
    );
  });

  it('[OL42] are known without their commit where only shards still tell of them', () => {
    const shards = summary([snapshot(31, 33)]);
    expect(shards).toEqual([
      [32, commitOf(32), false],
      [30, undefined, true],
    ]);
  });

  it('[OL42] are not more for an entry that was written again for its place', () => {
    const first = fileEntry('b.md', { generation: 1 });
    const moved = { ...first, at: { pack: packKey(digitsOf(9)), offset: 7, length: 12 } };
    const later = { ...snapshot(0, 1), records: [recordOf(1, [first]), recordOf(2, [moved])] };
    expect(versionsOf(path, [later])).toEqual([{ entry: moved, stamp: stampOf(1) }]);
    expect(versionsOf(path, [{ ...later, records: [], shardEntries: [moved] }, later])).toEqual([
      { entry: moved, stamp: stampOf(1) },
    ]);
  });
});
