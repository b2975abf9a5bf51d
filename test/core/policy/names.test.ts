import { describe, expect, it } from 'vitest';
import type { VaultPath } from '../../../src/core/model/vault-path.ts';
import { nameProblem, utf8Length } from '../../../src/core/policy/names.ts';

const problem = (path: string, rules: Parameters<typeof nameProblem>[1]): string | undefined =>
  nameProblem(path as VaultPath, rules);

describe('names that not every system keeps', () => {
  it.each([
    ['what?.md', 'a name holds ?'],
    ['a:b', 'a name holds :'],
    ['a\\b', 'a name holds \\'],
    ['f*/n', 'a name holds *'],
    ['bell\u0007', 'a name holds a control character'],
    ['line\u0085', 'a name holds a control character'],
    ['folder./n', 'a name ends in a dot'],
    ['folder /n', 'a name ends in a space'],
    ['empty /', 'a name ends in a space'],
    ['CON', 'CON is the name of a device on Windows'],
    ['f/nul.tar.gz', 'nul.tar.gz is the name of a device on Windows'],
    ['Com1.md', 'Com1.md is the name of a device on Windows'],
    ['lpt¹', 'lpt¹ is the name of a device on Windows'],
  ])('[NA6] %s is refused by Windows, and where names shall be portable, not elsewhere', (path, reason) => {
    expect([problem(path, 'portable'), problem(path, 'windows'), problem(path, 'posix')]).toEqual([
      reason,
      reason,
      undefined,
    ]);
  });

  it.each([
    'console.md',
    'com0',
    'com10',
    'lpt',
    '.hidden',
    'a b',
    'Übung.md',
    'empty/',
    "it's (1) & more.md",
  ])('[NA6] %s is kept everywhere', (path) => {
    expect([problem(path, 'portable'), problem(path, 'windows'), problem(path, 'posix')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('[NA6] 255 bytes of UTF-8 are a name, one more is none on any system', () => {
    const name = `${'é'.repeat(127)}x`;
    expect(problem(`f/${name}`, 'portable')).toBeUndefined();
    expect(problem(`f/${name}y`, 'portable')).toBe('a name has more than 255 bytes');
    expect(problem(`${name}y/n`, 'posix')).toBe('a name has more than 255 bytes');
  });

  it('[NA6] 1,024 bytes are a path, one more is none where names shall be portable', () => {
    const path = `${'a'.repeat(200)}/`.repeat(5) + 'b'.repeat(19);
    expect(problem(path, 'portable')).toBeUndefined();
    expect(problem(`${path}b`, 'portable')).toBe('the path has more than 1024 bytes');
    expect(problem(`${path}b`, 'posix')).toBeUndefined();
  });

  it('counts bytes as UTF-8 has them', () => {
    const encoder = new TextEncoder();
    for (const text of ['', 'a', 'é', '語', '👩‍👩‍👧', '\ud800', '\udc00\ud800x']) {
      expect([text, utf8Length(text)]).toEqual([text, encoder.encode(text).length]);
    }
  });
});
