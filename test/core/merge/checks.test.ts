import { describe, expect, it } from 'vitest';
import { isSound } from '../../../src/core/merge/checks.ts';

const texts = { base: 'one two', local: 'one two three', remote: 'one' };

describe('isSound', () => {
  it('[ME27] lets pass what both changes give', () => {
    expect(isSound('one three', texts)).toBe(true);
  });

  it.each([
    ['a word that nobody wrote', 'one three four'],
    ['a word glued of two', 'onethree'],
    ['an added word that is missing', 'one'],
    ['an added word twice', 'one three three'],
    ['a removed word that is back', 'one two three'],
  ])('[ME27] refuses %s', (_, merged) => {
    expect(isSound(merged, texts)).toBe(false);
  });

  it('[ME28] refuses a mark left open that a side had closed', () => {
    const marked = { base: 'a b', local: '**a** b', remote: 'a b' };
    expect(isSound('**a** b', marked)).toBe(true);
    expect(isSound('**a b', marked)).toBe(false);
  });
});
