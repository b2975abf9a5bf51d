import { wordsOf } from './alike.ts';
import type { Section } from './draft.ts';
import type { Surroundings } from './insertions.ts';
import { linesOf } from './note-form.ts';
import type { Note, Span } from './note-form.ts';
import type { Versions } from './obstacle.ts';
import type { Region } from './regions.ts';
import { resolveRegion } from './resolve-region.ts';

/** How many lines around a place tell whether a list is in order. */
const LINES_AROUND = 12;

/** Takes apart, if it can, every region that both sides changed differently. */
export function resolveRegions(
  notes: Versions<Note>,
  regions: readonly Region[],
  maxSteps: number,
): Section[] {
  const isKnownWord = vocabularyOf(notes.base);
  // Where line ends differ they would be merged as words, and the last line's is none of the note's.
  const budget = notes.base.form.eol === 'mixed' ? { left: 0 } : { left: maxSteps };
  return regions.map((region): Section => {
    const { kind, base, local, remote } = region;
    if (kind !== 'unstable') return { ...region, kind };
    const lines = {
      base: linesOf(notes.base, base),
      local: linesOf(notes.local, local),
      remote: linesOf(notes.remote, remote),
    };
    return {
      kind: 'parts',
      parts: resolveRegion(lines, { ...linesAround(notes.base, base), isKnownWord }, budget),
    };
  });
}

function linesAround(note: Note, { start, end }: Span): Pick<Surroundings, 'above' | 'below'> {
  return {
    above: note.lines.slice(Math.max(0, start - LINES_AROUND), start),
    below: note.lines.slice(end, end + LINES_AROUND),
  };
}

/** Reads the note's words when the first is asked for: most merges ask for none. */
function vocabularyOf(note: Note): (word: string) => boolean {
  let known: ReadonlySet<string> | undefined;
  return (word) => {
    known ??= new Set(wordsOf(note.lines.join('\n')));
    return known.has(word);
  };
}
