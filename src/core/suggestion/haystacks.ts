import { isContent } from '../merge/tokens.ts';
import { isBlank, removedBy, SIDES, type Compared, type Side, type Which, type Words } from './compared.ts';

/** Tokens `[start, end)` of a text. */
export type Run = readonly [number, number];

/** Stands between tokens, and in no note that may be merged. */
const GAP = '\0';
const EDGE = '\u0001';
const CHANGE = '\u0002';
/** So many tokens beside a run tell its place from others where the same words stand. */
const MOST_NEIGHBOURS = 8;

/** Looks for runs of tokens in the texts, whatever blanks are between them. */
export class Haystacks {
  readonly #compared: Compared;
  readonly #texts: Readonly<Record<Which, string>>;
  /** The base, parted where a side, or either, removed or added something. */
  #keptTexts: Readonly<Record<Side | 'both', string>> | undefined;

  constructor(compared: Compared) {
    this.#compared = compared;
    const { base, note, copy, suggestion } = compared.words;
    const flat = (words: Words): string => {
      const all = words.tokens.filter((token) => !isBlank(token)).map(({ text }) => text);
      return needle([EDGE, ...all, EDGE]);
    };
    this.#texts = { base: flat(base), note: flat(note), copy: flat(copy), suggestion: flat(suggestion) };
  }

  /** Whether the suggestion has what a side added. */
  hasAdded(side: Side, run: Run): boolean {
    const words = this.#compared.words[side];
    const own = this.#run(words, run);
    const found = this.#count('suggestion', own);
    if (found === 0) return false;
    const was = this.#count('base', own);
    const isWords = words.tokens.slice(...run).some(isContent);
    if (was === 0 && isWords) return found >= this.#count(side, own);
    // The same stood in the note already, or stands at many places by nature: its neighbours tell which one it is.
    const placed = [this.#placed(words, run, -1), this.#placed(words, run, 1)];
    if (placed.some((pattern) => pattern !== undefined && this.#count('suggestion', pattern) > 0))
      return true;
    const added = SIDES.map((one) => Math.max(0, this.#count(one, own) - was));
    if (found >= was + (added[0] ?? 0) + (added[1] ?? 0)) return isWords || !this.#isTask(words, run);
    // Dashes, brackets and the like between words that the other side changed, too.
    return !isWords && !this.#isTask(words, run) && found >= this.#least(own);
  }

  /** Whether the suggestion has, elsewhere, what stood in the base and nobody removed. */
  hasKept(run: Run): boolean {
    const { base } = this.#compared.words;
    const isThere = (pattern: string): boolean => this.#count('suggestion', pattern) >= this.#least(pattern);
    const own = this.#run(base, run);
    if (!isThere(own)) return false;
    if (!base.tokens.slice(...run).some(isContent)) return true;
    // The only one of its kind: it can be taken for no other.
    if ((['base', 'note', 'copy'] as const).every((which) => this.#count(which, own) <= 1)) return true;
    const beside = ([-1, 1] as const)
      .map((step) => this.#beside(base, run, { step, most: 1 }).pattern)
      .filter((pattern) => this.#least(pattern) > 0);
    return beside.length === 0 || beside.some(isThere);
  }

  /** Made when something seems to be lost, which is seldom in a note of many pages. */
  get #kept(): Readonly<Record<Side | 'both', string>> {
    const compared = this.#compared;
    this.#keptTexts ??= {
      note: keptText(compared, ['note']),
      copy: keptText(compared, ['copy']),
      both: keptText(compared, SIDES),
    };
    return this.#keptTexts;
  }

  /** What neither removed, and what the one added that added more. */
  #least(pattern: string): number {
    const added = SIDES.map((side) => this.#count(side, pattern) - count(this.#kept[side], pattern));
    return count(this.#kept.both, pattern) + Math.max(0, ...added);
  }

  /** Whether what a side removed stands in the suggestion more often than that side and the other's additions say. */
  isBack(side: Side, run: Run): boolean {
    const own = this.#run(this.#compared.words.base, run);
    const other = side === 'note' ? 'copy' : 'note';
    const added = Math.max(0, this.#count(other, own) - this.#count('base', own));
    return this.#count('suggestion', own) > this.#count(side, own) + added;
  }

  /** With so many neighbours on one side that a word is among them and the base has no such place. */
  #placed(words: Words, run: Run, step: -1 | 1): string | undefined {
    const isWords = words.tokens.slice(...run).some(isContent);
    for (let most = 1; most <= MOST_NEIGHBOURS; most += 1) {
      const { pattern, isTelling, isAll } = this.#beside(words, run, { step, most });
      if ((isWords || isTelling) && this.#count('base', pattern) === 0) return pattern;
      if (isAll) return undefined;
    }
    return undefined;
  }

  /** A run with its neighbours; `isTelling`: a word or the note's end is among them; `isAll`: there are no more. */
  #beside(
    words: Words,
    run: Run,
    { step, most }: { readonly step: -1 | 1; readonly most: number },
  ): { readonly pattern: string; readonly isTelling: boolean; readonly isAll: boolean } {
    const found: string[] = [];
    let isTelling = false;
    let isAll = false;
    for (let at = step < 0 ? run[0] - 1 : run[1]; found.length < most && !isAll; at += step) {
      const token = words.tokens[at];
      isAll = token === undefined;
      if (token === undefined) found.push(EDGE);
      else if (!isBlank(token)) found.push(token.text);
      isTelling ||= token === undefined || isContent(token);
    }
    const own = this.#tokens(words, run);
    const pattern = needle(step < 0 ? [...found.reverse(), ...own] : [...own, ...found]);
    return { pattern, isTelling, isAll };
  }

  /** Whether the box of a task is in it: which one is ticked is all that it says. */
  #isTask({ tokens }: Words, run: Run): boolean {
    return tokens.slice(...run).some(({ text }) => /^\[.\]$/u.test(text));
  }

  #run(words: Words, run: Run): string {
    return needle(this.#tokens(words, run));
  }

  #tokens({ tokens }: Words, [start, end]: Run): string[] {
    return tokens
      .slice(start, end)
      .filter((token) => !isBlank(token))
      .map(({ text }) => text);
  }

  #count(which: Which, pattern: string): number {
    return count(this.#texts[which], pattern);
  }
}

function keptText(compared: Compared, sides: readonly Side[]): string {
  const { tokens } = compared.words.base;
  const removed = sides.map((side) => removedBy(side, compared));
  const added = new Set(sides.flatMap((side) => compared.hunks[side].map(({ baseStart }) => baseStart)));
  const all = tokens.flatMap((token, position) => {
    const parted = added.has(position) ? [CHANGE] : [];
    if (removed.some((one) => one[position] === 1)) return [CHANGE];
    return isBlank(token) ? parted : [...parted, token.text];
  });
  return needle([EDGE, ...all, EDGE]);
}

function count(text: string, pattern: string): number {
  let found = 0;
  // The gap at the end of one may be the gap at the beginning of the next.
  for (let at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, at + pattern.length - 1))
    found += 1;
  return found;
}

function needle(tokens: readonly string[]): string {
  return `${GAP}${tokens.join(GAP)}${GAP}`;
}
