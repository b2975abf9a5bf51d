import { describe, expect, it } from 'vitest';
import { compareKeys } from '../../../src/storage/key.ts';
import { failure, getText, itUnless, key, keys, putText, useStore } from './subject-fixture.ts';
import type { StoreSubject } from './suite.ts';

/** Names that people give to notes, and names that systems trip over. */
export const ODD_KEYS = [
  ' leading and trailing ',
  '100 % sure? yes!.md',
  '%2F%41 already encoded.md',
  'a+b & c=d.md',
  'a/b/c.md',
  'back\\slash.md',
  'case.md',
  'CASE.md',
  'con',
  'nul.md',
  'colon: a<b>c|d*e.md',
  'dots.',
  '.hidden/.file',
  'emoji 👩‍👩‍👧.md',
  'hash #tag.md',
  'more dots...',
  "it's (draft) [1] {2} ~ ^ ` @ $ , ;.md",
  'quotes "double" ‘single’.md',
  'tab\there.md',
  'Ünïcödé/日本語/Ελληνικά.md',
  'zero​width.md',
] as const;

const LONG_KEYS = [
  'n'.repeat(1024),
  `${'folder/'.repeat(100)}${'é'.repeat(162)}`,
  `one segment/${'日'.repeat(337)}`,
  `${'s'.repeat(255)}/${'t'.repeat(256)}`,
];

export function keyTests(subject: StoreSubject): void {
  describe('keys', () => {
    const store = useStore(subject);

    itUnless(subject, 'odd-keys')('[ST23] any well-formed Unicode is a key', async () => {
      for (const odd of ODD_KEYS) await putText(store(), odd, `body of ${odd}`);
      for (const odd of ODD_KEYS) expect(await getText(store(), odd)).toBe(`body of ${odd}`);
      expect(await keys(store())).toEqual([...ODD_KEYS].sort(compareKeys));
      for (const odd of ODD_KEYS) expect(await keys(store(), odd)).toEqual([odd]);
      for (const odd of ODD_KEYS) await store().delete(key(odd));
      expect(await keys(store())).toEqual([]);
    });

    itUnless(subject, 'nested-objects')('[ST23] an object `a` stands beside `a/b` and `a/b/c`', async () => {
      const nested = ['a/b/c', 'a', 'a/b', 'a.md', 'a/b.md'];
      for (const at of nested) await putText(store(), at, `body of ${at}`);
      for (const at of nested) expect(await getText(store(), at)).toBe(`body of ${at}`);
      expect(await keys(store())).toEqual(['a', 'a.md', 'a/b', 'a/b.md', 'a/b/c']);
      expect(await keys(store(), 'a/')).toEqual(['a/b', 'a/b.md', 'a/b/c']);
      await store().delete(key('a'));
      expect(await getText(store(), 'a/b')).toBe('body of a/b');
      await store().delete(key('a/b/c'));
      expect(await keys(store())).toEqual(['a.md', 'a/b', 'a/b.md']);
    });

    itUnless(subject, 'normal-forms')('[ST23] the two normal forms of a name are two keys', async () => {
      const composed = 'Caf\u00e9.md';
      const decomposed = 'Cafe\u0301.md';
      await putText(store(), composed, 'composed');
      await putText(store(), decomposed, 'decomposed');
      expect(await getText(store(), composed)).toBe('composed');
      expect(await getText(store(), decomposed)).toBe('decomposed');
      expect(await keys(store())).toEqual([decomposed, composed]);
    });

    itUnless(subject, 'long-keys')('[ST24] a key may have 1,024 bytes', async () => {
      for (const long of LONG_KEYS) await putText(store(), long, long.slice(-9));
      for (const long of LONG_KEYS) expect(await getText(store(), long)).toBe(long.slice(-9));
      expect(await keys(store())).toEqual([...LONG_KEYS].sort(compareKeys));
    });

    it('[ST24] an empty key, a longer one and half a character are unsupported', async () => {
      for (const illegal of ['', 'n'.repeat(1025), `${'é'.repeat(512)}x`, 'half \ud83d']) {
        expect((await failure(putText(store(), illegal))).kind).toBe('unsupported');
      }
      expect(await keys(store())).toEqual([]);
    });
  });
}
