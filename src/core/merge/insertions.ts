import { likeness, wordsOf } from './alike.ts';
import { hasOpenFence } from './markup.ts';

/** What stands around the place, and what the note said before. */
export interface Surroundings {
  /** Lines of the base before and after, nearest last and nearest first; some are enough. */
  readonly above: readonly string[];
  readonly below: readonly string[];
  readonly isKnownWord: (word: string) => boolean;
}

/** From here on two lines are taken for one thought. */
const ALIKE = 0.5;
const ALIKE_ELSEWHERE = 0.75;
const ADDRESS = /https?:\/\/[^\s<>)\]|]+/u;
/** More pairs of lines are not compared: the person is asked. */
const MAX_PAIRS = 10_000;
/** So many items must be in order before a list counts as kept in order. */
const SORTED_ITEMS = 4;

type Lines = readonly string[];

/**
 * Lines that both sides put at one place: the lines to stand there, or `undefined` where somebody has to
 * decide. What continues the text above comes first, else the remote side's; a list in order stays so.
 */
export function mergeInsertions(local: Lines, remote: Lines, around: Surroundings): Lines | undefined {
  if (contains(local, remote)) return local;
  if (contains(remote, local)) return remote;
  const shared = sharedHead(local, remote);
  const here = frame(local.slice(shared));
  const there = frame(remote.slice(shared));
  if (here.core.length === 0) return remote;
  if (there.core.length === 0) return local;
  if (hasOpenFence(here.core) || hasOpenFence(there.core)) return undefined;
  if (areAlike(here.core, there.core, around)) return undefined;
  const head = local.slice(0, shared);
  const isOneList =
    isItem(here.core.at(-1)) && isItem(there.core[0]) && isItem(there.core.at(-1)) && isItem(here.core[0]);
  const [first, second] = isContinued(here, there) ? [here, there] : [there, here];
  if (!isOneList) return [...head, ...paragraphs(first, second)];
  const items = sorted(here.core, there.core, around) ?? [...first.core, ...second.core];
  return [...head, ...longer(here.lead, there.lead), ...items, ...longer(here.trail, there.trail)];
}

/** Whether the lines of `part` stand in `whole`, in their order. */
export function contains(whole: Lines, part: Lines): boolean {
  let at = 0;
  for (const line of whole) if (at < part.length && line === part[at]) at++;
  return at === part.length;
}

/** How many lines both begin with, up to the last one that is not blank. */
function sharedHead(local: Lines, remote: Lines): number {
  let length = 0;
  while (length < local.length && local[length] === remote[length]) length++;
  while (length > 0 && isBlank(local[length - 1])) length--;
  return length;
}

/** Lines between the blank ones before and after them. */
interface Framed {
  readonly lead: Lines;
  readonly core: Lines;
  readonly trail: Lines;
}

function frame(lines: Lines): Framed {
  let start = 0;
  let end = lines.length;
  while (start < end && isBlank(lines[start])) start++;
  while (end > start && isBlank(lines[end - 1])) end--;
  return { lead: lines.slice(0, start), core: lines.slice(start, end), trail: lines.slice(end) };
}

function paragraphs(first: Framed, second: Framed): Lines {
  const between = longer(first.trail, second.lead);
  return [...first.lead, ...first.core, ...between, ...second.core, ...second.trail];
}

function longer(a: Lines, b: Lines): Lines {
  return b.length > a.length ? b : a;
}

/** Lines that lead to different places are more likely two things; where they count, too, they are. */
function alikeFrom(here: string, there: string): number {
  const [link, other] = [addressIn(here), addressIn(there)];
  if (link === undefined || other === undefined || link === other) return ALIKE;
  const [number, second] = [numbersIn(here), numbersIn(there)];
  return number !== '' && second !== '' && number !== second ? Infinity : ALIKE_ELSEWHERE;
}

function numbersIn(line: string): string {
  return (
    line
      .replaceAll(new RegExp(ADDRESS, 'gu'), '')
      .match(/\p{N}+/gu)
      ?.join(' ') ?? ''
  );
}

function addressIn(line: string): string | undefined {
  return ADDRESS.exec(line)?.[0];
}

function areAlike(local: Lines, remote: Lines, { isKnownWord }: Surroundings): boolean {
  if (local.length * remote.length > MAX_PAIRS) return true;
  return local.some((here) =>
    remote.some(
      (there) =>
        (here === there && !isBlank(here)) || likeness(here, there, isKnownWord) >= alikeFrom(here, there),
    ),
  );
}

/** Whether the local lines rather than the remote ones go on with what stands above. */
function isContinued(here: Framed, there: Framed): boolean {
  const [local, remote] = [continuation(here), continuation(there)];
  return local > remote;
}

/** How closely lines belong to what stands above: a deeper item most, a heading or a new paragraph least. */
function continuation({ lead, core }: Framed): number {
  const first = core[0] ?? '';
  if (lead.length > 0 || HEADING.test(first)) return -1;
  return isItem(first) ? indentOf(first) : 0;
}

const HEADING = /^#{1,6}\s/u;
const ITEM = /^\s*(?:[-*+]|\d+[.)])\s|^\s*\|/u;

function isItem(line: string | undefined): boolean {
  return line !== undefined && ITEM.test(line);
}

export function isBlank(line: string | undefined): boolean {
  return line?.trim() === '';
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** The items of both in order, if those around them and their own are. */
function sorted(local: Lines, remote: Lines, { above, below }: Surroundings): Lines | undefined {
  const indent = indentOf(local[0] ?? '');
  const isPeer = (line: string): boolean => isItem(line) && indentOf(line) === indent;
  if (![...local, ...remote].every(isPeer)) return undefined;
  const before = [...above].reverse();
  const stop = before.findIndex((line) => !isPeer(line));
  const end = below.findIndex((line) => !isPeer(line));
  const known = {
    above: (stop < 0 ? before : before.slice(0, stop)).reverse(),
    below: end < 0 ? below : below.slice(0, end),
  };
  if (known.above.length + known.below.length < SORTED_ITEMS) return undefined;
  const inOrder = [...local, ...remote].sort(compare);
  return isSorted([...known.above, ...inOrder, ...known.below]) ? inOrder : undefined;
}

function isSorted(lines: Lines): boolean {
  return lines.every((line, index) => index === 0 || compare(lines[index - 1] ?? '', line) <= 0);
}

/** By letters, cases alike; by code units, so that every device has one order. */
function compare(a: string, b: string): number {
  const [left, right] = [wordsOf(a).join(' '), wordsOf(b).join(' ')];
  return left < right ? -1 : left > right ? 1 : 0;
}
