import { describe, expect, it } from 'vitest';
import { merge } from '../../../src/core/merge/merge.ts';
import { mergeKindOf } from '../../../src/core/merge/mergeable.ts';
import { parseVaultPath } from '../../../src/core/model/vault-path.ts';
import { expectRow } from './merge-row.ts';
import type { Row } from './merge-row.ts';

const overlap = { conflict: 'overlap' } as const;

const ROWS: readonly Row[] = [
  {
    rule: '[ME20] a blank line removed here gives way to lines put there',
    base: 'a\n\nb\n',
    local: 'a\nb\n',
    remote: 'a\n\n# new\n\nb\n',
    gives: 'a\n\n# new\n\nb\n',
  },
  {
    rule: '[ME21] words apart in one line are both taken',
    base: 'Rent is 556 euro and food is 300 euro.\n',
    local: 'Rent is 563 euro and food is 300 euro.\n',
    remote: 'Rent is 556 euro and food is 331 euro.\n',
    gives: 'Rent is 563 euro and food is 331 euro.\n',
  },
  {
    rule: '[ME21] words side by side are a conflict',
    base: 'We meet on Friday morning as ever.\n',
    local: 'We meet on Monday morning as ever.\n',
    remote: 'We meet on Friday evening as ever.\n',
    gives: overlap,
  },
  {
    rule: '[ME21] a task ticked here and worded further there',
    base: '- [ ] call the plumber\n',
    local: '- [x] call the plumber\n',
    remote: '- [ ] call the plumber again\n',
    gives: '- [x] call the plumber again\n',
  },
  {
    rule: '[ME21] two cells of a row',
    base: '| tea | open | Ann |\n',
    local: '| tea | done | Ann |\n',
    remote: '| tea | open | Bob |\n',
    gives: '| tea | done | Bob |\n',
  },
  {
    rule: '[ME21] characters of an unspaced script, two between',
    base: '今天会议讨论了项目\n',
    local: '明天会议讨论了项目\n',
    remote: '今天会议讨论了计划\n',
    gives: '明天会议讨论了计划\n',
  },
  {
    rule: '[ME22] a number changed differently is a conflict, not a third number',
    base: 'It costs 1,556.20 in all.\n',
    local: 'It costs 1,563.20 in all.\n',
    remote: 'It costs 2,556.20 in all.\n',
    gives: overlap,
  },
  {
    rule: '[ME22] an emoji is not taken apart',
    base: 'mood 👩🏽‍💻 today\n',
    local: 'mood 👩🏻‍💻 today\n',
    remote: 'mood 👩🏿‍💻 today\n',
    gives: overlap,
  },
  {
    rule: '[ME23] a comma beside a name that the other side mends',
    base: 'we wrote to Jhon , then left the house\n',
    local: 'we wrote to Jhon, then left the house\n',
    remote: 'we wrote to John , then left the house\n',
    gives: 'we wrote to John, then left the house\n',
  },
  {
    rule: '[ME23] a sign beside a number is a conflict',
    base: 'it was 5, they said\n',
    local: 'it was -5, they said\n',
    remote: 'it was 6, they said\n',
    gives: overlap,
  },
  {
    rule: '[ME24] an edit of a sentence that was written anew is a conflict',
    base: 'The old garden gate stands open every evening now.\n',
    local: 'Somebody painted our wooden door; it stands shut every evening now.\n',
    remote: 'The old garden gate stands open every evening again.\n',
    gives: overlap,
  },
  {
    rule: '[ME25] one thought written at two places of a paragraph is a conflict',
    base: 'One two three four five six seven eight nine ten.\n',
    local: 'One two remember grandmother birthday three four five six seven eight nine ten.\n',
    remote: 'One two three four five six seven remember grandmother birthday eight nine ten.\n',
    gives: overlap,
  },
  {
    rule: '[ME28] marks that would leave the note in bold are a conflict',
    base: 'one two three four five six seven\n',
    local: '**one two three four** five six seven\n',
    remote: 'one two three four five **six** seven**\n',
    gives: overlap,
  },
  {
    rule: '[ME29] a block of code that only both together leave open is a conflict',
    base: 'a\n\nb\n\nc\n\nd\n',
    local: '```\na\n\nb\n```\n\nc\n\nd\n',
    remote: 'a\n\nb\n\nc\n```\n\nd\n',
    gives: { conflict: 'fence' },
  },
  {
    rule: '[ME30] a long line that both wrote at different places is a conflict',
    base: 'a\nb\nc\nd\n',
    local: 'a\nask the landlord about the heating\nb\nc\nd\n',
    remote: 'a\nb\nc\nask the landlord about the heating\nd\n',
    gives: { conflict: 'doubled' },
  },
  {
    rule: '[ME31] keys side by side are both taken',
    base: '---\ndate: 1\nstatus: draft\n---\n',
    local: '---\ndate: 2\nstatus: draft\n---\n',
    remote: '---\ndate: 1\nstatus: done\n---\n',
    gives: '---\ndate: 2\nstatus: done\n---\n',
  },
  {
    rule: '[ME31] a key removed here and changed there is a conflict',
    base: '---\na: 1\nb: 1\n---\n',
    local: '---\na: 1\n---\n',
    remote: '---\na: 1\nb: 2\n---\n',
    gives: overlap,
  },
  {
    rule: '[ME32] a tag added here and one removed there',
    base: '---\ntags: [a, b]\n---\n',
    local: '---\ntags: [a, b, c]\n---\n',
    remote: '---\ntags: [b]\n---\n',
    gives: '---\ntags: [b, c]\n---\n',
  },
  {
    rule: '[ME32] items that are maps are a conflict',
    base: '---\nl:\n  - k: 1\n---\n',
    local: '---\nl:\n  - k: 2\n---\n',
    remote: '---\nl:\n  - k: 3\n---\n',
    gives: overlap,
  },
  {
    rule: '[ME33] of two dates of change the later',
    base: '---\nupdated: 2025-01-01\n---\n',
    local: '---\nupdated: 2025-03-01\n---\n',
    remote: '---\nupdated: 2025-03-02\n---\n',
    gives: '---\nupdated: 2025-03-02\n---\n',
  },
];

