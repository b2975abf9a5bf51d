import { describe, expect, it } from 'vitest';
import { bench, contentsOf } from './two-devices.ts';

/** What it is, and names that no system refuses altogether. */
const NAMES: readonly (readonly [string, readonly string[]])[] = [
  ['composed and plain letters', ['é.md', 'ﬁ.md', 'İ.md', 'ß.md']],
  ['joiners and marks of direction', ['a\u{200d}b.md', 'a\u{202e}b.md', '👩\u{200d}💻.md']],
  ['what web addresses escape', ['a%2Fb.md', 'a+b.md', 'a#b&c.md', 'a%.md']],
  ['dots in the middle', ['a..b.md', 'a.. b.md']],
  ['a name of 255 bytes', [`${'x'.repeat(252)}.md`]],
  [
    'a path of 1,024 bytes',
    [`${'y'.repeat(200)}/${'y'.repeat(200)}/${'y'.repeat(200)}/${'y'.repeat(200)}/${'y'.repeat(217)}.md`],
  ],
];

/** What it is, and contents that editors and merges stumble over. */
const CONTENTS: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['one byte', 'x'],
  ['mixed line ends', 'a\r\nb\nc\rd'],
  ['a byte order mark', '\u{feff}a\n'],
  ['NUL', 'a\0b\0'],
  ['one line of 10 MB', 'z'.repeat(10_000_000)],
];

describe('odd names and contents', () => {
  it.each(NAMES)('%s: each name arrives as it is, and stays', async (_what, names) => {
    const { device } = bench();
    const [a, b] = [device('laptop'), device('phone')];
    const files = Object.fromEntries(names.map((name) => [name, `text of ${name}`]));
    for (const [name, text] of Object.entries(files)) a.vault.userWrite(name, text);
    for (const one of [a, b, a, b]) await one.engine.sync();
    expect(await contentsOf(a)).toEqual(files);
    expect(await contentsOf(b)).toEqual(files);
  });

  it('what Windows refuses stays where it is, is kept in the cloud, and is shown where it cannot be', async () => {
    const { device } = bench();
    const names = ['con.md', 'a:b.md', 'a?b.md', 'end.', 'end ', 'a\\b.md', 'x\ny.md'];
    const [a, b, c] = [
      device('laptop', { settings: { names: 'posix' } }),
      device('phone', { settings: { names: 'portable' } }),
      device('server', { settings: { names: 'posix' } }),
    ];
    const files = Object.fromEntries(names.map((name) => [name, `text of ${name}`]));
    for (const [name, text] of Object.entries(files)) a.vault.userWrite(name, text);
    await a.engine.sync();
    const report = await b.engine.sync();
    for (const one of [a, b, c]) await one.engine.sync();
    for (const name of names) expect(JSON.stringify(report)).toContain(JSON.stringify(name).slice(1, -1));
    expect(await contentsOf(b)).toEqual({});
    expect(await contentsOf(a)).toEqual(files);
    expect(await contentsOf(c)).toEqual(files);
  });

  it.each(CONTENTS)('%s: arrives byte by byte', async (_what, text) => {
    const { device } = bench();
    const [a, b] = [device('laptop'), device('phone')];
    a.vault.userWrite('n.md', text);
    await a.engine.sync();
    await b.engine.sync();
    const bytes = b.vault.userRead('n.md') ?? new Uint8Array();
    expect(Buffer.from(bytes).equals(Buffer.from(text))).toBe(true);
  });
});
