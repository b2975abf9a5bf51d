import { diffLines } from '../merge/diff-lines.ts';
import { numberLines } from '../merge/line-ids.ts';
import { DEFAULT_MERGE_OPTIONS, merge } from '../merge/merge.ts';
import type { MergeKind } from '../merge/mergeable.ts';
import { mergeStructured } from '../merge/structured/merge-structured.ts';
import type { StructuredKind } from '../merge/structured/merge-structured.ts';

/*
 *   text │ hunk │ text │ hunk │ text      what a person sees of a conflict: whole lines; texts are settled,
 *                                         each hunk waits for a choice of its own
 */

export type DraftPiece =
  | { readonly kind: 'text'; readonly text: string }
  /** `base` is absent where it is not known. */
  | { readonly kind: 'hunk'; readonly base?: string; readonly note: string; readonly copy: string };

export type Hunk = Extract<DraftPiece, { kind: 'hunk' }>;

export interface DraftTexts {
  readonly base: string | undefined;
  readonly note: string;
  readonly copy: string;
}

export type Choice = 'note' | 'copy' | 'both';

/**
 * What a clean merge settles is settled here too; the rest are hunks of whole lines. Lines end in LF. A file of
 * no kind that is merged has the pieces of prose.
 */
export function draftOf(texts: DraftTexts, kind: MergeKind = 'prose'): readonly DraftPiece[] {
  return kind === 'prose' ? proseDraft(texts) : structuredDraft(texts, kind);
}

function proseDraft({ base, note, copy }: DraftTexts): readonly DraftPiece[] {
  const result = merge(base, copy, note);
  if (result.kind === 'clean') return wholeLines([{ kind: 'text', text: result.text }]);
  const [only, ...others] = result.pieces;
  // Nothing could be said of any part: the two are compared with each other.
  if (others.length === 0 && only?.kind === 'hunk') return wholeLines(compared(note, copy));
  return wholeLines(
    result.pieces.map((piece): DraftPiece => {
      if (piece.kind !== 'hunk') return { kind: 'text', text: piece.text };
      return { kind: 'hunk', base: piece.base, note: piece.remote, copy: piece.local };
    }),
  );
}

/**
 * The merge with the note's values where both changed them, beside that with the copy's: with one side chosen
 * throughout it is a whole file; with choices between them it has to be looked at (`isWhole`).
 */
function structuredDraft({ base, note, copy }: DraftTexts, kind: StructuredKind): readonly DraftPiece[] {
  if (base === undefined) return wholeLines(compared(note, copy));
  const texts = { base, local: copy, remote: note };
  const [ofCopy, ofNote] = [
    mergeStructured(texts, { kind, settle: 'local' }),
    mergeStructured(texts, { kind, settle: 'remote' }),
  ];
  const isRead = ofCopy.kind === 'clean' && ofNote.kind === 'clean';
  return wholeLines(isRead ? compared(ofNote.text, ofCopy.text) : compared(note, copy));
}

export function chosenText({ note, copy }: Hunk, choice: Choice): string {
  if (choice !== 'both') return choice === 'note' ? note : copy;
  const isParted = note === '' || note.endsWith('\n');
  return isParted ? note + copy : `${note}\n${copy}`;
}

/** The same question again, also in another draft. */
export function hunkKey({ note, copy }: Hunk): string {
  return JSON.stringify([note, copy]);
}

function compared(note: string, copy: string): DraftPiece[] {
  const [ours, theirs] = [linesOf(copy), linesOf(note)];
  const ids = numberLines({ base: theirs, local: ours, remote: [] });
  const { maxDiffSteps } = DEFAULT_MERGE_OPTIONS;
  const pieces: DraftPiece[] = [];
  let at = 0;
  for (const hunk of diffLines(ids.base, ids.local, { idCount: ids.idCount, maxSteps: maxDiffSteps })) {
    pieces.push({ kind: 'text', text: theirs.slice(at, hunk.baseStart).join('') });
    pieces.push({
      kind: 'hunk',
      note: theirs.slice(hunk.baseStart, hunk.baseEnd).join(''),
      copy: ours.slice(hunk.sideStart, hunk.sideEnd).join(''),
    });
    at = hunk.baseEnd;
  }
  return [...pieces, { kind: 'text', text: theirs.slice(at).join('') }];
}

/** With their ends. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/gu) ?? [];
}

/** Hunks of a merge by words may begin and end within a line; people choose between lines. */
function wholeLines(pieces: readonly DraftPiece[]): readonly DraftPiece[] {
  const whole: DraftPiece[] = [];
  for (const piece of pieces) {
    const last = whole.pop();
    if (last === undefined) whole.push(piece);
    else whole.push(...joined(last, piece));
  }
  return whole.filter((piece) => piece.kind === 'hunk' || piece.text !== '');
}

function joined(before: DraftPiece, after: DraftPiece): readonly DraftPiece[] {
  if (before.kind === 'text' && after.kind === 'text')
    return [{ kind: 'text', text: before.text + after.text }];
  if (before.kind === 'text') {
    const cut = before.text.lastIndexOf('\n') + 1;
    const tail = before.text.slice(cut);
    return [{ kind: 'text', text: before.text.slice(0, cut) }, around(tail, after, '')];
  }
  if (after.kind === 'hunk') return [both(before, after)];
  if (isEnded(before)) return [before, after];
  const cut = after.text.indexOf('\n') + 1;
  if (cut === 0) return [around('', before, after.text)];
  return [around('', before, after.text.slice(0, cut)), { kind: 'text', text: after.text.slice(cut) }];
}

function around(head: string, piece: DraftPiece, tail: string): DraftPiece {
  if (piece.kind === 'text') return { kind: 'text', text: head + piece.text + tail };
  const { base, note, copy } = piece;
  const sides = { note: head + note + tail, copy: head + copy + tail };
  return { kind: 'hunk', ...(base === undefined ? {} : { base: head + base + tail }), ...sides };
}

/** Whether what comes after it begins a line, whichever side is chosen. */
function isEnded({ base = '', note, copy }: Hunk): boolean {
  return [base, note, copy].every((side) => side === '' || side.endsWith('\n'));
}

function both(one: Hunk, other: Hunk): Hunk {
  const sides = { note: one.note + other.note, copy: one.copy + other.copy };
  const isKnown = one.base !== undefined && other.base !== undefined;
  return { kind: 'hunk', ...(isKnown ? { base: one.base + other.base } : {}), ...sides };
}
