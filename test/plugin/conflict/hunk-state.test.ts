import { history, redo, undo } from '@codemirror/commands';
import { EditorState, type StateCommand, type TransactionSpec } from '@codemirror/state';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chosenText, type Choice, type DraftPiece } from '../../../src/core/conflict/draft.ts';
import {
  choicesMade,
  chooseHunk,
  hunkExtensions,
  hunkField,
  NOTHING_MADE,
  startDraft,
  type MadeChoices,
} from '../../../src/plugin/conflict/hunk-state.ts';

const text = (value: string): DraftPiece => ({ kind: 'text', text: value });
const hunk = (note: string, copy: string): DraftPiece => ({ kind: 'hunk', base: '', note, copy });
const PIECES = [text('top\n'), hunk('A\n', 'B\n'), text('middle\n'), hunk('C\n', 'D\n'), text('end\n')];

/** The result as the editor keeps it, without a page. */
class Result {
  readonly #pieces: readonly DraftPiece[];
  state: EditorState;
  readonly lost: readonly string[];

  constructor(pieces: readonly DraftPiece[], made: MadeChoices = NOTHING_MADE) {
    const draft = startDraft(pieces, made);
    this.#pieces = pieces;
    this.lost = draft.lost;
    this.state = EditorState.create({
      doc: draft.text,
      extensions: [history(), hunkExtensions(draft.hunks)],
    });
  }

  get text(): string {
    return this.state.doc.toString();
  }

  get choices(): readonly (string | undefined)[] {
    return this.state.field(hunkField).hunks.map(({ choice }) => choice);
  }

  get made(): MadeChoices {
    return choicesMade(this.#pieces, { text: this.text, hunks: this.state.field(hunkField).hunks });
  }

  choose(index: number, choice: Choice): void {
    const placed = this.state.field(hunkField).hunks[index];
    if (placed === undefined) throw new Error('there is no such place');
    const insert = chosenText(placed.hunk, choice);
    const effects = chooseHunk.of({ index, choice, length: insert.length });
    this.apply({ changes: { from: placed.from, to: placed.to, insert }, effects });
  }

  apply(change: TransactionSpec): void {
    this.state = this.state.update(change).state;
  }

  run(command: StateCommand): void {
    command({ state: this.state, dispatch: (transaction) => (this.state = transaction.state) });
  }
}

describe('the places of a result', () => {
  it('[CF14] begin empty and open, and hold what is chosen', () => {
    const result = new Result(PIECES);
    expect([result.text, result.choices]).toEqual(['top\nmiddle\nend\n', [undefined, undefined]]);
    result.choose(1, 'copy');
    result.choose(0, 'both');
    expect([result.text, result.choices]).toEqual(['top\nA\nB\nmiddle\nD\nend\n', ['both', 'copy']]);
    result.choose(0, 'note');
    expect(result.text).toBe('top\nA\nmiddle\nD\nend\n');
  });

  it('[CF14] a choice is undone and done again as an edit is', () => {
    const result = new Result(PIECES);
    result.choose(0, 'copy');
    result.run(undo);
    expect([result.text, result.choices]).toEqual(['top\nmiddle\nend\n', [undefined, undefined]]);
    result.run(redo);
    expect([result.text, result.choices]).toEqual(['top\nB\nmiddle\nend\n', ['copy', undefined]]);
  });

  it('[CF14] what is typed into a place makes it edited; what is typed beside it does not', () => {
    const result = new Result(PIECES);
    result.choose(0, 'note');
    result.apply({ changes: { from: 0, insert: 'over ' } });
    expect(result.choices).toEqual(['note', undefined]);
    result.apply({ changes: { from: 'over top\n'.length + 1, insert: '!' } });
    expect([result.text, result.choices]).toEqual(['over top\nA!\nmiddle\nend\n', ['edited', undefined]]);
  });

  it('[CF14] places keep their order where the text between them is deleted', () => {
    const result = new Result(PIECES);
    result.apply({ changes: { from: 'top\n'.length, to: 'top\nmiddle\n'.length } });
    result.choose(0, 'note');
    result.choose(1, 'copy');
    result.choose(0, 'copy');
    expect([result.text, result.choices]).toEqual(['top\nB\nD\nend\n', ['copy', 'copy']]);
  });

  it('[CF10] choices and edits are made again of a new draft, each at its place', () => {
    const result = new Result(PIECES);
    result.choose(1, 'note');
    result.apply({ changes: { from: 'top\n'.length, to: 'top\nmiddle\n'.length, insert: 'MIDDLE\n' } });
    const next = [text('another top\n'), PIECES[1], text('middle\n'), PIECES[3], text('end\n')];
    const again = new Result(
      next.filter((piece) => piece !== undefined),
      result.made,
    );
    expect(again.text).toBe('another top\nMIDDLE\nC\nend\n');
    expect(again.choices).toEqual([undefined, 'note']);
    expect(again.lost).toEqual([]);
  });

  it('[CF10] what a person has typed and finds no place any more is handed back, not dropped', () => {
    const result = new Result(PIECES);
    result.choose(0, 'note');
    result.apply({ changes: { from: 'top\nA'.length, insert: ' by hand' } });
    const again = new Result([text('all is settled\n')], result.made);
    expect(again.text).toBe('all is settled\n');
    expect(again.lost).toEqual(['A by hand\n']);
  });

  it('[CF10] places that say the same are told apart by their order', () => {
    const twice = [hunk('A\n', 'B\n'), text('-\n'), hunk('A\n', 'B\n')];
    const result = new Result(twice);
    result.choose(1, 'copy');
    const again = new Result(twice, result.made);
    expect([again.text, again.choices]).toEqual(['-\nB\n', [undefined, 'copy']]);
  });

  it('[CF10] made again of the same draft, every result is the same', () => {
    const line = fc.constantFrom('', 'a\n', 'b\n', 'same\n');
    const piece = fc.oneof(
      line.map(text),
      fc.tuple(line, line).map(([note, copy]) => hunk(note, copy)),
    );
    const choices = fc.array(fc.constantFrom<Choice | undefined>('note', 'copy', 'both', undefined), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), choices, (pieces, picked) => {
        const result = new Result(pieces);
        for (const [index, choice] of picked.entries())
          if (choice !== undefined && index < result.choices.length) result.choose(index, choice);
        const again = new Result(pieces, result.made);
        expect([again.text, again.choices, again.lost]).toEqual([result.text, result.choices, []]);
      }),
    );
  });
});
