import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../src/core/model/entry.ts';
import type { VaultPath } from '../../../src/core/model/vault-path.ts';
import type { SkippedRow } from '../../../src/core/plan/plan.ts';
import { clash, dead, hash, live, path, POLICY, world, type World } from './model.ts';
import { hasForeignClash, lost, settle, unexplained } from './settle.ts';

const MAX_PASSES = 5;

/** Runs the world to its end and tells what is wrong with it; empty when all is well. */
function faults(start: World, maxPasses = MAX_PASSES): readonly string[] {
  const settled = settle(start, maxPasses);
  return [
    ...lost(start, settled).map((contents) => `lost ${contents.slice(0, 1)}`),
    ...unexplained(settled).map((at) => `differs at ${at}`),
    ...settled.plan.notices
      .filter(
        ({ path: at }) => !hasForeignClash(start) && start.unknown.size === 0 && !mayBeLeft(at, settled.end),
      )
      .map(({ path: at, reason }) => `left over: ${at} ${reason}`),
  ];
}

/** What was skipped is for a person, and so may be what it stands in the way of. */
function mayBeLeft(at: VaultPath, { skipped }: World): boolean {
  return skipped.size > 0 || skipped.has(at);
}

function expectNoFaults(worlds: Iterable<World>): void {
  let count = 0;
  for (const start of worlds) {
    count += 1;
    const found = faults(start);
    // The first world that fails is shown; to expect something of each would take most of the time.
    if (found.length > 0) expect({ start, found }).toEqual({ start, found: [] });
  }
  expect(count).toBeGreaterThanOrEqual(400);
}

const CONTENTS = ['', '-', 'b', 'c'];

function remotesOf(name: string, other: string, letters: readonly string[]): readonly (Entry | undefined)[] {
  return [
    undefined,
    ...letters.flatMap((one) => [
      live(name, one),
      live(name, one, { from: other }),
      dead(name, one),
      dead(name, one, other),
    ]),
  ];
}

function* onePathWorlds(): Generator<World> {
  const remotes = [
    undefined,
    ...['-', 'b', 'c'].flatMap((one) => [
      live('n', one),
      live('n', one, { prev: 'b' }),
      live('n', one, { prev: 'c' }),
      dead('n', one),
    ]),
  ];
  const skips: (SkippedRow | undefined)[] = [
    undefined,
    ...['-', 'b', 'c'].flatMap((one) =>
      (['illegal-here', 'damaged', 'deleted-elsewhere'] as const).map((reason) => ({
        hash: hash(one),
        reason,
      })),
    ),
  ];
  for (const local of CONTENTS)
    for (const base of CONTENTS)
      for (const entry of remotes)
        for (const skip of skips)
          for (const bits of [0, 1, 2, 3, 4, 5, 6, 7]) {
            const isRefused = (bits & 2) > 0;
            yield world(
              {
                local: local === '' ? {} : { n: local },
                base: base === '' ? {} : { n: base },
                remote: entry === undefined ? [] : [entry],
              },
              {
                fresh: (bits & 1) > 0,
                policy: isRefused
                  ? { ...POLICY, nameProblem: (at) => (at === 'n' ? 'a name holds ?' : undefined) }
                  : POLICY,
                unknown: new Map((bits & 4) > 0 && local === '' ? [[path('n'), 'unreadable']] : []),
                skipped: new Map(skip === undefined ? [] : [[path('n'), skip]]),
              },
            );
          }
}

function* twoPathWorlds(one: string, other: string): Generator<World> {
  const states = (name: string, second: string, letters: readonly string[]) => {
    const contents = name.endsWith('/') ? ['-'] : letters;
    const sides = ['', ...contents];
    return sides.flatMap((local) =>
      sides.flatMap((base) =>
        remotesOf(name, second, contents).map((entry) => ({ name, local, base, entry })),
      ),
    );
  };
  for (const first of states(one, other, ['b', 'c']))
    for (const second of states(other, one, ['c', 'd'])) {
      const both = [first, second];
      const names = both.filter(({ local }) => local !== '').map(({ name }) => name);
      if (names.some((a) => names.some((b) => a !== b && cannotBeOnOneDisk(a, b)))) continue;
      yield world({
        local: Object.fromEntries(
          both.filter(({ local }) => local !== '').map(({ name, local }) => [name, local]),
        ),
        base: Object.fromEntries(
          both.filter(({ base }) => base !== '').map(({ name, base }) => [name, base]),
        ),
        remote: both.map(({ entry }) => entry).filter((entry) => entry !== undefined),
      });
    }
}

