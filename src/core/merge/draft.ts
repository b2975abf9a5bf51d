import { linesOf, splitLines, writeInForm } from './note-form.ts';
import type { Note, NoteForm } from './note-form.ts';
import type { Versions } from './obstacle.ts';
import type { Region, RegionKind } from './regions.ts';
import { mergedText } from './resolve-region.ts';
import type { Part } from './resolve-region.ts';

/** A region that is settled as it stands, or the parts that it was taken apart into. */
export type Section =
  | (Region & { readonly kind: Exclude<RegionKind, 'unstable'> })
  | { readonly kind: 'parts'; readonly parts: readonly Part[] };

/** A merge worked out but not yet written down: the notes, section by section, and the form to come. */
export interface Draft {
  readonly notes: Versions<Note>;
  readonly form: NoteForm;
  readonly sections: readonly Section[];
}

/**
 * A part of a note in conflict. Joining one side's text of all pieces gives that side exactly, byte
 * order mark and line ends included.
 */
export type Piece =
  /** The same on all three sides. */
  | { readonly kind: 'stable'; readonly text: string }
  /** Settled: by the change of one side, or by both together, to `text`. */
  | ({ readonly kind: 'merged'; readonly text: string } & Versions<string>)
  /** Open: somebody has to decide. */
  | ({ readonly kind: 'hunk' } & Versions<string>);

type Side = keyof Versions<unknown>;

/** Whose lines stand in the result. */
const SOURCE_BY_KIND = {
  unchanged: 'base',
  local: 'local',
  remote: 'remote',
  alike: 'local',
} as const satisfies Record<Exclude<RegionKind, 'unstable'>, Side>;

/** One side's whole text. */
export function textOfSide(pieces: readonly Piece[], side: Side): string {
  return pieces.map((piece) => (piece.kind === 'stable' ? piece.text : piece[side])).join('');
}

/** The merged lines as the notes have theirs, or `undefined` while a part is open. */
export function mergedLines({ notes, form, sections }: Draft): string[] | undefined {
  const lines: string[] = [];
  for (const section of sections) {
    const some = section.kind === 'parts' ? mergedText(section.parts) : linesOfSource(notes, section);
    if (some === undefined) return undefined;
    for (const line of typeof some === 'string' ? splitLines(some, form) : some) lines.push(line);
  }
  return lines;
}

/** The whole text of merged lines. */
export function renderLines(lines: readonly string[], form: NoteForm): string {
  return writeInForm([linesOf({ form, lines }, { start: 0, end: lines.length }).join('')], form).join('');
}

/** Opens again what changed the lines in question or, where none of it is known to have, all that changed. */
export function reopen(draft: Draft, isInQuestion: (line: string) => boolean): Draft {
  const { notes, form, sections } = draft;
  const isChange = ({ kind }: Section): boolean => kind === 'parts' || kind === 'local' || kind === 'remote';
  const hasSuspect = (section: Section): boolean =>
    isChange(section) && (mergedLines({ notes, form, sections: [section] }) ?? []).some(isInQuestion);
  const some = sections.some(hasSuspect);
  return {
    ...draft,
    sections: sections.map((section) =>
      (some ? hasSuspect(section) : isChange(section)) ? openSection(notes, section) : section,
    ),
  };
}

function openSection(notes: Versions<Note>, section: Section): Section {
  const parts = section.kind === 'parts' ? section.parts : [partOf(notes, section)];
  const join = (side: Side): string => parts.map((part) => part[side]).join('');
  return {
    kind: 'parts',
    parts: [{ kind: 'open', base: join('base'), local: join('local'), remote: join('remote') }],
  };
}

type Settled = Exclude<Section, { kind: 'parts' }>;

function linesOfSource(notes: Versions<Note>, section: Settled): readonly string[] {
  const source = SOURCE_BY_KIND[section.kind];
  const { start, end } = section[source];
  return notes[source].lines.slice(start, end);
}

export function piecesOf({ notes, form, sections }: Draft): Piece[] {
  const parts = sections.flatMap((section) =>
    section.kind === 'parts' ? section.parts : partOf(notes, section),
  );
  const written = {
    base: writeInForm(
      parts.map(({ base }) => base),
      notes.base.form,
    ),
    local: writeInForm(
      parts.map(({ local }) => local),
      notes.local.form,
    ),
    remote: writeInForm(
      parts.map(({ remote }) => remote),
      notes.remote.form,
    ),
    text: writeInForm(
      parts.map((part) => (part.kind === 'open' ? OPEN : part.text)),
      form,
    ),
  };
  return parts.flatMap((part, index): Piece[] => {
    const texts = {
      base: written.base[index] ?? '',
      local: written.local[index] ?? '',
      remote: written.remote[index] ?? '',
    };
    if (part.kind === 'open') return [{ kind: 'hunk', ...texts }];
    const text = written.text[index] ?? '';
    const isStable = texts.base === text && texts.local === text && texts.remote === text;
    return [isStable ? { kind: 'stable', text } : { kind: 'merged', text, ...texts }];
  });
}

/** Stands for what is not known yet: no line's end, so that none before it is the note's last. */
const OPEN = '?';

function partOf(notes: Versions<Note>, section: Settled): Part {
  const texts = {
    base: linesOf(notes.base, section.base).join(''),
    local: linesOf(notes.local, section.local).join(''),
    remote: linesOf(notes.remote, section.remote).join(''),
  };
  return { kind: 'settled', text: texts[SOURCE_BY_KIND[section.kind]], ...texts };
}