describe('merge by words and keys', () => {
  it.each(ROWS)('$rule', expectRow);
});

describe('merge of what both inserted at one place', () => {
  const both = (base: string, local: string, remote: string): unknown => {
    const result = merge(base, local, remote);
    return result.kind === 'clean' ? result.text : result.obstacle;
  };

  it('[ME18] takes both, the remote side first', () => {
    expect(both('- a\n', '- a\n- here\n', '- a\n- there\n')).toBe('- a\n- there\n- here\n');
  });

  it('[ME18] puts an item of the list before a new section', () => {
    const section = '\n## Later\n\ntext\n';
    expect(both('- a\n', '- a\n- b\n', `- a\n${section}`)).toBe(`- a\n- b\n${section}`);
  });

  it('[ME18] keeps a list in alphabetical order', () => {
    const base = '- ant\n- bee\n- cat\n- dog\n';
    expect(both(base, `${base}- eel\n`, `${base}- fox\n`)).toBe(`${base}- eel\n- fox\n`);
  });

  it('[ME18] takes the larger one where it has the other', () => {
    expect(both('a\n', 'a\nx\n', 'a\nx\ny\n')).toBe('a\nx\ny\n');
  });

  it('[ME19] asks where two lines are alike', () => {
    const here = '- buy oat milk on Monday\n';
    expect(both('- a\n', `- a\n${here}`, '- a\n- buy oat milk on Tuesday\n')).toBe('overlap');
  });

  it('[ME26] takes both tags of a row', () => {
    expect(both('#a\n', '#a #here\n', '#a #there\n')).toBe('#a #there #here\n');
  });

  it('[ME31] gives a conflict of the one key that both changed', () => {
    const result = merge(
      '---\na: 1\nb: 1\n---\nx\n',
      '---\na: 2\nb: 2\n---\nx\n',
      '---\na: 1\nb: 3\n---\nx\n',
    );
    if (result.kind === 'clean') throw new Error('b is open');
    const open = result.pieces.filter(({ kind }) => kind === 'hunk');
    expect(open).toEqual([{ kind: 'hunk', base: 'b: 1\n', local: 'b: 2\n', remote: 'b: 3\n' }]);
  });
});

describe('what is merged', () => {
  it.each([
    ['note.md', 'prose'],
    ['a/list.TXT', 'prose'],
    ['board.canvas', 'canvas'],
    ['drawing.excalidraw.md', undefined],
    ['.obsidian/app.json', 'json'],
    ['photo.png', undefined],
    ['constructor', undefined],
    ['a.constructor', undefined],
  ])('[ME34] %s: %s', (path, expected) => {
    const parsed = parseVaultPath(path);
    if (parsed === undefined) throw new Error(path);
    expect(mergeKindOf(parsed)).toBe(expected);
  });
});
