import { describe, expect, it } from 'vitest';
import { textOfSide } from '../../../src/core/merge/draft.ts';
import { DEFAULT_MERGE_OPTIONS, merge } from '../../../src/core/merge/merge.ts';
import { expectRow, L } from './merge-row.ts';
import type { Row } from './merge-row.ts';
import { seededRandom } from './unique-words.ts';

const overlap = { conflict: 'overlap' } as const;
const markers = { conflict: 'markers' } as const;
const notText = { conflict: 'not-text' } as const;

const ROWS: readonly Row[] = [
  {
    rule: '[ME1] equal sides are clean though there is no base',
    base: undefined,
    local: 'a',
    remote: 'a',
    gives: 'a',
  },
  {
    rule: '[ME1] equal sides are clean whatever they hold',
    base: 'b',
    local: '\0',
    remote: '\0',
    gives: '\0',
  },
  {
    rule: '[ME2] no base is a conflict though one side contains the other',
    base: undefined,
    local: L('ab'),
    remote: L('a'),
    gives: { conflict: 'no-base' },
  },
  {
    rule: '[ME3] an unchanged local side gives the remote one',
    base: L('ab'),
    local: L('ab'),
    remote: 'x\r',
    gives: 'x\r',
  },
  {
    rule: '[ME3] an unchanged remote side gives the local one, markers and all',
    base: L('ab'),
    local: '<<<<<<< x\n',
    remote: L('ab'),
    gives: '<<<<<<< x\n',
  },
  {
    rule: '[ME4] a NUL on one side is a conflict',
    base: L('abc'),
    local: 'x\0\nb\nc\n',
    remote: L('aby'),
    gives: notText,
  },
  {
    rule: '[ME4] half a surrogate pair is a conflict: it cannot be UTF-8',
    base: L('abc'),
    local: '\ud83d\nb\nc\n',
    remote: L('aby'),
    gives: notText,
  },
  {
    rule: '[ME5] an opening marker that the base lacks is a conflict',
    base: L('abc'),
    local: '<<<<<<< HEAD\na\nb\nc\n',
    remote: L('aby'),
    gives: markers,
  },
  {
    rule: '[ME5] a parting marker that the base lacks is a conflict',
    base: L('abc'),
    local: L('xbc'),
    remote: 'a\nb\nc\n=======\n',
    gives: markers,
  },
  {
    rule: '[ME5] a closing marker that the base lacks is a conflict',
    base: 'a\r\nb\r\nc\r\n',
    local: 'x\r\nb\r\nc\r\n',
    remote: 'a\r\nb\r\nc\r\n>>>>>>> main\r\n',
    gives: markers,
  },
  {
    rule: '[ME5] one more marker than the base has is a conflict',
    base: 'a\n=======\nb\nc\n',
    local: 'a\n=======\nb\nc\nd\n=======\n',
    remote: 'x\n=======\nb\nc\n',
    gives: markers,
  },
  {
    rule: '[ME5] a marker that the base has too is text',
    base: 'a\n=======\nb\nc\n',
    local: 'x\n=======\nb\nc\n',
    remote: 'a\n=======\nb\ny\n',
    gives: 'x\n=======\nb\ny\n',
  },
  {
    rule: '[ME5] a longer underline of a heading is no marker',
    base: L('abc'),
    local: 'a title\n========\nb\nc\n',
    remote: L('aby'),
    gives: 'a title\n========\nb\ny\n',
  },
  {
    rule: '[ME9] edits apart are both taken',
    base: L('abc'),
    local: L('xbc'),
    remote: L('aby'),
    gives: L('xby'),
  },
  {
    rule: '[ME9] an insertion and a deletion apart are both taken',
    base: L('abcd'),
    local: L('xabcd'),
    remote: L('abc'),
    gives: L('xabc'),
  },
  {
    rule: '[ME9] the same edit on both sides is taken once',
    base: L('abcde'),
    local: L('axcde'),
    remote: L('axcdy'),
    gives: L('axcdy'),
  },
  {
    rule: '[ME9] the same line added by both at one place stands once',
    base: L('abcd'),
    local: L('abcdz'),
    remote: L('xbcdz'),
    gives: L('xbcdz'),
  },
  {
    rule: '[ME9] the same lines removed by both are gone',
    base: L('abcdef'),
    local: L('adef'),
    remote: L('adey'),
    gives: L('adey'),
  },
  {
    rule: '[ME9] repeated lines do not lead astray: the headings say where',
    base: '# 1\n- w\n- r\n\n# 2\n- w\n- r\n\n# 3\n- w\n- r\n',
    local: '# 2\n- w\n- r\n\n# 3\n- w\n- r\n',
    remote: '# 1\n- w\n- r\n\n# 2\n- w\n- r\n\n# 3\n- w!\n- r\n',
    gives: '# 2\n- w\n- r\n\n# 3\n- w!\n- r\n',
  },
  {
    rule: '[ME10] the same line edited differently is a conflict',
    base: L('abc'),
    local: L('axc'),
    remote: L('ayc'),
    gives: overlap,
  },
  {
    rule: '[ME9] edits of neighbouring lines are both taken',
    base: L('abcd'),
    local: L('axcd'),
    remote: L('abyd'),
    gives: L('axyd'),
  },
  {
    rule: '[ME10] one line edited and deleted is a conflict',
    base: L('abc'),
    local: L('axc'),
    remote: L('ac'),
    gives: overlap,
  },
  {
    rule: '[ME10] an edit inside a deleted section is a conflict',
    base: L('abcdef'),
    local: L('af'),
    remote: L('abcxef'),
    gives: overlap,
  },
  {
    rule: '[ME10] everything deleted here and a line edited there is a conflict',
    base: L('abc'),
    local: '',
    remote: L('abx'),
    gives: overlap,
  },
  {
    rule: '[ME10] a paragraph moved here and edited there is a conflict',
    base: L('abcdef'),
    local: L('acdebf'),
    remote: L('axcdef'),
    gives: overlap,
  },
  {
    rule: '[ME11] an insertion beside a deletion is a conflict',
    base: L('abcd'),
    local: L('abxcd'),
    remote: L('abd'),
    gives: overlap,
  },
  {
    rule: '[ME9] an insertion beside an edit is taken with it',
    base: L('abcd'),
    local: L('abxcd'),
    remote: L('abyd'),
    gives: L('abxyd'),
  },
  {
    rule: '[ME12] one of three equal lines removed on both sides is removed once',
    base: L('aaab'),
    local: L('aab'),
    remote: L('aabc'),
    gives: L('aabc'),
  },
  {
    rule: '[ME12] a list item repeated here leaves the line above it free for the other side',
    base: L('xabc'),
    local: L('xaabc'),
    remote: L('yabc'),
    gives: L('yaabc'),
  },
];

