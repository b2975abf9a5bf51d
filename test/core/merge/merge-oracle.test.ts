import { describe, expect, it } from 'vitest';
import { merge } from '../../../src/core/merge/merge.ts';
import { seededRandom, uniqueWordCase, wordsOf } from './unique-words.ts';
import type { Case } from './unique-words.ts';

const CASES = 5000;

/** (local ∩ remote) ∪ (local \ base) ∪ (remote \ base), sorted. */
function rightWords({ base, local, remote }: Case): string[] {
  const [inBase, inLocal, inRemote] = [base, local, remote].map((text) => new Set(wordsOf(text)));
  return [...new Set([...wordsOf(local), ...wordsOf(remote)])]
    .filter(
      (word) => inBase?.has(word) !== true || (inLocal?.has(word) === true && inRemote?.has(word) === true),
    )
    .sort();
}

/** The words of `text` that `other` has too, in the order of `text`. */
function shared(text: string, other: string): string[] {
  const known = new Set(wordsOf(other));
  return wordsOf(text).filter((word) => known.has(word));
}

describe('merge against an exact oracle', () => {
  it('[ME14] keeps every word that it must, once, in the order of both sides, and no other', () => {
    const random = seededRandom(20_260_101);
    let clean = 0;
    for (let n = 0; n < CASES; n++) {
      const given = uniqueWordCase(random);
      const result = merge(given.base, given.local, given.remote);
      if (result.kind === 'conflict') continue;
      clean++;
      const { text } = result;
      const seen = {
        words: wordsOf(text).sort(),
        asLocal: shared(text, given.local),
        asRemote: shared(text, given.remote),
      };
      expect(seen, JSON.stringify(given)).toEqual({
        words: rightWords(given),
        asLocal: shared(given.local, text),
        asRemote: shared(given.remote, text),
      });
    }
    // A merge that gives up on everything would pass the rest.
    expect(clean).toBeGreaterThan(CASES * 0.3);
  });
});
