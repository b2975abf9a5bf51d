import { describe, expect, it } from 'vitest';
import { EMPTY_HASH, shortHash, type ContentHash } from '../../../src/core/model/ids.ts';
import type { Action } from '../../../src/core/plan/plan.ts';
import { guard, type GuardContext, type HeldItem } from '../../../src/core/policy/guard.ts';
import { live, path } from '../plan/model.ts';

const contents = (number: number): ContentHash => number.toString(16).padStart(64, '0') as ContentHash;
const OTHER = 'f'.repeat(64) as ContentHash;
const reason = 'for the test';

type Make = (number: number) => Action;
const times = (count: number, make: Make): Action[] =>
  Array.from({ length: count }, (_, index) => make(index + 1));
const at = (number: number) => path(`n${number}`);
const entry = (number: number, hash = contents(number)) => ({ ...live(at(number), '-'), hash });

const tombstone: Make = (number) => ({ kind: 'tombstone', path: at(number), last: entry(number), reason });
const trash: Make = (number) => ({ kind: 'trash', path: at(number), expected: contents(number), reason });
const edit: Make = (number) => ({
  kind: 'upload',
  path: at(number),
  hash: contents(number),
  prev: [shortHash(OTHER)],
  reason,
});
const truncate: Make = (number) => ({
  kind: 'upload',
  path: at(number),
  hash: EMPTY_HASH,
  prev: [shortHash(contents(number))],
  reason,
});
const replace: Make = (number) => ({
  kind: 'download',
  path: at(number),
  entry: entry(number),
  expected: OTHER,
  reason,
});
const truncateHere: Make = (number) => ({
  kind: 'download',
  path: at(number),
  entry: entry(number, EMPTY_HASH),
  expected: contents(number),
  reason,
});
const arrival: Make = (number) => ({
  kind: 'upload',
  path: path(`moved/${number}`),
  hash: contents(number),
  prev: [],
  reason,
});
const arrivalHere: Make = (number) => ({
  kind: 'download',
  path: path(`moved/${number}`),
  entry: entry(number),
  expected: 'absent',
  reason,
});

function context(files: number, more: Partial<GuardContext> = {}): GuardContext {
  return {
    localFiles: () => files,
    remoteFiles: () => files,
    baseFiles: () => files,
    recentDeletes: { 'in-cloud': 0, here: 0 },
    approved: [],
    ...more,
  };
}

const heldCount = (actions: readonly Action[], given: GuardContext): number =>
  guard(actions, given).held.length;

describe('removals', () => {
  it.each([
    ['deletes in the cloud', tombstone],
    ['deletes here', trash],
    ['truncations in the cloud', truncate],
    ['truncations here', truncateHere],
  ])('[GU1] five %s pass in the smallest vault, the sixth holds all', (_title, make) => {
    expect(heldCount(times(5, make), context(6))).toBe(0);
    expect(heldCount(times(6, make), context(6))).toBe(6);
  });

  it('[GU1] a fifth of the files passes, one more holds all', () => {
    expect(heldCount(times(20, tombstone), context(100))).toBe(0);
    expect(heldCount(times(21, tombstone), context(100))).toBe(21);
  });

  it('[GU1] files that only one side has make no delete small', () => {
    expect(heldCount(times(20, tombstone), context(20, { remoteFiles: () => 10_000 }))).toBe(20);
    expect(heldCount(times(20, tombstone), context(10_000, { baseFiles: () => 20 }))).toBe(20);
  });

  it('[GU1] deletes and truncations count together', () => {
    const actions = [...times(3, tombstone), ...times(3, (number) => truncate(number + 10))];
    expect(guard(actions, context(10)).held.map(({ item }) => item.kind)).toEqual([
      'delete',
      'delete',
      'delete',
      'truncate',
      'truncate',
      'truncate',
    ]);
  });

  it('[GU2] fifty within ten minutes are held whatever the size of the vault', () => {
    expect(heldCount(times(49, trash), context(100_000))).toBe(0);
    expect(heldCount(times(50, trash), context(100_000))).toBe(50);
    const recentDeletes = { 'in-cloud': 0, here: 45 };
    expect(heldCount(times(5, trash), context(100_000, { recentDeletes }))).toBe(5);
    expect(heldCount(times(5, tombstone), context(100_000, { recentDeletes }))).toBe(0);
  });

  it('[GU3] the other direction and all else go on', () => {
    const others = [...times(3, (number) => trash(number + 100)), edit(200), arrival(201), replace(202)];
    const deletes = times(6, tombstone);
    const result = guard([...others, ...deletes], context(20));
    expect(result.allowed).toEqual(others);
    expect(result.held.map(({ action }) => action)).toEqual(deletes);
  });

  it('[GU3] what is held says what it is', () => {
    expect(guard(times(6, tombstone), context(6)).held[0]).toEqual({
      action: tombstone(1),
      item: { path: 'n1', direction: 'in-cloud', kind: 'delete', hash: contents(1) },
    });
  });

  it('[GU4] what a plan only moves is no delete', () => {
    expect(heldCount([...times(30, tombstone), ...times(30, arrival)], context(100))).toBe(0);
    expect(heldCount([...times(30, trash), ...times(30, arrivalHere)], context(100))).toBe(0);
    const moves = times(60, (number): Action => ({
      kind: 'move-remote',
      from: at(number),
      to: path(`m/${number}`),
      content: { side: 'remote' },
      source: entry(number),
      reason,
    }));
    expect(heldCount(moves, context(60))).toBe(0);
  });

  it('[GU4] each arrival stands for one delete, of its own direction', () => {
    const copies = times(6, (number): Action => ({
      kind: 'tombstone',
      path: at(number),
      last: entry(number, OTHER),
      reason,
    }));
    const one: Action = { kind: 'upload', path: path('m'), hash: OTHER, prev: [], reason };
    expect(heldCount([...copies, one], context(6))).toBe(0);
    expect(heldCount([...copies, tombstone(7), one], context(7))).toBe(6);
    expect(heldCount([...times(6, tombstone), ...times(6, arrivalHere)], context(6))).toBe(6);
  });

  it('[GU4] empty contents are not known to have moved', () => {
    const empties = times(6, (number): Action => ({
      kind: 'tombstone',
      path: at(number),
      last: entry(number, EMPTY_HASH),
      reason,
    }));
    const arrivals = times(6, (number): Action => ({
      kind: 'upload',
      path: path(`m/${number}`),
      hash: EMPTY_HASH,
      prev: [],
      reason,
    }));
    expect(heldCount([...empties, ...arrivals], context(6))).toBe(6);
  });

  it('[GU4] empty folders do not count', () => {
    const folders = times(60, (number): Action => ({
      kind: 'trash',
      path: path(`f${number}/`),
      expected: EMPTY_HASH,
      reason,
    }));
    expect(heldCount(folders, context(60))).toBe(0);
  });
});

