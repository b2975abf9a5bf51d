import { byteOrderMark, renderNote, renderSpan } from './note-form.ts';
import type { Note, NoteForm, Span } from './note-form.ts';
import type { Versions } from './obstacle.ts';
import type { Region, RegionKind } from './regions.ts';

/** A merge worked out but not yet written down: the notes, region by region, and the form to come. */
export interface Draft {
  readonly notes: Versions<Note>;
  readonly form: NoteForm;
  readonly regions: readonly Region[];
}

/**
 * A part of a note in conflict. Joining one side's text of all pieces gives that side exactly, byte
 * order mark and line ends included.
 */
export type Piece =
  /** The same on all three sides. */
  | { readonly kind: 'stable'; readonly text: string }
  /** Settled: one side changed it, or both alike, to `text`. */
  | ({ readonly kind: 'merged'; readonly text: string } & Versions<string>)
  /** Open: somebody has to decide. */
  | ({ readonly kind: 'hunk' } & Versions<string>);

type Side = keyof Versions<unknown>;

/** Whose lines stand in the result; an unstable region has no answer. */
const SOURCE_BY_KIND: Readonly<Record<RegionKind, Side | undefined>> = {
  unchanged: 'base',
  local: 'local',
  remote: 'remote',
  alike: 'local',
  unstable: undefined,
};

/** One side's whole text. */
export function textOfSide(pieces: readonly Piece[], side: Side): string {
  return pieces.map((piece) => (piece.kind === 'stable' ? piece.text : piece[side])).join('');
}

/** The merged text, or `undefined` while a region is unstable. */
export function renderDraft({ notes, form, regions }: Draft): string | undefined {
  const lines: string[] = [];
  for (const region of regions) {
    const source = SOURCE_BY_KIND[region.kind];
    if (source === undefined) return undefined;
    const { start, end } = region[source];
    for (const line of notes[source].lines.slice(start, end)) lines.push(line);
  }
  return renderNote({ form, lines });
}

export function piecesOf(draft: Draft): Piece[] {
  const lastRegion = draft.regions.at(-1);
  return draft.regions.map((region, index): Piece => {
    const isFirst = index === 0;
    const texts = {
      base: sideText(draft.notes.base, region.base, isFirst),
      local: sideText(draft.notes.local, region.local, isFirst),
      remote: sideText(draft.notes.remote, region.remote, isFirst),
    };
    const source = SOURCE_BY_KIND[region.kind];
    if (source === undefined) return { kind: 'hunk', ...texts };
    // Only what ends the note may lack a line end, wherever its source ends.
    const finalNewline = draft.form.finalNewline || region !== lastRegion;
    const settled = { form: { ...draft.form, finalNewline }, lines: draft.notes[source].lines };
    const text = sideText(settled, region[source], isFirst);
    const isStable = texts.base === text && texts.local === text && texts.remote === text;
    return isStable ? { kind: 'stable', text } : { kind: 'merged', text, ...texts };
  });
}

function sideText(note: Note, span: Span, isFirst: boolean): string {
  return (isFirst ? byteOrderMark(note.form) : '') + renderSpan(note, span);
}
