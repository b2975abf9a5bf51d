import { diffLines } from './diff-lines.ts';
import { mergedLines, piecesOf, renderLines, reopen } from './draft.ts';
import type { Draft, Piece } from './draft.ts';
import { mergeFrontmatter, readFrontmatter } from './frontmatter.ts';
import { numberLines } from './line-ids.ts';
import type { LineIds } from './line-ids.ts';
import { isFence } from './markup.ts';
import { findDoubled, opensFence } from './note-checks.ts';
import { carryLineEnds, mergeForms, parseNote } from './note-form.ts';
import type { Note } from './note-form.ts';
import { findObstacle, obstacleSentence } from './obstacle.ts';
import type { Obstacle, Versions } from './obstacle.ts';
import { findRegions } from './regions.ts';
import type { Part } from './resolve-region.ts';
import { resolveRegions } from './resolve-regions.ts';

export interface MergeOptions {
  /** Larger texts, in bytes of UTF-8, are not merged. */
  readonly maxSizeBytes: number;
  /** Comparing steps a side; what they do not reach is taken as changed. The same on every device. */
  readonly maxDiffSteps: number;
  /** Characters compared by words; a region that they do not reach is left open. */
  readonly maxWordSteps: number;
  /** Properties that hold when a note was last changed, in lower case: of two, the later is right. */
  readonly stampKeys: readonly string[];
}

export const DEFAULT_MERGE_OPTIONS: MergeOptions = {
  maxSizeBytes: 4 * 1024 * 1024,
  maxDiffSteps: 16_000_000,
  maxWordSteps: 1_000_000,
  stampKeys: ['updated', 'modified', 'mtime', 'last-modified', 'date-modified'],
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
 * Three-way merge of a note by lines and, where both changed the same ones, by words. Pure: the same
 * texts give the same result on every device, and exchanging `local` with `remote` changes nothing but
 * their names. In doubt it is a conflict; a clean result holds every line that a side added or both
 * left alone, and none that a side removed.
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
  { maxDiffSteps, maxWordSteps, stampKeys }: MergeOptions,
): (Draft & { readonly ids: LineIds }) | undefined {
  const notes = parseNotes(texts);
  const { base, local, remote } = notes;
  const form = mergeForms({ base: base.form, local: local.form, remote: remote.form });
  if (form === undefined) return undefined;
  const head = mergeHeads(notes, stampKeys);
  const body = head === undefined ? notes : withoutHeads(notes, head.lineCounts);
  const ids = numberLines({ base: body.base.lines, local: body.local.lines, remote: body.remote.lines });
  const limits = { idCount: ids.idCount, maxSteps: maxDiffSteps };
  const regions = findRegions(ids, {
    local: diffLines(ids.base, ids.local, limits),
    remote: diffLines(ids.base, ids.remote, limits),
  });
  const sections = resolveRegions(body, regions, maxWordSteps);
  const all = head === undefined ? sections : [{ kind: 'parts' as const, parts: head.parts }, ...sections];
  return { notes: body, form, ids, sections: all };
}

/** The properties, where both sides have them and no line carries an end of its own. */
function mergeHeads(
  { base, local, remote }: Versions<Note>,
  stampKeys: readonly string[],
): { readonly parts: Part[]; readonly lineCounts: Versions<number> } | undefined {
  const heads = {
    base: readFrontmatter(base.lines),
    local: readFrontmatter(local.lines),
    remote: readFrontmatter(remote.lines),
  };
  if (heads.base === undefined || heads.local === undefined || heads.remote === undefined) return undefined;
  const known = { base: heads.base, local: heads.local, remote: heads.remote };
  const parts = mergeFrontmatter(known, new Set(stampKeys));
  if (parts === undefined) return undefined;
  const lineCounts = {
    base: heads.base.lineCount,
    local: heads.local.lineCount,
    remote: heads.remote.lineCount,
  };
  return { parts, lineCounts };
}

function withoutHeads({ base, local, remote }: Versions<Note>, counts: Versions<number>): Versions<Note> {
  return {
    base: { ...base, lines: base.lines.slice(counts.base) },
    local: { ...local, lines: local.lines.slice(counts.local) },
    remote: { ...remote, lines: remote.lines.slice(counts.remote) },
  };
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
