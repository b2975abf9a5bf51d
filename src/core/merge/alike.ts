import { isContent, tokenize } from './tokens.ts';
import type { Token } from './tokens.ts';

/** Shorter words ("the", "and") say nothing about what a text is about. */
const TELLING_LENGTH = 4;
const KNOWN_WEIGHT = 0.25;

/**
 * The words that tell what was written: longer words and, for unspaced scripts, each two characters
 * that stand together.
 */
export function tellingWords(tokens: readonly Token[]): string[] {
  const telling: string[] = [];
  tokens.forEach(({ kind, text }, index) => {
    if (kind === 'word' && text.length >= TELLING_LENGTH && !text.startsWith('<')) {
      telling.push(text.toLowerCase());
    }
    const next = tokens[index + 1];
    if (kind === 'ideograph' && next?.kind === 'ideograph') telling.push(text + next.text);
  });
  return telling;
}

/**
 * Whether two texts that were written apart say, by half of the telling words of either, the same: then
 * both would stand in the note as one thought twice.
 */
export function isSameThought(local: readonly Token[], remote: readonly Token[]): boolean {
  const here = tellingWords(local);
  const there = tellingWords(remote);
  const shared = sharedCount(here, there);
  return shared > 0 && shared * 2 >= Math.min(here.length, there.length);
}

/**
 * How alike two lines are, 0 to 1: Dice's coefficient (L. R. Dice, 1945) over their words, an address
 * being one word; or, where that is lower, over the same words weighed. Lists have lines of one pattern:
 * words that the note had before (`isKnown`) tell less about a new line than those that it had not.
 */
export function likeness(local: string, remote: string, isKnown: (word: string) => boolean): number {
  const here = wordsOf(local);
  const there = wordsOf(remote);
  const rest = count(there);
  const shared = here.filter((word) => take(rest, word));
  // One word in common, of two or more, is a subject and no thought.
  if (shared.length < 2 && Math.max(here.length, there.length) > 1) return 0;
  const dice = (weigh: (word: string) => number): number => {
    const sum = (words: readonly string[]): number => words.reduce((total, word) => total + weigh(word), 0);
    return (2 * sum(shared)) / Math.max(1, sum(here) + sum(there));
  };
  const plain = dice(() => 1);
  return plain === 0
    ? 0
    : Math.min(
        plain,
        dice((word) => (isKnown(word) ? KNOWN_WEIGHT : 1)),
      );
}

export function wordsOf(text: string): string[] {
  return tokenize(text)
    .filter(isContent)
    .map(({ text: word }) => word.toLowerCase());
}

function sharedCount(here: readonly string[], there: readonly string[]): number {
  const rest = count(there);
  return here.filter((word) => take(rest, word)).length;
}

function count(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function take(rest: Map<string, number>, word: string): boolean {
  const left = rest.get(word) ?? 0;
  rest.set(word, left - 1);
  return left > 0;
}
