import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chosenText, draftOf, type DraftPiece, type DraftTexts } from '../../../src/core/conflict/draft.ts';
import { card } from '../merge/structured/canvas-files.ts';
import { canvasText } from '../../support/canvas-text.ts';

const side = (pieces: readonly DraftPiece[], which: 'note' | 'copy'): string =>
  pieces.map((piece) => (piece.kind === 'text' ? piece.text : piece[which])).join('');
const hunks = (pieces: readonly DraftPiece[]) => pieces.filter((piece) => piece.kind === 'hunk');

describe('the draft of a conflict', () => {
  it('[CF14] has no open place where the merge is clean', () => {
    const draft = draftOf({ base: 'a\n\nb\n\nc\n', note: 'A\n\nb\n\nc\n', copy: 'a\n\nb\n\nC\n' });
    expect(draft).toEqual([{ kind: 'text', text: 'A\n\nb\n\nC\n' }]);
  });

  it('[CF14] asks about whole lines, also where a merge by words leaves a word open', () => {
    const base = 'Meet at noon with Ann, and bring bread.\n';
    const note = 'Meet at two with Ann, and bring bread.\n';
    const copy = 'Meet at one with Ann, and bring bread and cheese.\n';
    for (const piece of draftOf({
      base: `top\n${base}end\n`,
      note: `top\n${note}end\n`,
      copy: `top\n${copy}end\n`,
    }))
      if (piece.kind === 'text') expect(piece.text).toMatch(/\n$/u);
      else for (const text of [piece.note, piece.copy]) expect(text).toMatch(/\n$/u);
  });

  it('[CF14] without a base shows where the two differ', () => {
    const draft = draftOf({ base: undefined, note: 'a\nb\nc\n', copy: 'a\nx\nc\n' });
    expect(draft).toEqual([
      { kind: 'text', text: 'a\n' },
      { kind: 'hunk', note: 'b\n', copy: 'x\n' },
      { kind: 'text', text: 'c\n' },
    ]);
  });

  it('[CF16] [MJ12] of a canvas asks about the values that both changed, card by card', () => {
    const of = (a: string, b: string, c: string): string =>
      canvasText({
        nodes: [card('a', { text: a }), card('b', { text: b }), card('c', { text: c })],
        edges: [],
      });
    const texts = { base: of('1', '1', '1'), note: of('2', '2', '1'), copy: of('3', '1', '3') };
    const draft = draftOf(texts, 'canvas');
    expect(hunks(draft)).toEqual([
      {
        kind: 'hunk',
        note: `\t\t${JSON.stringify(card('a', { text: '2' }))},\n`,
        copy: `\t\t${JSON.stringify(card('a', { text: '3' }))},\n`,
      },
    ]);
    expect([side(draft, 'note'), side(draft, 'copy')]).toEqual([of('2', '2', '3'), of('3', '2', '3')]);
  });

  it('[CF14] of a canvas that cannot be read shows where the two differ', () => {
    const draft = draftOf({ base: '{}\n', note: '{"a":1}\n', copy: '{"a":\n' }, 'canvas');
    expect([side(draft, 'note'), side(draft, 'copy')]).toEqual(['{"a":1}\n', '{"a":\n']);
  });

  const line = fc.constantFrom('', 'one', 'two words', '- item', 'Meet at noon, or at two.', '| a | b |');
  const text = fc
    .tuple(fc.array(line, { maxLength: 8 }), fc.boolean())
    .map(([lines, ended]) => lines.join('\n') + (ended ? '\n' : ''));
  const texts = fc.record({ base: fc.option(text, { nil: undefined }), note: text, copy: text });

  it('[CF14] loses nothing: without a settled change, either side’s text is that side', () => {
    fc.assert(
      fc.property(text, text, (note, copy) => {
        const draft = draftOf({ base: undefined, note, copy });
        expect([side(draft, 'note'), side(draft, 'copy')]).toEqual([note, copy]);
      }),
    );
  });

  it('[CF14] pieces begin and end at lines', () => {
    fc.assert(
      fc.property(texts, (some: DraftTexts) => {
        const draft = draftOf(some);
        for (const [index, piece] of draft.entries()) {
          if (index === draft.length - 1) continue;
          const all = piece.kind === 'text' ? [piece.text] : [piece.note, piece.copy];
          for (const one of all) expect(one === '' || one.endsWith('\n')).toBe(true);
        }
      }),
    );
  });

  it('[CF14] both stand beside each other as lines', () => {
    const [hunk] = hunks(draftOf({ base: undefined, note: 'a\nlast', copy: 'a\nother' }));
    expect(hunk === undefined ? '' : chosenText(hunk, 'both')).toBe('last\nother');
  });
});
