import type { Versions } from './obstacle.ts';

/**
 * How a text's lines are written down, apart from what they say.
 * `eol`: what ends every line; `'mixed'` where lines differ, and then each line carries its own;
 * absent where no line is ended.
 */
export interface NoteForm {
  readonly bom: boolean;
  readonly eol?: '\n' | '\r\n' | '\r' | 'mixed';
  readonly finalNewline: boolean;
}

export interface Note {
  readonly form: NoteForm;
  /** Without their ends; with them where the form is mixed. */
  readonly lines: readonly string[];
}

const BOM = '\uFEFF';
const LINE_END = /\r\n|\n|\r/gu;
const LAST_LINE_END = /(?:\r\n|\n|\r)$/u;

/** Takes a text apart; `render` of all its lines in its form gives the same text again. */
export function parseNote(text: string): Note {
  const bom = text.startsWith(BOM);
  const body = bom ? text.slice(BOM.length) : text;
  const eol = lineEndOf(body);
  const finalNewline = body === '' || LAST_LINE_END.test(body);
  const form = { bom, finalNewline, ...(eol === undefined ? {} : { eol }) };
  return { form, lines: eol === 'mixed' ? splitKeepingEnds(body) : splitAt(body, eol ?? '\n') };
}

/**
 * The same note with each line carrying its own end, so that it compares with a mixed one; a last line without
 * an end has the same one as there.
 */
export function carryLineEnds({ form, lines }: Note): Note {
  const { eol = '\n', finalNewline } = form;
  if (eol === 'mixed') return { form, lines };
  const endOf = (index: number): string => (finalNewline || index < lines.length - 1 ? eol : '\n');
  return { form: { ...form, eol: 'mixed' }, lines: lines.map((line, index) => line + endOf(index)) };
}

function lineEndOf(body: string): NoteForm['eol'] {
  // Nearly all notes have no CR: one search settles those.
  if (!body.includes('\r')) return body.includes('\n') ? '\n' : undefined;
  const ends = new Set(body.match(LINE_END));
  if (ends.size > 1) return 'mixed';
  return [...ends][0] as '\n' | '\r\n' | '\r';
}

function splitAt(body: string, eol: string): string[] {
  const lines = body.split(eol);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** A last line without an end is given LF, which `render` takes off again. */
function splitKeepingEnds(body: string): string[] {
  const lines: string[] = body.match(/[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$/gu) ?? [];
  const last = lines.at(-1);
  if (last !== undefined && !LAST_LINE_END.test(last)) lines[lines.length - 1] = `${last}\n`;
  return lines;
}

/**
 * Three-way on each value of the form by itself: line ends, byte order mark, final newline.
 * `undefined` when both sides changed the line ends differently.
 */
export function mergeForms({ base, local, remote }: Versions<NoteForm>): NoteForm | undefined {
  const form = {
    bom: mergeFlags(base.bom, local.bom, remote.bom),
    finalNewline: mergeFlags(base.finalNewline, local.finalNewline, remote.finalNewline),
  };
  // A text without line ends says nothing about them: it follows the base, and the base the sides.
  const was = base.eol ?? local.eol ?? remote.eol;
  const here = local.eol ?? was;
  const there = remote.eol ?? was;
  if (base.eol === undefined && here !== there) return undefined;
  if (here !== was && there !== was && here !== there) return undefined;
  const eol = here === was ? there : here;
  return eol === undefined ? form : { ...form, eol };
}

/** Two sides that both differ from a flag agree with each other. */
function mergeFlags(base: boolean, local: boolean, remote: boolean): boolean {
  return local === base ? remote : local;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Some of a note's lines, each with its end: `\n` wherever the form has but one kind. */
export function linesOf({ form, lines }: Note, { start, end }: Span): string[] {
  const some = lines.slice(start, end);
  return form.eol === 'mixed' ? some : some.map((line) => `${line}\n`);
}

/** The lines of such a text, as a note of this form has them. */
export function splitLines(text: string, { eol }: NoteForm): string[] {
  return eol === 'mixed' ? splitKeepingEnds(text) : splitAt(text, '\n');
}

/** Writes consecutive texts, whose lines end as `linesOf` has them, in a form. */
export function writeInForm(texts: readonly string[], { bom, eol, finalNewline }: NoteForm): string[] {
  const isAsIs = eol === undefined || eol === '\n' || eol === 'mixed';
  const written = isAsIs ? [...texts] : texts.map((text) => text.replaceAll('\n', eol));
  if (!finalNewline) dropFinalNewline(written);
  if (bom) written[0] = BOM + (written[0] ?? '');
  return written;
}

/** An empty last line consists of nothing but its end: without it, it would be gone. */
function dropFinalNewline(texts: string[]): void {
  const [last, before] = texts.flatMap((text, index) => (text === '' ? [] : [index])).reverse();
  if (last === undefined) return;
  const kept = texts[last]?.replace(LAST_LINE_END, '') ?? '';
  const rest = kept === '' && before !== undefined ? (texts[before] ?? '') : kept;
  if (rest !== '' && !LAST_LINE_END.test(rest)) texts[last] = kept;
}
