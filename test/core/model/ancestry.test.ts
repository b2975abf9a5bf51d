import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { AncestryStep, Observed } from '../../../src/core/model/ancestry.ts';
import type { Head } from '../../../src/core/model/head.ts';
import { MAX_ANCESTRY_STEPS, ancestryStep, appendLog, logReaches } from '../../../src/core/model/ancestry.ts';
import { COMPACT_AFTER_COMMITS } from '../../../src/core/model/commit-shape.ts';
import { commitOf, headOf } from '../format/samples.ts';

const observed = (generation: number, commit = commitOf(generation), lineage = 'lineage'): Observed => ({
  lineage,
  generation,
  commit,
});

/** What the engine does with the steps: fetch what they name, until they say. */
function walk(head: Head, roots: ReadonlyMap<string, Head>, target: Observed): AncestryStep {
  let at = head;
  let step = ancestryStep(at, target);
  for (let count = 0; typeof step === 'object' && count < MAX_ANCESTRY_STEPS; count += 1) {
    const root = roots.get(step.lookAt);
    if (root === undefined) return 'unrelated';
    step = ancestryStep(root, target, at);
    at = root;
  }
  return step;
}

/** A lineage of that many commits which wrote shards now and then. */
function lineageOf(
  length: number,
  every: number,
): { readonly head: Head; readonly roots: ReadonlyMap<string, Head> } {
  const roots = new Map<string, Head>();
  let rooted: Pick<Head, 'root'> = {};
  for (let generation = every; generation < length; generation += every) {
    const root = headOf(generation, rooted);
    roots.set(root.commit, root);
    rooted = { root: root.commit };
  }
  return { head: headOf(length, rooted), roots };
}

describe('ancestry', () => {
  it('[OL36] reaches every commit of a lineage, through its roots', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 1, max: COMPACT_AFTER_COMMITS }),
        (length, every) => {
          const { head, roots } = lineageOf(length, Math.max(every, 50));
          for (const generation of [1, Math.ceil(length / 3), Math.ceil(length / 2), length]) {
            expect(walk(head, roots, observed(generation))).toBe('descends');
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('[OL37] is denied to every commit that the lineage never had', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.integer({ min: 1, max: 2500 }),
        (length, generation) => {
          const { head, roots } = lineageOf(length, 190);
          expect(walk(head, roots, observed(generation, commitOf(2 ** 40 + generation)))).toBe('unrelated');
        },
      ),
      { numRuns: 60 },
    );
  });

  it('[OL37] is denied by a log that reaches far enough, without a look at roots', () => {
    const head = headOf(1000, { root: commitOf(900) });
    expect(ancestryStep(head, observed(745, commitOf(2 ** 40)))).toBe('unrelated');
    expect(ancestryStep(head, observed(744, commitOf(2 ** 40)))).toEqual({ lookAt: commitOf(900) });
  });

  it('[OL37] is denied when the cloud went back behind what was seen', () => {
    expect(ancestryStep(headOf(10), observed(11))).toBe('unrelated');
    expect(ancestryStep(headOf(10), observed(10, commitOf(99)))).toBe('unrelated');
  });

  it('[OL37] is denied where a root is missing', () => {
    expect(walk(headOf(1000, { root: commitOf(900) }), new Map(), observed(3))).toBe('unrelated');
    expect(walk(headOf(1000), new Map(), observed(3))).toBe('unrelated');
  });

  it('[OL37] is denied by roots that lead in a circle, or to another commit than they name', () => {
    const circle = headOf(1000, { root: commitOf(1000) });
    expect(walk(circle, new Map([[circle.commit, circle]]), observed(3))).toBe('unrelated');
    const younger = headOf(1100, { root: commitOf(1000) });
    const head = headOf(1000, { root: younger.commit });
    expect(walk(head, new Map([[younger.commit, younger]]), observed(3))).toBe('unrelated');
    const misnamed = new Map<string, Head>([[commitOf(900), headOf(800)]]);
    expect(walk(headOf(1000, { root: commitOf(900) }), misnamed, observed(700))).toBe('unrelated');
  });

  it('[OL38] of another lineage is told apart from a cloud gone backwards', () => {
    expect(ancestryStep(headOf(10), observed(5, commitOf(2 ** 40), 'other'))).toBe('other-lineage');
  });

  it('[OL36] goes through a promotion whose log goes on', () => {
    expect(ancestryStep(headOf(10, { lineage: 'promoted' }), observed(5))).toBe('descends');
  });
});

describe('the log', () => {
  it('[OL23] keeps the last 256 commits, the newest last', () => {
    let log = appendLog([], commitOf(1));
    for (let generation = 2; generation <= 300; generation += 1) log = appendLog(log, commitOf(generation));
    expect(log).toEqual(headOf(300).log);
    expect([logReaches({ log }, commitOf(45)), logReaches({ log }, commitOf(44))]).toEqual([true, false]);
  });
});
