import { defaultKeymap, history, historyKeymap, redo, undo } from '@codemirror/commands';
import { EditorState, RangeSetBuilder, type Extension } from '@codemirror/state';
import { Decoration, EditorView, keymap, type DecorationSet } from '@codemirror/view';
import { Change, MergeView, unifiedMergeView } from '@codemirror/merge';
import { chosenText, type Choice, type DraftPiece } from '../../core/conflict/draft.ts';
import { markDecorations } from '../ai/mark-decorations.ts';
import type { Mark } from '../../core/suggestion/mark.ts';
import { HunkBar, type HunkAct, type SideNames } from './hunk-bar.ts';
import {
  choicesMade,
  chooseHunk,
  goToHunk,
  hunkExtensions,
  hunkField,
  startDraft,
  NOTHING_MADE,
  type HunkState,
  type MadeChoices,
} from './hunk-state.ts';
import { changesBetween, countChangedWords } from './word-diff.ts';

/*
 * All of the dialog that needs CodeMirror: loaded by `import()` when a conflict is first looked at, so that the
 * app's start pays for none of it.
 */

interface ResultOptions {
  readonly parent: HTMLElement;
  readonly pieces: readonly DraftPiece[];
  readonly made: MadeChoices;
  readonly names: SideNames;
  readonly label: string;
  /** Of a suggestion. */
  readonly marks?: readonly Mark[];
  /** Something was chosen, undone or typed. */
  readonly changed: () => void;
}

/** The note as it will be, with a bar above each place where a choice is to be made. */
export class ResultEditor {
  readonly #view: EditorView;
  readonly #pieces: readonly DraftPiece[];
  /** Texts of a person that found no place in this draft. */
  readonly lost: readonly string[];

  constructor({ parent, pieces, made, names, label, marks = [], changed }: ResultOptions) {
    const { text, hunks, lost } = startDraft(pieces, made);
    this.#pieces = pieces;
    this.lost = lost;
    const act: HunkAct = (index, what) => this.choose(what, index);
    this.#view = new EditorView({
      parent,
      root: parent.doc,
      state: EditorState.create({
        doc: text,
        extensions: [
          history(),
          markDecorations(marks),
          hunkExtensions(hunks),
          bars(names, act),
          keymap.of([...historyKeymap, ...defaultKeymap]),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'true' }),
          EditorView.updateListener.of((update) => {
            const isOther = update.startState.field(hunkField) !== update.state.field(hunkField);
            if (update.docChanged || isOther) changed();
          }),
        ],
      }),
    });
  }

  get text(): string {
    return this.#view.state.doc.toString();
  }

  get #state(): HunkState {
    return this.#view.state.field(hunkField);
  }

  get count(): number {
    return this.#state.hunks.length;
  }

  /** How many places wait for a choice. */
  get open(): number {
    return this.#state.hunks.filter(({ choice }) => choice === undefined).length;
  }

  get made(): MadeChoices {
    return choicesMade(this.#pieces, { text: this.text, hunks: this.#state.hunks });
  }

  /** Of the current hunk, unless another is named; goes on to the next open one, but where it is to be edited. */
  choose(what: Choice | 'edit', index = this.#state.current): void {
    const placed = this.#state.hunks[index];
    if (placed === undefined) return;
    const { hunk, from, to, choice } = placed;
    const isEdit = what === 'edit';
    const isKept = isEdit && choice !== undefined;
    const insert = isKept ? this.#view.state.sliceDoc(from, to) : chosenText(hunk, isEdit ? 'both' : what);
    this.#view.dispatch({
      changes: { from, to, insert },
      effects: [
        chooseHunk.of({ index, choice: isEdit ? 'edited' : what, length: insert.length }),
        goToHunk.of(index),
      ],
      selection: { anchor: isEdit ? from + insert.replace(/\n$/u, '').length : from },
      userEvent: 'input.choose',
    });
    this.#view.focus();
    if (!isEdit) this.#goToOpen(index);
  }

  /** `1`: the next, `-1`: the one before; round and round. */
  step(by: 1 | -1): void {
    const { hunks, current } = this.#state;
    if (hunks.length > 0) this.#goTo((current + by + hunks.length) % hunks.length);
  }

  undo(): void {
    undo(this.#view);
  }

  redo(): void {
    redo(this.#view);
  }

  focus(): void {
    this.#view.focus();
  }

  /** After it was hidden. */
  measure(): void {
    this.#view.requestMeasure();
  }

  destroy(): void {
    this.#view.destroy();
  }

  #goToOpen(after: number): void {
    const { hunks } = this.#state;
    for (let step = 1; step < hunks.length; step += 1) {
      const index = (after + step) % hunks.length;
      if (hunks[index]?.choice === undefined) {
        this.#goTo(index);
        return;
      }
    }
  }

  #goTo(index: number): void {
    const from = this.#state.hunks[index]?.from ?? 0;
    this.#view.dispatch({
      effects: [goToHunk.of(index), EditorView.scrollIntoView(from, { y: 'center' })],
      selection: { anchor: from },
    });
  }
}

