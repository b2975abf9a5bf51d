import { diffLines } from './diff-lines.ts';
import { mergedLines, piecesOf, renderLines, reopen } from './draft.ts';
import type { Draft, Piece } from './draft.ts';
import { numberLines } from './line-ids.ts';
import type { LineIds } from './line-ids.ts';
import { isFence } from './markup.ts';
import { findDoubled, opensFence } from './note-checks.ts';
import { carryLineEnds, mergeForms, parseNote } from './note-form.ts';
import type { Note } from './note-form.ts';
import { findObstacle, obstacleSentence } from './obstacle.ts';
import type { Obstacle, Versions } from './obstacle.ts';
import { findRegions } from './regions.ts';
import { resolveRegions } from './resolve-regions.ts';

export interface MergeOptions {
  /** Larger texts, in bytes of UTF-8, are not merged. */
  readonly maxSizeBytes: number;
  /** Comparing steps a side; what they do not reach is taken as changed. The same on every device. */
  readonly maxDiffSteps: number;
  /** Characters compared by words; a region that they do not reach is left open. */
  readonly maxWordSteps: number;
}

export const DEFAULT_MERGE_OPTIONS: MergeOptions = {
  maxSizeBytes: 4 * 1024 * 1024,
  maxDiffSteps: 16_000_000,
  maxWordSteps: 1_000_000,
};

export interface MergeConflict {
  readonly kind: 'conflict';
  readonly obstacle: Obstacle;
  /** A sentence for people. */
  readonly reason: string;
  readonly pieces: readonly Piece[];
}

export type MergeResult = { readonly kind: 'clean'; readonly text: string } | MergeConflict;

/**
 * Three-way merge of a note by lines and, where both changed the same ones, by words. Pure: the same texts give the same result on every device,
 * and exchanging `local` with `remote` changes nothing but their names. In doubt it is a conflict;
 * a clean result holds every line that a side added or both left alone, and none that a side removed.
 */
export function merge(
  base: string | undefined,
  local: string,
  remote: string,
  options: MergeOptions = DEFAULT_MERGE_OPTIONS,
): MergeResult {
  if (local === remote) return { kind: 'clean', text: local };
  if (base === undefined) return conflict('no-base', [{ kind: 'hunk', base: '', local, remote }]);
  if (local === base) return { kind: 'clean', text: remote };
  if (remote === base) return { kind: 'clean', text: local };
  // Both sides differ from base here, and from each other.
  const texts = { base, local, remote };
  const obstacle = findObstacle(texts, options.maxSizeBytes);
  if (obstacle !== undefined) return conflict(obstacle, [{ kind: 'hunk', ...texts }]);
  const draft = draftMerge(texts, options);
  if (draft === undefined) return conflict('line-endings', [{ kind: 'hunk', ...texts }]);
  const lines = mergedLines(draft);
  if (lines === undefined) return conflict('overlap', piecesOf(draft));
  const doubled = findDoubled(lines, draft.ids);
  if (doubled.size > 0) return conflict('doubled', piecesOf(reopen(draft, (line) => doubled.has(line))));
  if (opensFence(lines, draft.notes)) return conflict('fence', piecesOf(reopen(draft, isFence)));
  return { kind: 'clean', text: renderLines(lines, draft.form) };
}

function conflict(obstacle: Obstacle, pieces: readonly Piece[]): MergeConflict {
  return { kind: 'conflict', obstacle, reason: obstacleSentence(obstacle), pieces };
}

/** `undefined` when both sides changed the line ends differently: then no line compares with another. */
function draftMerge(
  texts: Versions<string>,
  { maxDiffSteps, maxWordSteps }: MergeOptions,
): (Draft & { readonly ids: LineIds }) | undefined {
  const notes = parseNotes(texts);
  const { base, local, remote } = notes;
  const form = mergeForms({ base: base.form, local: local.form, remote: remote.form });
  if (form === undefined) return undefined;
  const ids = numberLines({ base: base.lines, local: local.lines, remote: remote.lines });
  const limits = { idCount: ids.idCount, maxSteps: maxDiffSteps };
  const regions = findRegions(ids, {
    local: diffLines(ids.base, ids.local, limits),
    remote: diffLines(ids.base, ids.remote, limits),
  });
  return { notes, form, ids, sections: resolveRegions(notes, regions, maxWordSteps) };
}

/** Where one text mixes its line ends, the lines of all three keep theirs. */
function parseNotes(texts: Versions<string>): Versions<Note> {
  const notes = {
    base: parseNote(texts.base),
    local: parseNote(texts.local),
    remote: parseNote(texts.remote),
  };
  const isMixed = [notes.base, notes.local, notes.remote].some(({ form }) => form.eol === 'mixed');
  if (!isMixed) return notes;
  return {
    base: carryLineEnds(notes.base),
    local: carryLineEnds(notes.local),
    remote: carryLineEnds(notes.remote),
  };
}
