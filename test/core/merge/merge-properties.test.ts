import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textOfSide } from '../../../src/core/merge/draft.ts';
import { merge } from '../../../src/core/merge/merge.ts';
import type { MergeResult } from '../../../src/core/merge/merge.ts';

/** Few different lines, so that most of them are repeated and alignments are ambiguous. */
const line = fc.constantFrom('', '- a', '- b', '# c', 'd', '---', '😀', ' ');
const lines = fc.array(line, { maxLength: 14 });
const edit = fc.record({ at: fc.nat(14), remove: fc.nat(2), insert: fc.array(line, { maxLength: 2 }) });
const form = fc.record({
  bom: fc.constantFrom('', '', '', '\uFEFF'),
  eol: fc.constantFrom('\n', '\n', '\n', '\r\n', '\r', 'mixed'),
  ended: fc.boolean(),
});

type Form = typeof form extends fc.Arbitrary<infer T> ? T : never;

function write(body: readonly string[], { bom, eol, ended }: Form): string {
  const ends = eol === 'mixed' ? ['\n', '\r\n', '\r'] : [eol];
  const text = body.map((each, i) => each + (ends[i % ends.length] ?? '')).join('');
  return bom + (ended ? text : text.replace(/(?:\r\n|\n|\r)$/u, ''));
}

/** A base and two sides that each edited it at up to three places, most often in one form. */
const versions = fc
  .tuple(
    lines,
    fc.array(edit, { maxLength: 3 }),
    fc.array(edit, { maxLength: 3 }),
    form,
    form,
    form,
    fc.nat(3),
  )
  .map(([body, localEdits, remoteEdits, baseForm, localForm, remoteForm, forms]) => {
    const apply = (edits: typeof localEdits): string[] => {
      const copy = [...body];
      for (const { at, remove, insert } of edits) copy.splice(at, remove, ...insert);
      return copy;
    };
    return {
      base: write(body, baseForm),
      local: write(apply(localEdits), forms === 1 ? localForm : baseForm),
      remote: write(apply(remoteEdits), forms <= 1 ? remoteForm : baseForm),
    };
  });

const anyText = fc.oneof(
  versions.map(({ local }) => local),
  fc.string({ unit: 'binary' }),
);
const RUNS = { numRuns: 2000 };

function exchanged(result: MergeResult): MergeResult {
  if (result.kind === 'clean') return result;
  const pieces = result.pieces.map((piece) =>
    piece.kind === 'stable' ? piece : { ...piece, local: piece.remote, remote: piece.local },
  );
  return { ...result, pieces };
}

/** A result but for the order of the lines that both inserted at one place, and the blank ones that part them. */
function shape(result: MergeResult): unknown {
  const sorted = (text: string): string[] =>
    text
      .replace('\uFEFF', '')
      .split(/[\r\n]+/u)
      .filter((each) => each.trim() !== '')
      .sort();
  if (result.kind === 'clean') return sorted(result.text);
  return result.pieces.map((piece) =>
    piece.kind === 'merged' ? { ...piece, text: sorted(piece.text) } : piece,
  );
}

describe('merge, for all notes', () => {
  it('[ME3] a side that is the base gives the other side', () => {
    fc.assert(
      fc.property(anyText, anyText, (base, side) => {
        expect(merge(base, base, side)).toEqual({ kind: 'clean', text: side });
        expect(merge(base, side, base)).toEqual({ kind: 'clean', text: side });
      }),
      RUNS,
    );
  });

  it('[ME1] equal sides give what they are', () => {
    fc.assert(
      fc.property(fc.option(anyText, { nil: undefined }), anyText, (base, side) => {
        expect(merge(base, side, side)).toEqual({ kind: 'clean', text: side });
      }),
      RUNS,
    );
  });

  it('[ME15] exchanging the sides gives the same lines, or the same conflict', () => {
    fc.assert(
      fc.property(versions, ({ base, local, remote }) => {
        expect(shape(merge(base, local, remote))).toEqual(shape(exchanged(merge(base, remote, local))));
      }),
      RUNS,
    );
  });

  it('[ME16] the pieces of a conflict join to each side exactly', () => {
    fc.assert(
      fc.property(versions, (given) => {
        const result = merge(given.base, given.local, given.remote);
        if (result.kind === 'clean') return;
        expect(textOfSide(result.pieces, 'base')).toBe(given.base);
        expect(textOfSide(result.pieces, 'local')).toBe(given.local);
        expect(textOfSide(result.pieces, 'remote')).toBe(given.remote);
      }),
      RUNS,
    );
  });

  it('[ME10] a conflict has an open hunk, and the sides differ in it', () => {
    fc.assert(
      fc.property(versions, (given) => {
        const result = merge(given.base, given.local, given.remote);
        if (result.kind === 'clean') return;
        const open = result.pieces.filter((piece) => piece.kind === 'hunk');
        expect(open.length).toBeGreaterThan(0);
        for (const { local, remote } of open) expect(local).not.toBe(remote);
      }),
      RUNS,
    );
  });

  it('[ME14] merging a clean result with either side again changes nothing', () => {
    fc.assert(
      fc.property(versions, ({ base, local, remote }) => {
        const result = merge(base, local, remote);
        if (result.kind === 'conflict') return;
        expect(merge(local, result.text, local)).toEqual(result);
        expect(merge(remote, remote, result.text)).toEqual(result);
      }),
      RUNS,
    );
  });

  it('[ME14] what a side put in between unchanged lines stands in a clean result, whole', () => {
    const addition = fc.array(fc.constantFrom('- milk', 'some text', '## Head', 'tea and cake'), {
      minLength: 1,
      maxLength: 4,
    });
    const place = fc.nat(6);
    fc.assert(
      fc.property(addition, addition, place, place, (here, there, atLocal, atRemote) => {
        const body = Array.from({ length: 6 }, (_, at) => `unchanged line ${String(at)}`);
        const insert = (at: number, added: readonly string[]): string =>
          write([...body.slice(0, at), ...added, ...body.slice(at)], { bom: '', eol: '\n', ended: true });
        const mark = (owner: string, added: readonly string[]): string[] =>
          added.map((each, at) => `${each} ${owner}${String(at)}`);
        const [local, remote] = [mark('l', here), mark('r', there)];
        const base = insert(0, []);
        const result = merge(base, insert(atLocal, local), insert(atRemote, remote));
        if (result.kind === 'conflict') return;
        expect(result.text).toContain(local.join('\n'));
        expect(result.text).toContain(remote.join('\n'));
      }),
      RUNS,
    );
  });
});
