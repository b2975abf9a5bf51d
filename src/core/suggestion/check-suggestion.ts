import { unbalanced, hasOpenFence } from '../merge/markup.ts';
import { markInventions } from './inventions.ts';
import { markLinks } from './links.ts';
import { markLosses } from './losses.ts';
import { markProperties } from './properties.ts';
import type { Mark } from './mark.ts';
import { compareTexts, type SuggestionTexts } from './compared.ts';

/**
 * Compares a suggestion with both versions and what they come from; texts have LF. No mark means: whatever either
 * side added is in it, what nobody removed is in it, it says nothing that nobody wrote, and its form is whole. It
 * rather marks once too often: a mark asks a person, a miss loses a line.
 */
export function checkSuggestion(texts: SuggestionTexts, suggestion: string): readonly Mark[] {
  const compared = compareTexts(texts, suggestion);
  const marks = [
    ...markLosses(compared),
    ...markInventions(compared),
    ...markLinks(texts, suggestion),
    ...markProperties(texts, suggestion),
    ...markForm(texts, suggestion),
  ];
  return marks.sort((one, other) => one.from - other.from || one.to - other.to);
}

/**
 * Marks of a suggestion that a person has edited since: what the person wrote is no invention. `before`: the marks
 * that it had when it came.
 */
export function marksLeft(before: readonly Mark[], now: readonly Mark[]): readonly Mark[] {
  const own: readonly Mark['kind'][] = ['invented', 'doubled', 'returned', 'link'];
  const isOld = (mark: Mark): boolean =>
    before.some(
      ({ kind, text }) => kind === mark.kind && (text.includes(mark.text) || mark.text.includes(text)),
    );
  return now.filter((mark) => !own.includes(mark.kind) || isOld(mark));
}

function markForm({ note, copy }: SuggestionTexts, suggestion: string): Mark[] {
  const whole = { from: suggestion.length, to: suggestion.length };
  const lines = (text: string): string[] => text.split('\n');
  const marks: Mark[] = [];
  if (hasOpenFence(lines(suggestion)) && !(hasOpenFence(lines(note)) && hasOpenFence(lines(copy))))
    marks.push({ kind: 'code-block', text: '', ...whole });
  const [here, there] = [unbalanced(note), unbalanced(copy)];
  for (const mark of unbalanced(suggestion))
    if (!here.has(mark) || !there.has(mark)) marks.push({ kind: 'unbalanced', text: mark, ...whole });
  for (const { 0: text, index } of suggestion.matchAll(/^(?:<{7} .*|={7}|>{7} .*)$/gmu))
    if (!lines(note).includes(text) && !lines(copy).includes(text))
      marks.push({ kind: 'conflict-marker', text, from: index, to: index + text.length });
  return marks;
}