/** A file and a folder of its name, or an empty folder with something in it. */
function cannotBeOnOneDisk(one: string, other: string): boolean {
  return [one, other].some((a) =>
    [one, other].some((b) => a !== b && b.startsWith(a.endsWith('/') ? a : `${a}/`)),
  );
}

describe('every state of one path', () => {
  it('[PL19] [PL20] [PL21] [PL22] has a plan, in any order, with an end, and loses nothing', () => {
    expectNoFaults(onePathWorlds());
  });
});

describe('every state of two paths', () => {
  it.each([
    ['n', 'm'],
    ['a', 'A'],
    ['a', 'a/b'],
    ['A', 'a/b'],
    ['a/', 'a'],
    ['a/', 'A/'],
    ['a/', 'a/b'],
    ['a/b', 'A/c'],
  ])('[PL19] [PL20] [PL21] [PL22] [NA3] %s and %s', (one, other) => {
    expectNoFaults(twoPathWorlds(one, other));
  });
});

const POOL = [
  'a',
  'A',
  'b',
  'B',
  'c',
  'a/b',
  'a/c',
  'A/b',
  'A/c',
  'b/a',
  'a/',
  'A/',
  'b/',
  'a/b/',
  'a/b/c',
  'n',
  'm',
];

interface PathState {
  readonly name: string;
  readonly local: string;
  readonly base: string;
  readonly remote: readonly [kind: 'live' | 'dead' | 'none', letter: string, other: string | undefined];
}

const letters = fc.constantFrom('a', 'b', 'c', 'd', '-');
const pathState: fc.Arbitrary<PathState> = fc.constantFrom(...POOL).chain((name) => {
  const some = name.endsWith('/') ? fc.constant('-') : letters;
  const side = fc.oneof({ weight: 2, arbitrary: fc.constant('') }, { weight: 3, arbitrary: some });
  const other = fc.option(fc.constantFrom(...POOL), { nil: undefined });
  const kind = fc.constantFrom('live' as const, 'live' as const, 'dead' as const, 'none' as const);
  return fc.record({ name: fc.constant(name), local: side, base: side, remote: fc.tuple(kind, some, other) });
});

/** Any state that one disk and our own commits can come to; `foreign` also what others may have made. */
function anyWorld(foreign: boolean): fc.Arbitrary<World> {
  const paths = fc.uniqueArray(pathState, { selector: ({ name }) => name, minLength: 2, maxLength: 6 });
  return fc
    .record({ paths, fresh: fc.boolean(), mindsCase: fc.boolean() })
    .map(({ paths, fresh, mindsCase }) => {
      const local: Record<string, string> = {};
      const remote: Entry[] = [];
      for (const state of paths) {
        const taken = (other: string): boolean =>
          cannotBeOnOneDisk(state.name, other) || (!mindsCase && clash(path(state.name), path(other)));
        const folded = (other: string): boolean =>
          cannotBeOnOneDisk(state.name.toLowerCase(), other.toLowerCase());
        if (
          state.local !== '' &&
          !Object.keys(local).some((other) => taken(other) || (!mindsCase && folded(other)))
        ) {
          local[state.name] = state.local;
        }
        const [kind, letter, other] = state.remote;
        const entry =
          kind === 'live'
            ? live(state.name, letter, other === undefined ? {} : { from: other, prev: state.base })
            : dead(state.name, letter, other);
        const meets = remote.some((one) => one.deleted !== true && clash(one.path, entry.path));
        if (kind === 'dead' || (kind === 'live' && (foreign || !meets))) remote.push(entry);
      }
      const isFresh = fresh && paths.length % 3 === 0;
      const base = Object.fromEntries(
        isFresh ? [] : paths.filter((one) => one.base !== '').map((one) => [one.name, one.base]),
      );
      return { ...world({ local, base, remote }, { fresh: isFresh }), mindsCase };
    });
}

describe('any state of several paths', () => {
  const runs = { numRuns: 2_000, seed: 20_260_801 };

  it('[PL19] [PL20] [PL21] [PL22] [NA3] ends within a few passes, in any order, and loses nothing', () => {
    fc.assert(
      fc.property(anyWorld(false), (start) => {
        expect(faults(start, MAX_PASSES + 1)).toEqual([]);
      }),
      runs,
    );
  });

  it('[NA4] [PL22] also where another program has filled the cloud', () => {
    fc.assert(
      fc.property(anyWorld(true), (start) => {
        expect(faults(start, MAX_PASSES + 3)).toEqual([]);
      }),
      runs,
    );
  });
});
