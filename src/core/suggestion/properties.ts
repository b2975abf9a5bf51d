import { readFrontmatter, type Frontmatter } from '../merge/frontmatter.ts';
import type { Mark } from './mark.ts';
import type { SuggestionTexts } from './compared.ts';

/** What breaks the properties at the head of a note that had whole ones: then the app would show them as text. */
export function markProperties({ base, note, copy }: SuggestionTexts, suggestion: string): Mark[] {
  const sides = [note, copy].map(propertiesOf);
  const had = sides.filter((side) => side !== undefined && side.lineCount > 0) as Frontmatter[];
  const now = propertiesOf(suggestion);
  const mark = (text: string): Mark => ({ kind: 'properties', text, from: 0, to: 0 });
  if (had.length < 2) {
    // None, or removed by one side, or never readable: only what is broken anew is told.
    const isNew = sides.every((side) => side?.lineCount === 0) && now?.lineCount !== 0;
    return isNew || (had.length === 1 && now === undefined) ? [mark('')] : [];
  }
  if (now === undefined || now.lineCount === 0) return [mark('')];
  const [here, there] = had as [Frontmatter, Frontmatter];
  const was = base === undefined ? undefined : propertiesOf(base);
  const marks: Mark[] = [];
  for (const key of new Set([...here.rows.keys(), ...there.rows.keys()])) {
    const isRemoved = was?.rows.has(key) === true && !(here.rows.has(key) && there.rows.has(key));
    if (!isRemoved && !now.rows.has(key)) marks.push(mark(key));
  }
  for (const [key, lines] of now.rows) {
    const isOpen = !isClosed(lines) && [here, there].some((side) => isClosed(side.rows.get(key) ?? []));
    if (isOpen) marks.push(mark(key));
  }
  return marks;
}

function propertiesOf(text: string): Frontmatter | undefined {
  return readFrontmatter(text.replace(/^\uFEFF/u, '').split('\n'));
}

/** Whether brackets and quotes of a value are closed. */
function isClosed(lines: readonly string[]): boolean {
  const value = lines.join('\n').replace(/^[^:]*:/u, '');
  const count = (mark: string): number => value.split(mark).length - 1;
  const isQuoted = /^\s*["']/u.test(value);
  return (
    count('[') === count(']') &&
    count('{') === count('}') &&
    (!isQuoted || count('"') % 2 === 0 || count("'") % 2 === 0)
  );
}
