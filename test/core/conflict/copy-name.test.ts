import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  caseConflictName,
  conflictCopyName,
  isConflictCopyOf,
  keptCopyName,
  readCopyName,
} from '../../../src/core/conflict/copy-name.ts';
import type { ContentHash } from '../../../src/core/model/ids.ts';
import { parseVaultPath, type VaultPath } from '../../../src/core/model/vault-path.ts';
import { nameProblem, utf8Length } from '../../../src/core/policy/names.ts';

const HASH = `ab12${'0'.repeat(60)}` as ContentHash;
const DETAILS = { deviceName: 'Phone', timeMs: Date.UTC(2026, 7, 1, 10, 30, 59), hash: HASH };

const copy = (path: string, more: Partial<typeof DETAILS> = {}, taken: readonly string[] = []): string =>
  conflictCopyName(path as VaultPath, { ...DETAILS, ...more }, (name) => taken.includes(name));

describe('the name of a conflict copy', () => {
  it.each([
    [
      '[CC1] names device, minute and contents',
      'notes/Plan.md',
      'notes/Plan (conflict Phone 2026-08-01 10-30 ab12).md',
    ],
    ['[CC1] keeps the last extension only', 'a.tar.gz', 'a.tar (conflict Phone 2026-08-01 10-30 ab12).gz'],
    ['[CC1] takes a name of one dot for all stem', '.env', '.env (conflict Phone 2026-08-01 10-30 ab12)'],
    [
      '[CC1] takes words after a dot for no extension',
      'Dr. No goes out',
      'Dr. No goes out (conflict Phone 2026-08-01 10-30 ab12)',
    ],
    ['[CC1] looks at no dot of a folder', 'v1.2/Plan', 'v1.2/Plan (conflict Phone 2026-08-01 10-30 ab12)'],
    [
      '[CC5] names a copy of a copy after the original',
      'n (conflict Pad 2020-01-01 00-00 ffff 3).md',
      'n (conflict Phone 2026-08-01 10-30 ab12).md',
    ],
    [
      '[CC5] also one that stands for a spelling',
      'n (case conflict Pad).md',
      'n (conflict Phone 2026-08-01 10-30 ab12).md',
    ],
  ])('%s', (_title, path, expected) => {
    expect(copy(path)).toBe(expected);
  });

  it('[CC2] gets the next free number', () => {
    const taken = [
      'n (conflict Phone 2026-08-01 10-30 ab12).md',
      'n (conflict Phone 2026-08-01 10-30 ab12 2).md',
    ];
    expect(copy('n.md', {}, taken)).toBe('n (conflict Phone 2026-08-01 10-30 ab12 3).md');
  });

  it.each([
    ['Ann: "work" <1>', 'Ann work 1'],
    ['a/b\\c', 'a b c'],
    ['Phone (old) [2] #1', 'Phone old 2 1'],
    ['\u202e evil\n', 'evil'],
    ['???', 'device'],
    ['', 'device'],
  ])('[CC4] a device called %j is written as %j', (deviceName, shown) => {
    expect(copy('n.md', { deviceName })).toBe(`n (conflict ${shown} 2026-08-01 10-30 ab12).md`);
  });

  it('[CC1] shows some minute whatever the clock says', () => {
    expect(copy('n', { timeMs: Number.NaN })).toBe('n (conflict Phone 1970-01-01 00-00 ab12)');
    expect(copy('n', { timeMs: Date.UTC(12_026, 0, 1) })).toBe('n (conflict Phone 2026-01-01 00-00 ab12)');
  });

  it('[CC3] stays within what a file system keeps, and cuts no character in two', () => {
    const name = fc.string({
      unit: fc.constantFrom('a', 'ß', '語', '👩‍👩‍👧', ' '),
      minLength: 1,
      maxLength: 120,
    });
    fc.assert(
      fc.property(
        name,
        fc.constantFrom('', '.md', '.canvas'),
        fc.string({ unit: 'binary', maxLength: 90 }),
        (stem, extension, deviceName) => {
          const path = parseVaultPath(`f/x${stem}${extension}`);
          if (path === undefined) return;
          const found = conflictCopyName(path, { ...DETAILS, deviceName }, () => false);
          expect(utf8Length(found.slice(2))).toBeLessThanOrEqual(255);
          expect(parseVaultPath(found)).toBe(found);
          expect(nameProblem(found, 'portable')).toBeUndefined();
          expect(isConflictCopyOf(found, path)).toBe(true);
        },
      ),
      { seed: 1, numRuns: 500 },
    );
  });
});

describe('the name of a second spelling', () => {
  const name = (path: string, taken: readonly string[] = []): string =>
    caseConflictName(path as VaultPath, 'Phone', (one) => taken.includes(one));

  it('[CC7] names the device', () => {
    expect(name('f/Plan.md')).toBe('f/Plan (case conflict Phone).md');
  });

  it('[CC7] gets the next free number, and no second suffix', () => {
    expect(name('n.md', ['n (case conflict Phone).md'])).toBe('n (case conflict Phone 2).md');
    expect(name('n (case conflict Phone).md', ['n (case conflict Phone).md'])).toBe(
      'n (case conflict Phone 2).md',
    );
  });
});

describe('a conflict copy', () => {
  const own = copy('f/n.md');

  it.each([
    ['[CC6] is known by its name', own, 'f/n.md', true],
    ['[CC6] whichever device made it', 'f/n (conflict Pad 2020-01-01 00-00 ffff 2).md', 'f/n.md', true],
    ['[CC6] beside another copy of the same', 'f/n (conflict Pad 2020-01-01 00-00 ffff).md', own, true],
    ['[CC6] is no copy of itself', own, own, false],
    ['[CC6] is none of a file in another folder', own, 'g/n.md', false],
    ['[CC6] is none of another file', own, 'f/m.md', false],
    ['[CC6] is none of one with another extension', own, 'f/n.txt', false],
    ['[CC6] of a short name is none of a longer name', own, 'f/note.md', false],
    ['[CC6] is not what only speaks of conflict', 'f/n (conflict of interest).md', 'f/n.md', false],
    ['[CC6] is not a second spelling', 'f/n (case conflict Phone).md', 'f/n.md', false],
  ])('%s', (_title, path, original, expected) => {
    expect(isConflictCopyOf(path as VaultPath, original as VaultPath)).toBe(expected);
  });
});

describe('what a copy tells by its name', () => {
  it.each(['notes/Plan.md', '.env', 'a.tar.gz'])(
    '[CF7] %s: the note, the device, the minute, the contents',
    (path) => {
      expect(readCopyName(copy(path, {}, [copy(path)]) as VaultPath)).toEqual({
        original: path,
        deviceName: 'Phone',
        hashDigits: 'ab12',
        timeMs: Date.UTC(2026, 7, 1, 10, 30),
      });
    },
  );

  it.each(['Plan.md', 'Plan (case conflict Phone).md', 'Plan (conflict of interest).md'])(
    '[CF7] %s is none',
    (path) => {
      expect(readCopyName(path as VaultPath)).toBeUndefined();
    },
  );

  it('[CF9] a copy that stays has the name of its device', () => {
    const plan = 'notes/Plan.md' as VaultPath;
    expect(keptCopyName(plan, 'Phone', () => false)).toBe('notes/Plan (Phone).md');
    expect(keptCopyName(plan, 'Phone', (name) => name === 'notes/Plan (Phone).md')).toBe(
      'notes/Plan (Phone 2).md',
    );
  });
});
