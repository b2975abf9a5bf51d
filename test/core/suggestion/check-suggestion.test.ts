import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chosenText, draftOf } from '../../../src/core/conflict/draft.ts';
import { merge } from '../../../src/core/merge/merge.ts';
import { checkSuggestion, marksLeft } from '../../../src/core/suggestion/check-suggestion.ts';

const BASE =
  '# Trip\n\nWe leave on Monday at noon.\n\nBring a map and bread.\n\nThe hotel is near the river.\n';
const TEXTS = {
  base: BASE,
  note: BASE.replace('at noon', 'at nine').replace('bread', 'cheese'),
  copy: BASE.replace('at noon', 'at two, after lunch').replace('the river', 'the sea'),
};
const GOOD = BASE.replace('at noon', 'at nine, at two, after lunch')
  .replace('bread', 'cheese')
  .replace('the river', 'the sea');
const told = (suggestion: string, texts: Parameters<typeof checkSuggestion>[0] = TEXTS): string[] =>
  checkSuggestion(texts, suggestion).map(({ kind, text, side }) => [kind, side ?? '', text].join(' '));

describe('the check of a suggestion', () => {
  it('[AI11] finds nothing where both sides are in it', () => {
    expect(told(GOOD)).toEqual([]);
  });

  it('[AI8] marks what a side added and is missing, at its place', () => {
    const suggestion = GOOD.replace('at nine, ', '');
    expect(told(suggestion)).toEqual(['missing note nine']);
    const [mark] = checkSuggestion(TEXTS, suggestion);
    expect(suggestion.slice(0, mark?.from)).toMatch(/at $/u);
    expect(told(GOOD.replace('the sea', 'the river'))).toContain('missing copy sea');
  });

  it('[AI8] marks a line that nobody removed and that is gone, also where its words stand elsewhere', () => {
    const list = { base: '- milk\n- eggs\n- milk jug\n', note: '- milk\n- eggs\n- milk jug\n- a\n' };
    const texts = { ...list, copy: `${list.base}- b\n` };
    expect(told('- milk\n- eggs\n- milk jug\n- a\n- b\n', texts)).toEqual([]);
    expect(told('- eggs\n- milk jug\n- a\n- b\n', texts)).not.toEqual([]);
    expect(told('', TEXTS)).toContain('missing  We leave on Monday at');
  });

  it('[AI8] marks a ticked task, a heading and a struck word that did not come along', () => {
    const tasks = {
      base: '- [ ] call\n- [ ] pay\n',
      note: '- [x] call\n- [ ] pay\n',
      copy: '- [ ] call\n- [ ] pay now\n',
    };
    expect(told('- [x] call\n- [ ] pay now\n', tasks)).toEqual([]);
    expect(told('- [ ] call\n- [ ] pay now\n', tasks)).toEqual(['missing note [x]']);
    expect(told('- [ ] call\n- [x] pay now\n', tasks)).not.toEqual([]);
  });

  it('[AI11] finds a new bullet, and a new word beside it, though neither has its old neighbour', () => {
    const texts = { base: '- one\n- end\n', note: '+ one\n- end\n', copy: '- two\n- end\n' };
    expect(told('+ two\n- end\n', texts)).toEqual([]);
    expect(told('- two\n- end\n', texts)).toEqual(['missing note +']);
  });

  it('[AI8] is not misled by the same word at another place, nor by one that was taken away', () => {
    const base = 'Ann comes at nine.\n\nBob comes at ten.\n\nEve comes at six.\n';
    const texts = {
      base,
      note: base.replace('at ten', 'at nine'),
      copy: base.replace('Ann comes at nine.\n\n', ''),
    };
    expect(told('Bob comes at nine.\n\nEve comes at six.\n', texts)).toEqual([]);
    expect(told('Bob comes at ten.\n\nEve comes at six.\n', texts)).toContain('missing note nine');
    expect(told('Ann comes at nine.\n\nBob comes at ten.\n\nEve comes at six.\n', texts)).toEqual([
      'returned copy Ann comes at nine.',
      'missing note nine',
    ]);
  });

  it('[AI9] marks words that nobody wrote, where they stand', () => {
    const suggestion = `Here is the merged note:\n\n${GOOD}`;
    const marks = checkSuggestion(TEXTS, suggestion).filter(({ kind }) => kind === 'invented');
    expect(marks.map(({ from, to }) => suggestion.slice(from, to)).join(' ')).toContain('merged note');
  });

  it('[AI9] marks a sentence made of words that are there, and one that stands twice', () => {
    expect(told(`${GOOD}The river is at noon near bread.\n`).join()).toContain('invented  The river is at');
    expect(told(`${GOOD}The hotel is near the sea.\n`).join()).toContain('doubled');
  });

  it('[AI10] marks links, embeds, properties, code and pairs of marks that are broken or new', () => {
    const head = '---\ntags: [a, b]\ndue: 2026-11-23\n---\n';
    const body = 'See [[Plan A]] and ![[map.png]].\n\n```js\nlet x;\n```\n\n**Bold** words.\n';
    const texts = { base: head + body, note: `${head}${body}one\n`, copy: `${head}${body}two\n` };
    const good = `${head}${body}one\ntwo\n`;
    expect(told(good, texts)).toEqual([]);
    const kinds = (from: string, to: string): readonly string[] =>
      checkSuggestion(texts, good.replace(from, to)).map(({ kind }) => kind);
    expect(kinds('[[Plan A]]', '[[Plan]] A')).toEqual(expect.arrayContaining(['link', 'link-missing']));
    expect(kinds('![[map.png]]', '[[map.png]]')).toContain('link');
    expect(kinds('[a, b]', '[a, b')).toContain('properties');
    expect(kinds('due: 2026', 'due 2026')).toContain('properties');
    expect(kinds('---\ntags', 'Sure!\n\n---\ntags')).toContain('properties');
    expect(kinds('let x;\n```', 'let x;')).toContain('code-block');
    expect(kinds('**Bold**', '**Bold')).toContain('unbalanced');
    expect(kinds('one\n', '<<<<<<< one\n')).toContain('conflict-marker');
  });

  it('[AI9] does not hold against a person what the person wrote into it', () => {
    const before = checkSuggestion(TEXTS, `${GOOD}Enjoy!\n`);
    const now = checkSuggestion(TEXTS, `${GOOD}Enjoy!\nTickets are booked.\n`);
    expect(marksLeft(before, now).map(({ text }) => text)).toEqual(['Enjoy']);
    const less = checkSuggestion(TEXTS, `${GOOD.replace('the sea', 'the')}Enjoy!\n`);
    expect(marksLeft(before, less).map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'missing sea',
      'invented Enjoy',
    ]);
  });

  it('takes a note of 200 KB in its stride', () => {
    const long = Array.from(
      { length: 4000 },
      (_, n) => `Line ${n} of a long note says word${n % 97} and more.`,
    );
    const edited = (by: number, word: string): string =>
      long.map((line, n) => (n % by === 0 ? line.replace('long', word) : line)).join('\n');
    const texts = { base: long.join('\n'), note: edited(20, 'tall'), copy: edited(30, 'wide') };
    const startMs = performance.now();
    checkSuggestion(texts, edited(20, 'tall'));
    expect(performance.now() - startMs).toBeLessThan(10_000);
  });
});

