import { isSameThought } from './alike.ts';
import { wideSpaced } from './blanks.ts';
import { isSound, staysBalanced } from './checks.ts';
import { contains, isBlank, mergeInsertions } from './insertions.ts';
import type { Surroundings } from './insertions.ts';
import { mergeItems } from './inline-items.ts';
import { mergeWords } from './merge-words.ts';
import type { WordRegion } from './merge-words.ts';
import type { Versions } from './obstacle.ts';
import type { StepBudget } from './pairing.ts';

/** Part of a region, in step on the three sides. `settled`: to `text`. `open`: somebody has to decide. */
export type Part = ({ readonly kind: 'settled'; readonly text: string } | { readonly kind: 'open' }) &
  Versions<string>;

/** Lines, each with its end. */
type Lines = readonly string[];

/** What both sides changed differently: by insertions, else by words. The parts cover the three texts. */
export function resolveRegion(lines: Versions<Lines>, around: Surroundings, budget: StepBudget): Part[] {
  const texts = { base: lines.base.join(''), local: lines.local.join(''), remote: lines.remote.join('') };
  const spaced = wideSpaced(texts.local, texts.remote);
  const otherwise: Part[] =
    spaced === undefined ? [{ kind: 'open', ...texts }] : [{ kind: 'settled', text: spaced, ...texts }];
  if (lines.base.length === 0)
    return spaced === undefined ? (insertBoth(texts, around) ?? otherwise) : otherwise;
  const length = texts.base.length + texts.local.length + texts.remote.length;
  if (budget.left < length) return otherwise;
  budget.left -= length;
  const side = findLarger(lines);
  if (side !== undefined && isSound(texts[side], texts)) {
    return [{ kind: 'settled', text: texts[side], ...texts }];
  }
  const { regions, added } = mergeWords(texts, budget.left);
  if (isSameThought(added.local, added.remote)) return otherwise;
  const parts = regions.flatMap((region) => settle(region, around));
  const merged = mergedText(parts);
  if (merged === undefined) return spaced === undefined ? wholeLines(parts) : otherwise;
  // One side's own text made the other's changes, too: what else it moved or took away, it meant.
  const isSide = merged === texts.local || merged === texts.remote;
  return (isSide ? staysBalanced : isSound)(merged, texts) ? parts : otherwise;
}

/** An open part that begins with a line, and to which nothing of it is left but its end, takes that too. */
function wholeLines(parts: readonly Part[]): Part[] {
  const widened: Part[] = [];
  let atLineStart = true;
  for (const part of parts) {
    const before = widened.at(-1);
    if (before?.kind === 'open' && atLineStart && isUnchanged(part) && part.base.startsWith('\n')) {
      const { base, local, remote } = before;
      widened[widened.length - 1] = {
        kind: 'open',
        base: `${base}\n`,
        local: `${local}\n`,
        remote: `${remote}\n`,
      };
      const rest = part.base.slice(1);
      if (rest !== '') widened.push({ kind: 'settled', text: rest, base: rest, local: rest, remote: rest });
    } else {
      // Where an open part begins is what counts for the one after it.
      if (part.kind === 'open') atLineStart = before === undefined || before.base.endsWith('\n');
      widened.push(part);
    }
  }
  return widened;
}

function isUnchanged(part: Part): boolean {
  return (
    part.kind === 'settled' &&
    part.base === part.text &&
    part.local === part.text &&
    part.remote === part.text
  );
}

/**
 * The side that has everything the other one wrote: that one changed nothing but blank lines, or both put
 * lines in place of the same ones and those of one are among the other's.
 */
function findLarger({ base, local, remote }: Versions<Lines>): 'local' | 'remote' | undefined {
  const [was, here, there] = [base, local, remote].map((side) => side.filter((line) => !isBlank(line)));
  if (was === undefined || here === undefined || there === undefined) return undefined;
  if (isEqual(here, there)) return compareBlank(local, remote) >= 0 ? 'local' : 'remote';
  if (isEqual(was, there)) return 'local';
  if (isEqual(was, here)) return 'remote';
  const known = new Set(was);
  if ([...here, ...there].some((line) => known.has(line))) return undefined;
  if (there.length > 0 && contains(local, remote)) return 'local';
  return here.length > 0 && contains(remote, local) ? 'remote' : undefined;
}

/** Of lines that differ in blank ones alone the more count, so that both sides choose alike. */
function compareBlank(local: Lines, remote: Lines): number {
  if (local.length !== remote.length) return local.length - remote.length;
  return local.join('') < remote.join('') ? -1 : 1;
}

function isEqual(a: Lines, b: Lines): boolean {
  return a.length === b.length && a.every((line, index) => line === b[index]);
}

/** `undefined` while a part is open. */
export function mergedText(parts: readonly Part[]): string | undefined {
  let merged = '';
  for (const part of parts) {
    if (part.kind === 'open') return undefined;
    merged += part.text;
  }
  return merged;
}

function settle(region: WordRegion, around: Surroundings): Part[] {
  const { kind, inserted, base, local, remote } = region;
  const texts = { base, local, remote };
  if (kind === 'unstable') {
    const merged = inserted ? insertBoth(texts, around) : insertItems(texts);
    return merged ?? [{ kind: 'open', ...texts }];
  }
  const text = kind === 'remote' ? remote : local;
  return [{ kind: 'settled', text, ...texts }];
}

function insertBoth({ base, local, remote }: Versions<string>, around: Surroundings): Part[] | undefined {
  const merged = mergeInsertions(splitLines(local), splitLines(remote), around);
  return merged && [{ kind: 'settled', text: merged.join(''), base, local, remote }];
}

/** Links or tags that both put at one place of a row of them. */
function insertItems({ base, local, remote }: Versions<string>): Part[] | undefined {
  if (base !== '') return undefined;
  const text = mergeItems(local, remote);
  return text === undefined ? undefined : [{ kind: 'settled', text, base, local, remote }];
}

function splitLines(text: string): string[] {
  return text.match(/[^\r\n]*(?:\r\n|\n|\r)/gu) ?? [];
}
