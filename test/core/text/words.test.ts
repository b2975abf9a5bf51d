import { expect, it } from 'vitest';
import { bytesText, countText, plainText } from '../../../src/core/text/words.ts';

it('a count has its noun in the right number', () => {
  expect([countText(1, 'file'), countText(1200, 'file')]).toEqual(['1 file', '1,200 files']);
  expect(countText(2, 'copy', 'copies')).toBe('2 copies');
});

it('a name shows what it would hide', () => {
  expect(plainText('a\u202eb\nc')).toBe('a\\u202eb\\u000ac');
});

it('a size has three digits that say something', () => {
  expect([0, 999, 1_000, 99_950, 123_456, 999_950, 60_000_000].map(bytesText)).toEqual([
    '0 B',
    '999 B',
    '1.0 KB',
    '100 KB',
    '123 KB',
    '1.0 MB',
    '60.0 MB',
  ]);
});
