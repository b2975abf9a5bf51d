import { isContent, tokenize } from '../merge/tokens.ts';
import type { Mark } from './mark.ts';
import { mostOf, runsOf, SIDES, textOfRun, type Compared, type Words } from './compared.ts';

/** So many pairs of neighbours in a row that no text has are no seam between two texts, but a new sentence. */
const NEW_SENTENCE = 3;

/** A single "at" more than both have is no doubled thought. */
const TELLING_WORDS = 2;

/** Words that nobody wrote, wording that nobody wrote from words that are there, and what stands there too often. */
export function markInventions(compared: Compared): Mark[] {
  const { suggestion } = compared.words;
  const unknown = unknownWords(compared);
  const reworded = newSentences(compared, unknown);
  const surplus = surplusWords(compared);
  return [
    ...marksOf(suggestion, 'invented', (position) => unknown.has(position) || reworded.has(position)),
    ...marksOf(suggestion, 'doubled', (position) => surplus.has(position) && !reworded.has(position)).filter(
      ({ text }) => tokenize(text).filter(isContent).length >= TELLING_WORDS,
    ),
  ];
}

function marksOf(words: Words, kind: Mark['kind'], isMarked: (position: number) => boolean): Mark[] {
  return runsOf(words, [0, words.tokens.length], isMarked).map((run) => ({
    kind,
    text: textOfRun(words, run),
    from: words.starts[run[0]] ?? 0,
    to: words.starts[run[1]] ?? 0,
  }));
}

function unknownWords({ words }: Compared): ReadonlySet<number> {
  const found = new Set<number>();
  words.suggestion.tokens.forEach((token, position) => {
    const isKnown = [words.base, words.note, words.copy].some(({ counts }) => counts.has(token.text));
    if (isContent(token) && !isKnown) found.add(position);
  });
  return found;
}

function newSentences({ words }: Compared, unknown: ReadonlySet<number>): ReadonlySet<number> {
  const known = new Set([words.base, ...SIDES.map((side) => words[side])].flatMap(pairsOf));
  const found = new Set<number>();
  let stretch: number[] = [];
  let before: { readonly text: string; readonly position: number } | undefined;
  const end = (): void => {
    if (stretch.length > NEW_SENTENCE) for (const position of stretch) found.add(position);
    stretch = [];
  };
  words.suggestion.tokens.forEach((token, position) => {
    if (!isContent(token)) return;
    const isNew = before !== undefined && !unknown.has(position) && !known.has(pair(before.text, token.text));
    if (isNew && before !== undefined)
      stretch.push(...(stretch.length === 0 ? [before.position] : []), position);
    else end();
    before = { text: token.text, position };
  });
  end();
  return found;
}

function pairsOf({ tokens }: Words): string[] {
  const content = tokens.filter(isContent);
  return content.slice(1).map(({ text }, index) => pair(content[index]?.text ?? '', text));
}

function pair(one: string, other: string): string {
  return `${one}\0${other}`;
}

/** Of words that stand there too often, the last ones among those that the base has not at that place. */
function surplusWords(compared: Compared): ReadonlySet<number> {
  const { words, hunks } = compared;
  const found = new Set<number>();
  const left = new Map<string, number>();
  for (const [text, count] of words.suggestion.counts) {
    const most = mostOf(compared, text);
    if (most > 0 && count > most) left.set(text, count - most);
  }
  const take = (position: number): void => {
    const token = words.suggestion.tokens[position];
    const rest = token === undefined ? 0 : (left.get(token.text) ?? 0);
    if (token === undefined || rest === 0 || !isContent(token)) return;
    left.set(token.text, rest - 1);
    found.add(position);
  };
  for (const { sideStart, sideEnd } of [...hunks.suggestion].reverse())
    for (let position = sideEnd - 1; position >= sideStart; position -= 1) take(position);
  return found;
}