describe('changes', () => {
  it.each([
    ['in the cloud', edit],
    ['here', replace],
  ])('[GU5] of more than six files in ten %s are held, from ten on', (_title, make) => {
    expect(heldCount(times(9, make), context(9))).toBe(0);
    expect(heldCount(times(60, make), context(100))).toBe(0);
    expect(heldCount(times(61, make), context(100))).toBe(61);
  });

  it('[GU5] count apart from removals', () => {
    const result = guard([...times(70, edit), ...times(3, (number) => tombstone(number + 70))], context(100));
    expect(result.allowed.map(({ kind }) => kind)).toEqual(['tombstone', 'tombstone', 'tombstone']);
  });

  it('[GU5] new files and those to be looked at are no changes', () => {
    const looks = times(50, (number): Action => ({
      kind: 'resolve',
      path: at(number),
      local: OTHER,
      remote: entry(number),
      reason,
    }));
    expect(heldCount([...looks, ...times(50, (number) => arrival(number + 50))], context(50))).toBe(0);
  });
});

it.each([tombstone, trash])('[CF11] conflict copies that go neither count nor are held', (make) => {
  const copies = times(60, (number): Action => {
    return { ...make(number), path: path(`n${number} (conflict Phone 2026-08-01 10-30 ab12).md`) } as Action;
  });
  expect(heldCount([...copies, ...times(5, make)], context(100))).toBe(0);
});

describe('a person’s word', () => {
  const items = (actions: readonly Action[]): HeldItem[] =>
    guard(actions, context(10)).held.map(({ item }) => item);

  it('[GU6] lets go what was approved, and counts the rest by itself', () => {
    const approved = items(times(8, tombstone));
    const more = [...times(8, tombstone), tombstone(9)];
    expect(heldCount(more, context(10, { approved }))).toBe(0);
    expect(
      heldCount(
        [...times(8, tombstone), ...times(6, (number) => tombstone(number + 20))],
        context(20, { approved }),
      ),
    ).toBe(6);
  });

  it('[GU6] is for that path, those contents and that direction alone', () => {
    const approved = items(times(6, tombstone)).map((item) => ({ ...item, hash: OTHER }));
    expect(heldCount(times(6, tombstone), context(10, { approved }))).toBe(6);
    const inCloud = items(times(6, tombstone));
    expect(heldCount(times(6, trash), context(10, { approved: inCloud }))).toBe(6);
  });

  it('[GU7] is waited for, however few of the held are left', () => {
    const heldBefore = items(times(8, tombstone));
    expect(heldCount(times(2, tombstone), context(10, { heldBefore }))).toBe(2);
    expect(heldCount([tombstone(1), tombstone(30)], context(10, { heldBefore }))).toBe(1);
  });
});
