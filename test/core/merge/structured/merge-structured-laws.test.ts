import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeStructured } from '../../../../src/core/merge/structured/merge-structured.ts';
import { card, mergedBothWays } from './canvas-files.ts';
import { canvasText } from '../../../support/canvas-text.ts';
import { isContested, judgeCanvas } from './judge-canvas.ts';
import { judgeJson } from './judge-json.ts';
import { randomCanvas } from './random-canvas.ts';
import type { Below } from './random-canvas.ts';
import { randomSettings } from './random-json.ts';

/** Few keys and values, so that the versions share most of them. */
const key = fc.constantFrom('a', 'b', 'id', '1', '10', '9', '__proto__', 'constructor');
const leaf = fc.constantFrom<unknown>(null, true, 0, 1, 'x', 'y', [], [1], {});
const { value } = fc.letrec<{ value: unknown; item: object }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    fc.uniqueArray(tie('item'), { maxLength: 4, selector: (item) => (item as { id?: unknown }).id }),
  ),
  item: fc.record({ id: fc.nat(4), more: tie('value') }).map(({ id, more }) => ({ id, more })),
}));
const indent = fc.constantFrom('', '', '\t', '  ');
const jsonText = fc
  .tuple(value, indent, fc.constantFrom('', '', '\n'))
  .map(([each, by, end]) => JSON.stringify(each, null, by) + end);
const anyText = fc.oneof(jsonText, fc.string());
const chance = fc.infiniteStream(fc.nat(0x7fff_ffff)).map(
  (stream): Below =>
    (limit) =>
      limit === 0 ? 0 : (stream.next().value as number) % limit,
);
const canvasCase = chance.map(randomCanvas);
const settings = chance.map(randomSettings);
const RUNS = { numRuns: 500 };

describe('mergeStructured, for all files', () => {
  it.each(['json', 'canvas'] as const)(
    '[ME3] [ME1] one changed side, or two alike, of %s are taken byte for byte',
    (kind) => {
      fc.assert(
        fc.property(anyText, anyText, (base, text) => {
          const clean = { kind: 'clean', text };
          expect(mergeStructured({ base, local: text, remote: base }, { kind })).toEqual(clean);
          expect(mergeStructured({ base, local: base, remote: text }, { kind })).toEqual(clean);
          expect(mergeStructured({ base, local: text, remote: text }, { kind })).toEqual(clean);
        }),
        RUNS,
      );
    },
  );

  it.each(['json', 'canvas'] as const)('[MJ13] exchanging the sides of %s gives the same bytes', (kind) => {
    let clean = 0;
    fc.assert(
      fc.property(jsonText, jsonText, jsonText, (base, local, remote) => {
        if (mergedBothWays([base, local, remote], kind).kind === 'clean') clean += 1;
      }),
      RUNS,
    );
    expect(clean).toBeGreaterThan(25);
  });

  it('[MJ3] what a side added to an object or a list by id is there', () => {
    const many = fc.uniqueArray(fc.nat(30), { minLength: 1, maxLength: 8 });
    const text = (names: readonly number[]): string =>
      JSON.stringify({
        keys: Object.fromEntries(names.map((name) => [`k${String(name)}`, name])),
        items: names.map((id) => ({ id })),
      });
    fc.assert(
      fc.property(many, many, many, (base, here, there) => {
        const added = (side: readonly number[]): number[] => [
          ...base,
          ...side.filter((each) => !base.includes(each)),
        ];
        const [local, remote] = [added(here), added(there)];
        const result = mergedBothWays([text(base), text(local), text(remote)], 'json');
        // What both added may stand in two orders.
        if (result.kind === 'conflict') return;
        const merged = JSON.parse(result.text) as { keys: object; items: { id: number }[] };
        const all = [...new Set([...local, ...remote])].sort();
        expect(Object.values(merged.keys).sort()).toEqual(all);
        expect(merged.items.map(({ id }) => id).sort()).toEqual(all);
      }),
      RUNS,
    );
  });

  it('[MJ1] [MJ2] [MJ3] of settings every key and id has what the one side that changed it gave it', () => {
    let clean = 0;
    fc.assert(
      fc.property(settings, indent, (versions, by) => {
        const text = (value: unknown): string => JSON.stringify(value, null, by);
        const [base, local, remote] = versions;
        const result = mergedBothWays([text(base), text(local), text(remote)], 'json');
        if (result.kind === 'conflict') return;
        clean += 1;
        const merged: unknown = JSON.parse(result.text);
        expect(result.text).toBe(text(merged));
        expect(judgeJson(versions, merged)).toEqual([]);
      }),
      RUNS,
    );
    expect(clean).toBeGreaterThan(RUNS.numRuns / 2);
  });

  it('[MJ1] what the random files are judged by sees a loss and an invention', () => {
    const [base, local, remote] = [{ a: { b: 1, c: 1 } }, { a: { b: 2, c: 1 } }, { a: { b: 1, c: 2 } }];
    expect(judgeJson([base, local, remote], { a: { b: 2, c: 2 } })).toEqual([]);
    expect(judgeJson([base, local, remote], { a: { b: 1, c: 2 } })).toEqual(['.a.b']);
    expect(judgeJson([base, local, remote], { a: { b: 2, c: 2, d: 1 } })).toEqual(['.a.d']);
    const canvas = (...texts: readonly string[]): string =>
      canvasText({ nodes: texts.map((text, at) => card(String(at), { text })), edges: [] });
    const given = { base: canvas('a b'), local: canvas('a b new'), remote: canvas('a c') };
    expect(judgeCanvas(given, canvas('a c new'))).toEqual({ lost: [], corrupt: [] });
    expect(judgeCanvas(given, canvas('a c'))).toEqual({ lost: ['nodes 0.text: new'], corrupt: [] });
    expect(judgeCanvas(given, canvas('a c new odd')).corrupt).toEqual(['nodes 0.text: odd']);
    expect(judgeCanvas(given, canvas('a c new', 'd')).lost).toEqual(['nodes 1']);
    expect(judgeCanvas(given, canvas('a c new').replace('{', '{ ')).corrupt).toEqual(['layout']);
  });

  it('[MJ1] [MJ2] [MJ9] no canvas of random changes loses a word or a value, or is broken', () => {
    fc.assert(
      fc.property(canvasCase, (given) => {
        const { base, local, remote } = given;
        const result = mergedBothWays([base, local, remote], 'canvas');
        if (result.kind === 'clean')
          expect(judgeCanvas(given, result.text)).toEqual({ lost: [], corrupt: [] });
        else expect(isContested(given)).toBe(true);
      }),
      RUNS,
    );
  });

  it('[MJ12] [MJ9] somebody who decides for a side gets a whole canvas, without arrows to nowhere', () => {
    fc.assert(
      fc.property(canvasCase, (given) => {
        for (const settle of ['local', 'remote'] as const) {
          const result = mergeStructured(given, { kind: 'canvas', settle });
          if (result.kind === 'conflict') throw new Error(result.obstacle);
          expect(
            judgeCanvas(given, result.text).corrupt.filter((each) => /dangles|twice|layout/u.test(each)),
          ).toEqual([]);
        }
      }),
      RUNS,
    );
  });
});