function bars(names: SideNames, act: HunkAct): Extension {
  return EditorView.decorations.compute([hunkField], (state): DecorationSet => {
    const builder = new RangeSetBuilder<Decoration>();
    const { hunks, current } = state.field(hunkField);
    for (const [index, placed] of hunks.entries()) {
      const parts = { index, count: hunks.length, placed, isCurrent: index === current, names, act };
      builder.add(
        placed.from,
        placed.from,
        Decoration.widget({ widget: new HunkBar(parts), side: -1, block: true }),
      );
      const line = Decoration.line({ class: `twincloud-line is-${placed.choice ?? 'open'}` });
      if (placed.to === placed.from) continue;
      for (let at = placed.from; at < placed.to;) {
        const { from, to } = state.doc.lineAt(at);
        builder.add(from, from, line);
        at = to + 1;
      }
    }
    return builder.finish();
  });
}

interface VersionOptions {
  readonly parent: HTMLElement;
  readonly text: string;
  /** What it is compared with. */
  readonly before: string;
  readonly label: string;
}

const DIFF = {
  override: (before: string, after: string): readonly Change[] =>
    changesBetween(before, after).map(({ fromA, toA, fromB, toB }) => new Change(fromA, toA, fromB, toB)),
};
const COLLAPSE = { margin: 2, minSize: 6 };
const READ_ONLY: Extension = [
  EditorState.readOnly.of(true),
  EditorView.editable.of(false),
  EditorView.lineWrapping,
];

/** A version and what is another in it than in what it came from. */
function showVersion({ parent, text, before, label }: VersionOptions): { destroy(): void } {
  return new EditorView({
    parent,
    root: parent.doc,
    state: EditorState.create({
      doc: text,
      extensions: [
        READ_ONLY,
        EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
        unifiedMergeView({
          original: before,
          mergeControls: false,
          gutter: true,
          allowInlineDiffs: true,
          syntaxHighlightDeletions: false,
          collapseUnchanged: COLLAPSE,
          diffConfig: DIFF,
        }),
      ],
    }),
  });
}

/** Two versions beside each other, where nothing is known that both came from. */
function showBeside(
  parent: HTMLElement,
  sides: Readonly<Record<'a' | 'b', { readonly text: string; readonly label: string }>>,
): { destroy(): void } {
  const one = ({ text, label }: { readonly text: string; readonly label: string }) => ({
    doc: text,
    extensions: [READ_ONLY, EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' })],
  });
  return new MergeView({
    parent,
    root: parent.doc,
    a: one(sides.a),
    b: one(sides.b),
    collapseUnchanged: COLLAPSE,
    diffConfig: DIFF,
  });
}

/** What the dialog takes from here. */
export const EDITORS = { ResultEditor, showVersion, showBeside, countChangedWords, NOTHING_MADE } as const;
export type Editors = typeof EDITORS;