const WORDS = ['map', 'hat', 'bread', 'river', 'noon', 'tram', 'ticket', 'sea', 'stone', 'lamp'];
const sentence = fc
  .tuple(
    fc.constantFrom('', '- ', '- [ ] ', '## '),
    fc.array(fc.constantFrom(...WORDS), { minLength: 2, maxLength: 7 }),
  )
  .map(([start, words]) => `${start}${words.join(' ')}`);
const note = fc.array(sentence, { minLength: 3, maxLength: 10 });
/** Words of its own for each edit, as people have: what was added can then be told from what was there. */
const edits = (names: string) =>
  fc
    .array(fc.record({ at: fc.nat(9), word: fc.nat(6), what: fc.constantFrom('word', 'line', 'drop') }), {
      minLength: 1,
      maxLength: 3,
    })
    .map((list) => (lines: readonly string[]): readonly string[] => {
      const result = [...lines];
      for (const [index, { at, word, what }] of list.entries()) {
        const line = at % result.length;
        const own = `${names}${index}`;
        if (what === 'line') result.splice(line, 0, `- ${own} ${names}x${index} ${names}y${index}`);
        else if (what === 'drop' && result.length > 2) result.splice(line, 1);
        else {
          const words = (result[line] ?? '').split(' ');
          words[Math.min(words.length - 1, word + 1)] = own;
          result[line] = words.join(' ');
        }
      }
      return result;
    });
