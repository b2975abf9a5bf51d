import type { Mark } from './mark.ts';
import type { SuggestionTexts } from './compared.ts';

/** Links and embeds of notes, links and images of Markdown, and bare addresses. */
const LINK =
  /!?\[\[[^\]\n]+\]\]|!?\[[^\]\n]*\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\bhttps?:\/\/[^\s<>"'`)\]|]+/gu;

/** Links that no version has, and links of both versions that are no more. */
export function markLinks({ base = '', note, copy }: SuggestionTexts, suggestion: string): Mark[] {
  const [was, here, there, now] = [base, note, copy, suggestion].map(countLinks) as [
    Counts,
    Counts,
    Counts,
    Counts,
  ];
  const marks: Mark[] = [];
  for (const { 0: text, index } of suggestion.matchAll(LINK))
    if (!was.has(text) && !here.has(text) && !there.has(text))
      marks.push({ kind: 'link', text, from: index, to: index + text.length });
  for (const text of new Set([...here.keys(), ...there.keys()])) {
    const isRemoved = was.has(text) && !(here.has(text) && there.has(text));
    if (!isRemoved && !now.has(text))
      marks.push({ kind: 'link-missing', text, from: suggestion.length, to: suggestion.length });
  }
  return marks;
}

type Counts = ReadonlyMap<string, number>;

function countLinks(text: string): Counts {
  const counts = new Map<string, number>();
  for (const [link] of text.matchAll(LINK)) counts.set(link, (counts.get(link) ?? 0) + 1);
  return counts;
}
