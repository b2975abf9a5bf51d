import type { Hunk } from '../conflict/draft.ts';
import { isFence } from '../merge/markup.ts';
import type { SuggestionRequest } from './request.ts';

/** What a model's answer says for each place; or why it cannot be read as an answer at all. */
export type ReadAnswer =
  | { readonly kind: 'places'; readonly texts: readonly string[] }
  | { readonly kind: 'unusable'; readonly why: 'empty' | 'unmarked' | 'incomplete' | 'garbled' };

type ReadyRequest = Extract<SuggestionRequest, { kind: 'ready' }>;

/** Some models write down their thoughts first. */
const THOUGHTS = /^\s*<think(?:ing)?>[^]*?<\/think(?:ing)?>/u;

/**
 * Finds the places of an answer. What stands before, between and after them is no part of it. Where there is one
 * place only, an answer without any of the asked lines is taken as that place as it stands: what it says too much,
 * the check finds.
 */
export function readAnswer(answer: string, { nonce, hunks }: ReadyRequest): ReadAnswer {
  const text = answer.replace(/\r\n?/gu, '\n').replace(THOUGHTS, '');
  if (text.trim() === '') return { kind: 'unusable', why: 'empty' };
  const [only, ...others] = hunks;
  if (!text.includes(nonce)) {
    if (only === undefined || others.length > 0) return { kind: 'unusable', why: 'unmarked' };
    return { kind: 'places', texts: [asPlace(text.trim().split('\n'), only)] };
  }
  const found = readPlaces(text, nonce);
  if (found === undefined) return { kind: 'unusable', why: 'garbled' };
  if (hunks.some((_, index) => !found.has(index + 1)) || found.size !== hunks.length)
    return { kind: 'unusable', why: 'incomplete' };
  return { kind: 'places', texts: hunks.map((hunk, index) => asPlace(found.get(index + 1) ?? [], hunk)) };
}

/** The lines of each place, by its number. `undefined`: a place is begun twice, not ended, or the number stands elsewhere. */
function readPlaces(text: string, nonce: string): Map<number, readonly string[]> | undefined {
  const line = new RegExp(`^\\s*@@${nonce} (?:place )?(\\d{1,4}|end)@@\\s*$`, 'u');
  const places = new Map<number, readonly string[]>();
  let current: { readonly place: number; readonly lines: string[] } | undefined;
  for (const one of text.split('\n')) {
    const what = line.exec(one)?.[1];
    if (what === undefined) {
      if (one.includes(nonce)) return undefined;
      current?.lines.push(one);
      continue;
    }
    if (current !== undefined) {
      if (places.has(current.place)) return undefined;
      places.set(current.place, current.lines);
    }
    current = what === 'end' ? undefined : { place: Number(what), lines: [] };
  }
  // The last place was not ended: more may have been to come.
  return current === undefined ? places : undefined;
}

function asPlace(lines: readonly string[], hunk: Hunk): string {
  const text = unfenced(lines, hunk).join('\n');
  if (text === '') return '';
  const sides = [hunk.note, hunk.copy].filter((side) => side !== '');
  return sides.some((side) => side.endsWith('\n')) ? `${text.replace(/\n$/u, '')}\n` : text;
}

/** Without a code block around all of it that neither version has. */
function unfenced(lines: readonly string[], { note, copy }: Hunk): readonly string[] {
  const [first = '', last = ''] = [lines[0], lines.at(-1)];
  const isWrapped = lines.length > 1 && isFence(first) && /^\s*(?:`{3,}|~{3,})\s*$/u.test(last);
  const begins = (side: string): boolean => isFence(side.split('\n', 1)[0] ?? '');
  return isWrapped && !begins(note) && !begins(copy) ? lines.slice(1, -1) : lines;
}