describe('merge', () => {
  it.each(ROWS)('$rule', expectRow);

  it('[ME4] counts bytes of UTF-8, not letters', () => {
    const options = { ...DEFAULT_MERGE_OPTIONS, maxSizeBytes: 12 };
    expect(merge('a\nb\nc\n', 'ééé\nb\nc\n', 'a\nb\ny\n', options).kind).toBe('clean');
    expect(merge('a\nb\nc\n', 'éééé\nb\nc\n', 'a\nb\ny\n', options)).toMatchObject({ obstacle: 'too-large' });
    expect(merge('a\nb\nc\n', '😀€\nb\nc\n', 'a\nb\ny\n', options).kind).toBe('clean');
    expect(merge('a\nb\nc\n', '😀€a\nb\nc\n', 'a\nb\ny\n', options)).toMatchObject({
      obstacle: 'too-large',
    });
  });

  it('[ME13] what the steps do not reach counts as changed', () => {
    const base = L('ababababcab');
    const local = L('babababbcab');
    const inside = L('abababzabcab');
    const starved = { ...DEFAULT_MERGE_OPTIONS, maxDiffSteps: 1, maxWordSteps: 0 };
    expect(merge(base, local, inside)).toEqual({ kind: 'clean', text: L('bababzabbcab') });
    expect(merge(base, local, inside, starved)).toMatchObject({ obstacle: 'overlap' });
  });

  it('[ME13] a hostile shape ends: many lines of few kinds, shuffled', () => {
    const random = seededRandom(3);
    const shuffled = (): string =>
      L(Array.from({ length: 60_000 }, () => 'abcdefgh'.charAt(random() * 8)).join(''));
    expect(merge(shuffled(), shuffled(), shuffled())).toMatchObject({ obstacle: 'overlap' });
  });

  it('[ME16] pieces part what is settled from what is open', () => {
    const result = merge(L('abcdefg'), L('axcdefz'), L('aycdEfg'));
    expect(result).toEqual({
      kind: 'conflict',
      obstacle: 'overlap',
      reason: 'Both sides changed the same place.',
      pieces: [
        { kind: 'stable', text: L('a') },
        { kind: 'hunk', base: L('b'), local: L('x'), remote: L('y') },
        { kind: 'stable', text: L('cd') },
        { kind: 'merged', text: L('E'), base: L('e'), local: L('e'), remote: L('E') },
        { kind: 'stable', text: L('f') },
        { kind: 'merged', text: L('z'), base: L('g'), local: L('z'), remote: L('g') },
      ],
    });
  });

  it('[ME16] pieces of notes in different forms still join to each side exactly', () => {
    const base = '\uFEFFa\r\nb\r\nc';
    const local = 'a\nx\nc\nd';
    const remote = '\uFEFFa\r\ny\r\nc\r\n';
    const result = merge(base, local, remote);
    if (result.kind === 'clean') throw new Error('the middle line is open');
    expect(textOfSide(result.pieces, 'base')).toBe(base);
    expect(textOfSide(result.pieces, 'local')).toBe(local);
    expect(textOfSide(result.pieces, 'remote')).toBe(remote);
    expect(result.pieces.map((piece) => (piece.kind === 'hunk' ? '?' : piece.text))).toEqual([
      'a\n',
      '?',
      'c\n',
      'd\n',
    ]);
  });
});