const conflictIn = (bases: typeof note) =>
  fc.tuple(bases, edits('n'), edits('c')).map(([base, ours, theirs]) => ({
    base: `${base.join('\n')}\n`,
    note: `${ours(base).join('\n')}\n`,
    copy: `${theirs(base).join('\n')}\n`,
  }));
const conflict = conflictIn(note);
/** No word stands twice: then no mark is owed to a doubt about which one it is. */
const plainConflict = conflictIn(
  note.map((lines) =>
    lines.map((line, at) => line.replaceAll(/[a-z]+/gu, (word, place) => `${word}${at}at${place}`)),
  ),
);

describe('the check, for all notes', () => {
  it('[AI11] finds nothing in what merges cleanly', () => {
    fc.assert(
      fc.property(plainConflict, (texts) => {
        const merged = merge(texts.base, texts.copy, texts.note);
        if (merged.kind === 'conflict') return;
        expect(checkSuggestion(texts, merged.text)).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('[AI8] finds every word that a side added and that the suggestion lacks', () => {
    fc.assert(
      fc.property(
        conflict,
        fc.constantFrom('note' as const, 'copy' as const),
        fc.nat(),
        (texts, side, pick) => {
          const both = draftOf(texts)
            .map((piece) => (piece.kind === 'text' ? piece.text : chosenText(piece, 'both')))
            .join('');
          const own = texts[side].match(/\b[nc][xy]?\d\b/gu) ?? [];
          const word = own[pick % Math.max(1, own.length)];
          if (word === undefined || texts.base.includes(word)) return;
          const less = both.replaceAll(new RegExp(` ?\\b${word}\\b`, 'gu'), '');
          const missing = checkSuggestion(texts, less).filter(({ kind }) => kind === 'missing');
          expect(missing.some(({ text }) => text.includes(word))).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('[AI8] finds every line of the note that nobody changed and that the suggestion lacks', () => {
    fc.assert(
      fc.property(conflict, fc.nat(), (texts, pick) => {
        const merged = merge(texts.base, texts.copy, texts.note);
        if (merged.kind === 'conflict') return;
        const lines = merged.text.split('\n').slice(0, -1);
        const at = pick % Math.max(1, lines.length);
        const less = lines.filter((_, index) => index !== at).join('\n');
        if (!/\w/u.test(lines[at] ?? '')) return;
        expect(checkSuggestion(texts, less).map(({ kind }) => kind)).toContain('missing');
      }),
      { numRuns: 2000 },
    );
  });

  it('[AI8] finds every word that is left out, also one that stands often and that both took away elsewhere', () => {
    fc.assert(
      fc.property(conflict, fc.nat(), (texts, pick) => {
        const merged = merge(texts.base, texts.copy, texts.note);
        if (merged.kind === 'conflict') return;
        const words = [...merged.text.matchAll(/[a-z0-9]+/gu)];
        const word = words[pick % Math.max(1, words.length)];
        if (word === undefined) return;
        const less = merged.text.slice(0, word.index) + merged.text.slice(word.index + word[0].length);
        expect(checkSuggestion(texts, less).map(({ kind }) => kind)).toContain('missing');
      }),
      { numRuns: 2000 },
    );
  });

  it('[AI9] finds every word that nobody wrote', () => {
    fc.assert(
      fc.property(conflict, fc.nat(), (texts, pick) => {
        const lines = texts.note.split('\n');
        lines.splice(pick % lines.length, 0, 'zebra');
        const invented = checkSuggestion(texts, lines.join('\n')).filter(({ kind }) => kind === 'invented');
        expect(invented.some(({ text }) => text.includes('zebra'))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('places every mark within the suggestion', () => {
    const any = fc.oneof(
      fc.string({ unit: 'binary' }),
      note.map((lines) => lines.join('\n')),
    );
    fc.assert(
      fc.property(any, any, any, any, (base, one, other, suggestion) => {
        for (const { from, to } of checkSuggestion({ base, note: one, copy: other }, suggestion)) {
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to).toBeGreaterThanOrEqual(from);
          expect(to).toBeLessThanOrEqual(suggestion.length);
        }
      }),
      { numRuns: 500 },
    );
  });
});
