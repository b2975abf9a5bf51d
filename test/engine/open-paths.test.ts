import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openPaths, type Sides } from '../../src/core/plan/cell.ts';
import type { FileEntry } from '../../src/core/model/entry.ts';
import type { ContentHash, DeviceId } from '../../src/core/model/ids.ts';
import type { VaultPath } from '../../src/core/model/vault-path.ts';
import { MemoryState } from '../../src/engine/memory/memory-state.ts';
import { OpenPaths } from '../../src/engine/open-paths.ts';
import { LocalView } from '../../src/engine/scan/local-view.ts';
import { DeviceState, StateChanges } from '../../src/engine/state.ts';
import { Touched } from '../../src/engine/touched.ts';

const hash = (letter: string): ContentHash => letter.repeat(64) as ContentHash;

function entry(path: VaultPath, letter: string): FileEntry {
  const device = 'd'.repeat(16) as DeviceId;
  return { path, hash: hash(letter), sizeBytes: 1, mtimeMs: 1, generation: 1, device, prev: [] };
}

const WHAT = [
  'file',
  'gone',
  'folder',
  'no folder',
  'unknown',
  'base',
  'no base',
  'remote',
  'no remote',
  'rejoin',
] as const;

const step = fc.record({
  what: fc.constantFrom(...WHAT),
  path: fc.constantFrom('a', 'b', 'c', 'd/e', 'd/') as fc.Arbitrary<VaultPath>,
  letter: fc.constantFrom('1', '2'),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

class Sample {
  readonly local = new LocalView();
  readonly state = new DeviceState(new MemoryState());

  async sides(): Promise<Sides> {
    return { local: this.local, base: await this.state.base(), remote: await this.state.remote() };
  }

  async take({ what, path, letter }: Step): Promise<void> {
    const changes = new StateChanges();
    if (what === 'file') this.local.setFile({ path, sizeBytes: 1, mtimeMs: 1 }, hash(letter), 1);
    if (what === 'gone') this.local.remove(path);
    if (what === 'folder') this.local.setFolder('d/' as VaultPath);
    if (what === 'no folder') this.local.removeFolder('d/' as VaultPath);
    if (what === 'unknown') this.local.setUnknown(path, { path, kind: 'unreadable', message: 'locked' });
    if (what === 'base') changes.base({ path, row: { hash: hash(letter) } });
    if (what === 'no base') changes.base({ path });
    if (what === 'remote') changes.remote(path, entry(path, letter));
    if (what === 'no remote') changes.remote(path, undefined);
    if (what === 'rejoin') changes.clear('base');
    await this.state.write(changes);
  }
}

describe('the open paths of a run', () => {
  it('[PL25] are those that a look at every path finds, whatever was touched between two plans', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { maxLength: 6 }), { maxLength: 8 }), async (rounds) => {
        const sample = new Sample();
        const open = new OpenPaths([sample.local.touched, sample.state.touched]);
        for (const round of rounds) {
          for (const one of round) await sample.take(one);
          const sides = await sample.sides();
          expect([...open.find(sides)].sort()).toEqual(openPaths(sides).sort());
        }
      }),
      { numRuns: 300 },
    );
  });

  it('[PL25] are looked for everywhere where more was touched than is remembered', () => {
    const touched = new Touched();
    const before = touched.mark;
    for (let n = 0; n < 50_000; n += 1) touched.add(`${String(n)}.md` as VaultPath);
    expect(touched.since(before)).toHaveLength(50_000);
    touched.add('one more.md' as VaultPath);
    expect(touched.since(before)).toBeUndefined();
    expect(touched.since(touched.mark)).toEqual([]);
  });
});
