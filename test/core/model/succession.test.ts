import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CommitId } from '../../../src/core/model/ids.ts';
import { lineageName, newestCommon, succession } from '../../../src/core/model/succession.ts';

/** Lines of a vault that grow by promotions from one another, as they may when clouds are cut off from each other. */
const LINES = fc.array(fc.tuple(fc.nat(), fc.nat(9)), { minLength: 1, maxLength: 12 }).map((steps) => {
  const lines: { vaultId: string; lineage: string; former?: readonly string[] }[] = [
    { vaultId: 'v', lineage: 'zz' },
  ];
  for (const [index, [from, place]] of steps.entries()) {
    const parent = lines[from % lines.length] ?? { lineage: 'zz' };
    const former = [...(('former' in parent && parent.former) || []), parent.lineage];
    lines.push({ vaultId: 'v', lineage: lineageName(place, `--${String(index).padStart(4, '0')}`), former });
  }
  return lines;
});

describe('succession', () => {
  it('[RE19] of any two lines exactly one follows the other, and both sides see the same', () => {
    fc.assert(
      fc.property(LINES, (lines) => {
        for (const one of lines)
          for (const other of lines) {
            const there = succession(one, other);
            const back = succession(other, one);
            expect([there, back].sort()).toEqual(one === other ? ['same', 'same'] : ['follows', 'precedes']);
          }
      }),
    );
  });

  it('[RE19] all devices choose the same of many, in whichever order they meet them', () => {
    fc.assert(
      fc.property(LINES, fc.infiniteStream(fc.nat()), (lines, numbers) => {
        const last = (order: typeof lines): string | undefined =>
          order.reduce((best, one) => (succession(best, one) === 'follows' ? one : best)).lineage;
        const shuffled = lines
          .map((line) => ({ line, at: numbers.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ line }) => line);
        expect(last(shuffled)).toBe(last(lines));
      }),
    );
  });

  it('[RE19] the one that stands first in the settings wins of two from the same', () => {
    const former = ['zz'];
    const first = { vaultId: 'v', lineage: lineageName(1, 'ffffffff'), former };
    const second = { vaultId: 'v', lineage: lineageName(2, '00000000'), former };
    expect(succession(second, first)).toBe('follows');
    expect(succession(first, second)).toBe('precedes');
  });

  it('[RE3] tells strangers and other vaults', () => {
    const line = { vaultId: 'v', lineage: 'a' };
    expect(succession(line, { vaultId: 'w', lineage: 'a' })).toBe('other-vault');
    expect(succession(line, { vaultId: 'v', lineage: 'b' })).toBe('strange');
  });

  it('[RE16] finds the newest commit that both know', () => {
    const log = (text: string): { log: CommitId[] } => ({ log: text.split('') as CommitId[] });
    expect(newestCommon(log('abcxy'), log('abcde'))).toBe('c');
    expect(newestCommon(log('ab'), log('cd'))).toBeUndefined();
  });
});
