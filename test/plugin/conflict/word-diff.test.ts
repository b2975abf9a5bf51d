import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesBetween, countChangedWords, diffWords } from '../../../src/plugin/conflict/word-diff.ts';

const word = fc.constantFrom('noon', 'Ann', 'ä', '日本', '😀', ' ', '\n', '. ', '- [ ] ');
const text = fc.array(word, { maxLength: 30 }).map((words) => words.join(''));

describe('what is another in a version', () => {
  it('[CF14] is told by whole words', () => {
    expect(diffWords('Meet at noon.', 'Meet at nine.')).toEqual([
      { kind: 'same', text: 'Meet at ' },
      { kind: 'removed', text: 'noon' },
      { kind: 'added', text: 'nine' },
      { kind: 'same', text: '.' },
    ]);
  });

  it('[CF14] parts make up both texts, and cut no character in two', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const parts = diffWords(before, after);
        const without = (kind: string): string =>
          parts.flatMap((part) => (part.kind === kind ? [] : part.text)).join('');
        expect([without('added'), without('removed')]).toEqual([before, after]);
        for (const part of parts) expect(part.text).not.toMatch(/\p{Surrogate}/u);
      }),
    );
  });

  it('[CF14] places lead from one text to the other, in order and apart', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        let [made, at] = ['', 0];
        for (const { fromA, toA, fromB, toB } of changesBetween(before, after)) {
          expect(fromA).toBeGreaterThanOrEqual(at);
          made += before.slice(at, fromA);
          expect(made.length).toBe(fromB);
          made += after.slice(fromB, toB);
          at = toA;
        }
        expect(made + before.slice(at)).toBe(after);
      }),
    );
  });

  it('[CF14] words are counted once: replaced, added or removed', () => {
    expect(countChangedWords('a b c\n', 'a b c\n')).toBe(0);
    expect(countChangedWords('a b c\n', 'a x c\n')).toBe(1);
    expect(countChangedWords('a b c\n', 'a c\n')).toBe(1);
    expect(countChangedWords('', 'one two, three.\n')).toBe(3);
  });

  it('[CF14] a text too long to be compared by words is another as a whole', () => {
    const [before, after] = ['a '.repeat(15_000), 'b '.repeat(15_000)];
    expect(diffWords(before, after)).toEqual([
      { kind: 'removed', text: before },
      { kind: 'added', text: after },
    ]);
  });
});
