import { describe, expect, it } from 'vitest';
import { merge } from '../../../src/core/merge/merge.ts';
import { expectRow } from './merge-row.ts';
import type { Row } from './merge-row.ts';

const overlap = { conflict: 'overlap' } as const;

const ROWS: readonly Row[] = [
  {
    rule: '[ME35] the same line written on both sides, with and without blanks between scripts',
    base: '# 笔记\n',
    local: '# 笔记\n- 分布式 ID 生成器 (如 Twitter)\n',
    remote: '# 笔记\n- 分布式ID生成器(如 Twitter)\n',
    gives: '# 笔记\n- 分布式 ID 生成器 (如 Twitter)\n',
  },
  {
    rule: '[ME35] the same rewording, and a line break by two blanks',
    base: 'Your account has expired.\nWrite to us.\n',
    local: '**Your plan has expired.**\nWrite to us.\n',
    remote: '**Your plan has expired.**  \nWrite to us.\n',
    gives: '**Your plan has expired.**  \nWrite to us.\n',
  },
  {
    rule: '[ME35] another indentation says something else',
    base: '- a\n',
    local: '- a\n- call the plumber today\n',
    remote: '- a\n  - call the plumber today\n',
    gives: overlap,
  },
  {
    rule: '[ME35] words that were joined are other words',
    base: 'We meet some time soon.\n',
    local: 'We meet every day soon.\n',
    remote: 'We meet everyday soon.\n',
    gives: overlap,
  },
  {
    rule: '[ME35] a number that was joined is another number',
    base: 'It is 5.\n',
    local: 'It is 1 000.\n',
    remote: 'It is 1000.\n',
    gives: overlap,
  },
  {
    rule: '[ME36] a name with a number replaced here, the line indented otherwise there',
    base: '-  [[02.02 - Categories]]\n',
    local: '-  [[Plugins]]\n',
    remote: '- [[02.02 - Categories]]\n',
    gives: '- [[Plugins]]\n',
  },
  {
    rule: '[ME36] a blank taken away altogether could join numbers',
    base: 'rooms 12 345 in all\n',
    local: 'rooms 12345 in all\n',
    remote: 'rooms 12 678 in all\n',
    gives: overlap,
  },
  {
    rule: '[ME37] a line went on with and one put after it here, the same one put after it there',
    base: '* [Spring](https://a.example/1) - Ann\n',
    local: '* [Spring](https://a.example/1) - Ann (YouTube)\n* [Boot](https://a.example/2) - Bob\n',
    remote: '* [Spring](https://a.example/1) - Ann\n* [Boot](https://a.example/2) - Bob\n',
    gives: '* [Spring](https://a.example/1) - Ann (YouTube)\n* [Boot](https://a.example/2) - Bob\n',
  },
  {
    rule: '[ME37] words that were taken away could stand in the new line in other words',
    base: 'We sail at noon with all hands aboard\nend\n',
    local: 'We sail at noon\nwith everybody\nend\n',
    remote: 'We sail at noon with all men aboard\nend\n',
    gives: overlap,
  },
  {
    rule: '[ME21] a link between the links of both in a row',
    base: 'Read: [Deutsch](de.md).\n',
    local: 'Read: [Bosanski](bs.md), [Deutsch](de.md), [Korean](kr.md).\n',
    remote: 'Read: [Deutsch](de.md).\n\nThanks.\n',
    gives: 'Read: [Bosanski](bs.md), [Deutsch](de.md), [Korean](kr.md).\n\nThanks.\n',
  },
  {
    rule: '[ME27] a side that made the other’s change and took away the same words elsewhere',
    base: '- 删除版本号：如果该快照的删除版本号大于当前版本号有效，否则表示该快照已经被删除了。\n',
    local: '- 删除版本号：如果该快照的删除版本未定义或删除版本号大于当前版本号有效\n',
    remote:
      '- 删除版本号：如果该快照的删除版本未定义或删除版本号大于当前版本号有效，否则表示该快照已经被删除了。\n',
    gives: '- 删除版本号：如果该快照的删除版本未定义或删除版本号大于当前版本号有效\n',
  },
];

describe('blanks, addresses, and lines put after a line', () => {
  it.each(ROWS)('$rule', (row) => {
    expectRow(row);
  });

  it('[ME21] takes the links that both put about one that both left', () => {
    const given = merge(
      'Read: [Deutsch](de.md).\n',
      'Read: [Bosanski](bs.md), [Deutsch](de.md), [Korean](kr.md).\n',
      'Read: [Deutsch](de.md), [Bahasa](id.md).\n',
    );
    expect(given).toEqual({
      kind: 'clean',
      text: 'Read: [Bosanski](bs.md), [Deutsch](de.md), [Bahasa](id.md), [Korean](kr.md).\n',
    });
  });

  it('[ME32] takes what both add to a list in which an item stands twice', () => {
    const note = (...tags: readonly string[]): string =>
      `---\ntags:\n${tags.map((tag) => `  - ${tag}\n`).join('')}---\nx\n`;
    const given = merge(note('a', 'b', 'a'), note('a', 'b', 'a', 'here'), note('a', 'b', 'a', 'there'));
    expect(given).toEqual({ kind: 'clean', text: note('a', 'b', 'a', 'there', 'here') });
    const fewer = merge(note('a', 'a'), note('a'), note('a', 'a', 'new'));
    expect(fewer).toEqual({ kind: 'clean', text: note('a', 'new') });
  });

  const part = (number: number, address: string): string =>
    `- [Android part ${String(number)}](https://a.example/${address}) - Ann Smith (Studio Lane)\n`;

  it('[ME19] takes two parts of a series that lead to different places', () => {
    const given = merge('- x\n', `- x\n${part(2, 'second')}`, `- x\n${part(1, 'first')}`);
    expect(given).toEqual({ kind: 'clean', text: `- x\n${part(1, 'first')}${part(2, 'second')}` });
  });

  it.each([
    ['the same address', part(1, 'one'), part(2, 'one')],
    ['the same number', part(1, 'one'), part(1, 'two')],
  ])('[ME19] asks where they have %s', (_, here, there) => {
    expect(merge('- x\n', `- x\n${here}`, `- x\n${there}`).kind).toBe('conflict');
  });
});
