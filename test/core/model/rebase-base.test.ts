import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../src/core/model/entry.ts';
import type { ContentHash, DeviceId } from '../../../src/core/model/ids.ts';
import { baseOnOlder } from '../../../src/core/model/rebase-base.ts';
import type { VaultPath } from '../../../src/core/model/vault-path.ts';

const PATH = 'a.md' as VaultPath;
const CONTENTS = [undefined, 'deleted', 'x', 'y', 'z'] as const;
type State = (typeof CONTENTS)[number];

function treeOf(state: State): ReadonlyMap<VaultPath, Entry> {
  if (state === undefined) return new Map();
  const common = { path: PATH, generation: 1, device: '0'.repeat(16) as DeviceId, sizeBytes: 1 };
  const entry: Entry =
    state === 'deleted'
      ? { ...common, deleted: true, hash: 'x' as ContentHash, timeMs: 0 }
      : { ...common, hash: state as ContentHash, mtimeMs: 0, prev: [] };
  return new Map([[PATH, entry]]);
}

function rebased(base: State, observed: State, common: State): string | undefined {
  const rows = new Map<VaultPath, ContentHash>();
  if (base !== undefined && base !== 'deleted') rows.set(PATH, base as ContentHash);
  return baseOnOlder({ base: rows, observed: treeOf(observed), common: treeOf(common) }).get(PATH);
}

describe('a base that goes back to an older commit', () => {
  it('[RE20] is what that commit had, or nothing', () => {
    const any = fc.constantFrom(...CONTENTS);
    fc.assert(
      fc.property(any, any, any, (base, observed, common) => {
        const now = rebased(base, observed, common);
        if (now !== undefined) expect(now).toBe(common);
      }),
    );
  });

  it('[RE20] takes what was received since as an edit of its own', () => {
    expect(rebased('y', 'y', 'x')).toBe('x');
  });

  it('[RE20] takes what was deleted since, and was not here any more, as a delete of its own', () => {
    expect(rebased(undefined, 'deleted', 'x')).toBe('x');
  });

  it('[RE20] says nothing of what had not been received yet: neither of the two is called the later', () => {
    expect(rebased('y', 'z', 'x')).toBeUndefined();
    expect(rebased(undefined, 'y', 'x')).toBeUndefined();
  });

  it('[RE20] stays where nothing has changed', () => {
    expect(rebased('x', 'x', 'x')).toBe('x');
    expect(rebased('x', 'z', 'x')).toBe('x');
  });
});
