import { describe, expect, it } from 'vitest';
import { TEXTS } from '../../src/plugin/texts.ts';

/** Every text of the table that needs no parameter, with where it stands. */
function texts(table: object, place = ''): readonly (readonly [string, string])[] {
  return Object.entries(table).flatMap(([key, value]: [string, unknown]) => {
    const at = `${place}${key}`;
    if (typeof value === 'string') return [[at, value] as const];
    return typeof value === 'object' && value !== null ? texts(value, `${at}.`) : [];
  });
}

describe('the texts', () => {
  it('are all there, in sentence case, and without double blanks or straight apostrophes', () => {
    const all = texts(TEXTS);
    expect(all.length).toBeGreaterThan(150);
    const wrong = all.filter(
      ([, text]) =>
        !/^(\p{Lu}|https:|iP)/u.test(text) || / {2}|\s$|'/u.test(text) || /\w [A-Z][a-z]+ [A-Z]/u.test(text),
    );
    expect(wrong).toEqual([]);
  });

  it('say note and select, not file name or click', () => {
    const wrong = texts(TEXTS).filter(([, text]) =>
      /\b(click|tap|choose|directory|synchroni[sz]e)\b/iu.test(text),
    );
    expect(wrong).toEqual([]);
  });
});
