import { describe, expect, it } from 'vitest';
import type { VaultPath } from '../../../src/core/model/vault-path.ts';
import { whyPrivate } from '../../../src/core/suggestion/private-note.ts';

const RULES = { folders: ['Diary', 'Work/Clients'], tags: ['private', 'geheim'] };
const why = (path: string, ...texts: readonly string[]): unknown =>
  whyPrivate(path as VaultPath, texts, RULES);

describe('a private note', () => {
  it('[AI4] lies in a private folder, however deep and however its name is written', () => {
    expect(why('Diary/2026/May.md', '')).toEqual({ kind: 'folder', folder: 'Diary' });
    expect(why('diary/May.md', '')).toEqual({ kind: 'folder', folder: 'Diary' });
    expect(why('Work/Clients/A.md', '')).toEqual({ kind: 'folder', folder: 'Work/Clients' });
    expect(why('Diary.md', '')).toBeUndefined();
    expect(why('Diary of a cat/May.md', '')).toBeUndefined();
  });

  it('[AI4] has a private tag in its text, or one below it', () => {
    const tag = { kind: 'tag', tag: 'private' };
    for (const text of [
      'a #private b',
      '#Private',
      'x (#private)',
      '- #private/work',
      '#private, #other',
      '`#private`',
    ])
      expect(why('a.md', text), text).toEqual(tag);
    for (const text of ['private', '# private', '#privately', '#not-private'])
      expect(why('a.md', text), text).toBeUndefined();
  });

  it('[AI4] has a private tag in its properties, in any form of YAML', () => {
    for (const rows of [
      'tags: private',
      'tags: [a, private]',
      'tags:\n  - a\n  - private',
      'tags:\n- "private"',
      "Tags: ['#private']",
      'tag: a private',
      'tags: [a,\n  private/work]',
      'title: x\r\ntags: private',
      '"tags": [private]',
      'tags: |\n  private',
    ])
      expect(why('a.md', `---\n${rows}\n---\nText\n`), rows).toMatchObject({ kind: 'tag', tag: 'private' });
    expect(why('a.md', '---\ntitle: private\ntags: [a]\naliases: [private]\n---\n')).toBeUndefined();
    expect(why('a.md', 'text\n---\ntags: private\n---\n')).toBeUndefined();
  });

  it('[AI4] is private by rules that were written with their marks, and by no empty rule', () => {
    const rules = { folders: ['/Diary/', '', ' '], tags: ['#Private/', '#', ''] };
    const told = (path: string, text: string): unknown => whyPrivate(path as VaultPath, [text], rules)?.kind;
    expect(told('Diary/May.md', '')).toBe('folder');
    expect(told('a.md', 'a #private b')).toBe('tag');
    expect(told('a.md', '# private, and #other')).toBeUndefined();
  });

  it('[AI4] is private when either version, or what they come from, says so', () => {
    expect(why('a.md', 'open', 'now #geheim', 'open')).toEqual({ kind: 'tag', tag: 'geheim' });
  });
});
