import { describe, expect, it } from 'vitest';
import { mergeStructured } from '../../../../src/core/merge/structured/merge-structured.ts';
import { mergedBothWays } from './canvas-files.ts';

const clean = (text: string) => ({ kind: 'clean', text });
const conflict = (obstacle: string) => ({ kind: 'conflict', obstacle });
const pretty = (value: unknown, indent: string | number = 2): string => JSON.stringify(value, null, indent);

const of = (...texts: readonly [string, string, string]) => mergedBothWays(texts, 'json');

describe('settings that both sides changed', () => {
  it('[MJ1] keys at any depth are merged by themselves', () => {
    const base = { view: { theme: 'dark', size: 12 }, list: [1, 2] };
    const local = { view: { theme: 'light', size: 12 }, list: [1, 2], on: true };
    const remote = { view: { theme: 'dark', size: 14 }, list: [1, 2, 3] };
    const both = { view: { theme: 'light', size: 14 }, list: [1, 2, 3], on: true };
    expect(of(pretty(base), pretty(local), pretty(remote))).toEqual(clean(pretty(both)));
  });

  it('[MJ3] items with ids are merged by id, at the places that they have', () => {
    const items = (...ids: readonly number[]): string => pretty({ items: ids.map((id) => ({ id })) });
    expect(of(items(1, 2, 3), items(1, 9, 2, 3), items(1, 3, 4))).toEqual(clean(items(1, 9, 3, 4)));
  });

  it.each([
    ['[MJ5] a list without ids', { a: [1] }, { a: [1, 2] }, { a: [1, 3] }],
    [
      '[MJ5] a list with an id twice',
      { a: [{ id: 1 }] },
      { a: [{ id: 1 }, { id: 1, b: 2 }] },
      { a: [{ id: 1 }, { id: 2 }] },
    ],
    ['[MJ5] a key that both added', {}, { a: { b: 1 } }, { a: { c: 1 } }],
    ['[MJ5] a key that became another kind of value', { a: { b: 1 } }, { a: [1] }, { a: { b: 2 } }],
    ['[MJ6] a key deleted against its change', { a: 1, b: 1 }, { b: 2 }, { a: 2, b: 1 }],
    ['[MJ5] a text', { text: 'one two three' }, { text: 'one two four' }, { text: 'six two three' }],
  ])('%s is a conflict', (_title, base, local, remote) => {
    expect(of(pretty(base), pretty(local), pretty(remote))).toEqual(conflict('overlap'));
  });

  it('[MJ6] keys put in another order are no change of what was deleted', () => {
    const texts = [{ a: { b: 1, c: 2 } }, {}, { a: { c: 2, b: 1 }, d: 1 }].map((value) => pretty(value));
    expect(of(texts[0] ?? '', texts[1] ?? '', texts[2] ?? '')).toEqual(clean(pretty({ d: 1 })));
  });

  it('[MJ4] the order of keys is kept, and changed where one side changed it', () => {
    expect(of('{"b":1,"a":1,"c":1}', '{"b":2,"a":1,"c":1}', '{"c":1,"b":1,"z":0,"a":1}')).toEqual(
      clean('{"c":1,"b":2,"z":0,"a":1}'),
    );
  });

  it('[MJ4] moves that cannot hold together are a conflict', () => {
    const items = (ids: string): string => pretty(ids.split(' ').map((id) => ({ id })));
    expect(of(items('a b c'), items('b a c'), items('a c b'))).toEqual(conflict('overlap'));
  });
});

describe('how a file is written', () => {
  const value = (a: number, b: number) => ({ a: { x: a }, b: [{ id: b }] });

  it.each([
    ['tabs', (v: unknown) => pretty(v, '\t')],
    ['four spaces and a final newline', (v: unknown) => `${pretty(v, 4)}\n`],
    ['one line', (v: unknown) => JSON.stringify(v)],
    ['one line with spaces', (v: unknown) => JSON.stringify(v).replaceAll(/[:,]/gu, '$& ')],
    ['CRLF and a byte order mark', (v: unknown) => `\uFEFF${pretty(v).replaceAll('\n', '\r\n')}\r\n`],
    [
      'items on a line each',
      (v: unknown) =>
        pretty(v, '\t')
          .replace(/\{\n\t\t\t("id"): (\d)\n\t\t\}/u, '{$1:$2}')
          .replaceAll('": ', '":'),
    ],
  ])('[MJ10] %s', (_title, write) => {
    expect(of(write(value(1, 1)), write(value(2, 1)), write({ ...value(1, 1), c: null }))).toEqual(
      clean(write({ ...value(2, 1), c: null })),
    );
  });

  it('[MJ10] a layout that one side changed is taken, with the other side’s values', () => {
    expect(of('{"a":1,"b":1}', pretty({ a: 1, b: 1 }), '{"a":1,"b":2}\n')).toEqual(
      clean(`${pretty({ a: 1, b: 2 })}\n`),
    );
    expect(of('{"a":1,"b":1}', pretty({ a: 1, b: 1 }), pretty({ a: 1, b: 2 }, '\t'))).toEqual(
      conflict('layout'),
    );
  });

  it.each([
    ['a number beyond precision', '{"a":12345678901234567890,"b":1}'],
    ['a number written otherwise', '{"a":1.0,"b":1}'],
    ['a key twice', '{"a":1,"a":2,"b":1}'],
    ['an escape that need not be', '{"a":"\\u0061","b":1}'],
    ['blanks of its own', '{"a" :1,"b":1}'],
    ['keys that are numbers, not in their order', '{"2":1,"1":1,"b":1}'],
    ['a comment', '{"a":1,/* b */"b":1}'],
    ['depths beyond counting', `{"b":1,"a":${'['.repeat(5000)}${']'.repeat(5000)}}`],
    ['no value', ''],
  ])('[MJ11] %s is not merged, on whichever side', (_title, odd) => {
    const [plain, other] = ['{"b":1}', '{"b":2}'];
    expect(of(odd, plain, other)).toEqual(conflict('not-json'));
    expect(of(plain, odd, other)).toEqual(conflict('not-json'));
  });

  it('[MJ11] a key named __proto__ is a key like others', () => {
    expect(
      of('{"__proto__":{"a":1},"b":1}', '{"__proto__":{"a":2},"b":1}', '{"__proto__":{"a":1},"b":2}'),
    ).toEqual(clean('{"__proto__":{"a":2},"b":2}'));
    expect(of('{"b":1}', '{"b":2}', '{"b":1,"__proto__":{"id":1}}')).toEqual(
      clean('{"b":2,"__proto__":{"id":1}}'),
    );
  });
});

describe('a person who decides for one side', () => {
  it('[MJ12] has that side’s value where both changed it, and the other’s changes elsewhere', () => {
    const [base, local, remote] = [
      '{"a":1,"b":1,"c":1,"d":1}',
      '{"a":2,"b":1,"c":2}',
      '{"a":3,"b":3,"c":1,"d":2}',
    ];
    const texts = { base, local, remote };
    expect(mergeStructured(texts, { kind: 'json', settle: 'local' })).toEqual(clean('{"a":2,"b":3,"c":2}'));
    expect(mergeStructured(texts, { kind: 'json', settle: 'remote' })).toEqual(
      clean('{"a":3,"b":3,"c":2,"d":2}'),
    );
  });
});
