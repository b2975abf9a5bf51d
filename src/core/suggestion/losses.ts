import { isContent } from '../merge/tokens.ts';
import type { Mark } from './mark.ts';
import { isBlank, removedBy, runsOf, SIDES, textOfRun, type Compared, type Side } from './compared.ts';
import { Haystacks } from './haystacks.ts';

/**
 * What either side added and what nobody removed, but the suggestion has not; and what one side removed and the
 * other left alone, but the suggestion has again.
 */
export function markLosses(compared: Compared): Mark[] {
  const hay = new Haystacks(compared);
  const marks = SIDES.flatMap((side) => lostOf(side, compared, hay));
  const removed = { note: removedBy('note', compared), copy: removedBy('copy', compared) };
  marks.push(...lostFromBase(compared, hay, removed));
  marks.push(...lostByCount(compared, marks));
  marks.push(...returned(compared, hay));
  return marks;
}

function lostOf(side: Side, compared: Compared, hay: Haystacks): Mark[] {
  const words = compared.words[side];
  return compared.hunks[side].flatMap(({ baseStart, sideStart, sideEnd }) =>
    runsOf(words, [sideStart, sideEnd])
      .filter((run) => !hay.hasAdded(side, run))
      .map((run) => ({ kind: 'missing', text: textOfRun(words, run), side, ...at(compared, baseStart) })),
  );
}

/** Per token of the base: taken away, and nothing put in its place. */
function cutBy(side: Side, { words, hunks }: Compared): Uint8Array {
  const cut = new Uint8Array(words.base.tokens.length);
  for (const { baseStart, baseEnd, sideStart, sideEnd } of hunks[side])
    if (words[side].tokens.slice(sideStart, sideEnd).every(isBlank)) cut.fill(1, baseStart, baseEnd);
  return cut;
}

type Removed = Readonly<Record<Side, Uint8Array>>;

function lostFromBase(compared: Compared, hay: Haystacks, { note, copy }: Removed): Mark[] {
  const { base } = compared.words;
  return compared.hunks.suggestion.flatMap(({ baseStart, baseEnd }) =>
    runsOf(base, [baseStart, baseEnd], (position) => note[position] === 0 && copy[position] === 0)
      .filter((run) => !isPause(textOfRun(base, run)) && !hay.hasKept(run))
      .map((run) => ({ kind: 'missing', text: textOfRun(base, run), ...at(compared, run[0]) })),
  );
}

/** A full stop that nobody touched may become a comma where sentences are joined. */
function isPause(text: string): boolean {
  return /^[.,;:!?]+$/u.test(text);
}

/** How often each token of the base stands in what those sides left of it. */
function keptCounts(compared: Compared, sides: readonly Side[]): ReadonlyMap<string, number> {
  const removed = sides.map((side) => removedBy(side, compared));
  const counts = new Map<string, number>();
  compared.words.base.tokens.forEach(({ text }, position) => {
    if (removed.every((one) => one[position] === 0)) counts.set(text, (counts.get(text) ?? 0) + 1);
  });
  return counts;
}

/** What no run shows: a word that stands there less often than it must, whatever became of its neighbours. */
function lostByCount(compared: Compared, known: readonly Mark[]): Mark[] {
  const { words } = compared;
  const all = new Set([
    ...words.base.counts.keys(),
    ...words.note.counts.keys(),
    ...words.copy.counts.keys(),
  ]);
  const kept = { note: keptCounts(compared, ['note']), copy: keptCounts(compared, ['copy']) };
  const keptByBoth = keptCounts(compared, SIDES);
  const least = (text: string): number => {
    const added = SIDES.map((side) => (words[side].counts.get(text) ?? 0) - (kept[side].get(text) ?? 0));
    return (keptByBoth.get(text) ?? 0) + Math.max(0, ...added);
  };
  const told = known.map(({ text }) => text).join('\n');
  return [...all]
    .filter((text) => (words.suggestion.counts.get(text) ?? 0) < least(text))
    .filter((text) => /[\p{L}\p{N}]/u.test(text) && !told.includes(text))
    .map((text) => {
      const end = words.suggestion.starts.at(-1) ?? 0;
      return { kind: 'missing', text, from: end, to: end };
    });
}

function returned(compared: Compared, hay: Haystacks): Mark[] {
  const { base } = compared.words;
  const kept = removedBy('suggestion', compared);
  const changedLines = { note: changedLinesOf(compared, 'note'), copy: changedLinesOf(compared, 'copy') };
  const lines = linesOf(compared);
  const cut = { note: cutBy('note', compared), copy: cutBy('copy', compared) };
  return SIDES.flatMap((side) => {
    const other = side === 'note' ? 'copy' : 'note';
    const isBack = (position: number): boolean =>
      cut[side][position] === 1 && kept[position] === 0 && !changedLines[other].has(lines[position] ?? 0);
    return runsOf(base, [0, base.tokens.length], isBack)
      .filter((run) => base.tokens.slice(...run).some(isContent) && hay.isBack(side, run))
      .map((run) => {
        const { from } = at(compared, run[0]);
        const text = textOfRun(base, run);
        return { kind: 'returned', text, side, from, to: from + text.length } as const;
      });
  });
}

/** The line that each token of the base stands on. */
function linesOf({ words }: Compared): readonly number[] {
  let line = 0;
  return words.base.tokens.map(({ kind }) => (kind === 'newline' ? line++ : line));
}

function changedLinesOf(compared: Compared, side: Side): ReadonlySet<number> {
  const lines = linesOf(compared);
  const changed = new Set<number>();
  for (const { baseStart, baseEnd, sideStart, sideEnd } of compared.hunks[side]) {
    if (baseStart < baseEnd || sideStart < sideEnd) changed.add(lines[baseStart] ?? -1);
    for (let position = baseStart; position < baseEnd; position += 1) changed.add(lines[position] ?? 0);
  }
  return changed;
}

/** Where in the suggestion that place of the base is. */
function at({ words, hunks }: Compared, position: number): { readonly from: number; readonly to: number } {
  let token = position;
  for (const { baseStart, baseEnd, sideStart, sideEnd } of hunks.suggestion) {
    if (baseStart > position) break;
    token = position < baseEnd ? sideStart : position - baseEnd + sideEnd;
  }
  const { starts } = words.suggestion;
  const from = starts[token] ?? starts.at(-1) ?? 0;
  return { from, to: from };
}
