import { describe, it } from 'vitest';
import { expectRow, L } from './merge-row.ts';
import type { Row } from './merge-row.ts';

const lineEndings = { conflict: 'line-endings' } as const;

const ROWS: readonly Row[] = [
  {
    rule: '[ME6] one side turns to CRLF while the other edits',
    base: L('abc'),
    local: 'a\r\nb\r\nc\r\n',
    remote: L('aby'),
    gives: 'a\r\nb\r\ny\r\n',
  },
  {
    rule: '[ME6] one side turns to LF while the other edits',
    base: 'a\r\nb\r\nc\r\n',
    local: 'a\r\nb\r\ny\r\n',
    remote: L('abc'),
    gives: L('aby'),
  },
  {
    rule: '[ME6] both turn to CRLF and edit apart',
    base: L('abc'),
    local: 'x\r\nb\r\nc\r\n',
    remote: 'a\r\nb\r\ny\r\n',
    gives: 'x\r\nb\r\ny\r\n',
  },
  {
    rule: '[ME6] CRLF here and CR there is a conflict',
    base: L('abc'),
    local: 'a\r\nb\r\nc\r\n',
    remote: 'a\rb\rc\r',
    gives: lineEndings,
  },
  {
    rule: '[ME6] a base of one line leaves the line ends to the sides',
    base: 'b',
    local: 'a\r\nb',
    remote: 'b\r\n',
    gives: 'a\r\nb\r\n',
  },
  {
    rule: '[ME6] a base of one line and sides that differ is a conflict',
    base: 'b',
    local: 'a\r\nb',
    remote: 'b\n',
    gives: lineEndings,
  },
  {
    rule: '[ME6] a side without line ends keeps those of the base',
    base: 'a\r\nb\r\nc',
    local: 'c',
    remote: 'a\r\nb\r\nc\r\n',
    gives: 'c\r\n',
  },
  {
    rule: '[ME7] lines of a mixed note keep their ends',
    base: 'a\r\nb\nc\n',
    local: 'x\r\nb\nc\n',
    remote: 'a\r\nb\ny\r\n',
    gives: 'x\r\nb\ny\r\n',
  },
  {
    rule: '[ME7] a pasted CRLF line stays one among LF',
    base: L('abc'),
    local: 'p\r\na\nb\nc\n',
    remote: L('aby'),
    gives: 'p\r\na\nb\ny\n',
  },
  {
    rule: '[ME7] a lone CR is kept',
    base: 'a\rb\nc\nd\n',
    local: 'x\rb\nc\nd\n',
    remote: 'a\rb\nc\ny',
    gives: 'x\rb\nc\ny',
  },
  {
    rule: '[ME8] a byte order mark taken off stays off',
    base: '\uFEFFa\nb\nc\n',
    local: L('abc'),
    remote: '\uFEFFa\nb\ny\n',
    gives: L('aby'),
  },
  {
    rule: '[ME8] a byte order mark put on stays on',
    base: L('abc'),
    local: '\uFEFFa\nb\nc\n',
    remote: L('xbc'),
    gives: '\uFEFFx\nb\nc\n',
  },
  {
    rule: '[ME8] a final newline that both took off is no conflict where one side also made the ends alike',
    base: 'a\n\r\nb\r',
    local: 'a\n\r\nb',
    remote: 'a\r\n\r\nb',
    gives: 'a\r\n\r\nb',
  },
  {
    rule: '[ME7] a line appended with LF to a CRLF note without a final newline, beside an edit of the last line',
    base: 'a\r\nb c d e f g',
    local: 'a\r\nb c d e f g\nh',
    remote: 'a\r\nB c d e f g',
    gives: 'a\r\nB c d e f g\nh',
  },
  {
    rule: '[ME8] a final newline added beside an edit of the last line',
    base: 'a\nb',
    local: 'a\nb\n',
    remote: 'a\nx',
    gives: 'a\nx\n',
  },
  {
    rule: '[ME8] a final newline removed beside an edit of the last line',
    base: L('ab'),
    local: 'a\nb',
    remote: L('ax'),
    gives: 'a\nx',
  },
  {
    rule: '[ME8] a final newline added beside lines added',
    base: 'a\nb',
    local: 'a\nb\n',
    remote: 'a\nb\nc',
    gives: L('abc'),
  },
  {
    rule: '[ME8] a blank last line is not lost with the final newline',
    base: 'a\n\nb\n',
    local: 'a\n\n',
    remote: 'a\n\nb',
    gives: 'a\n\n',
  },
];

describe('merge of the form of notes', () => {
  it.each(ROWS)('$rule', expectRow);
});
