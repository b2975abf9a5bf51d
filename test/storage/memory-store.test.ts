import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareKeys } from '../../src/storage/key.ts';
import { MemoryStore } from '../../src/storage/memory/memory-store.ts';
import { bytes, getText, key, keys, putText } from '../contract/object-store/subject-fixture.ts';
import { FakeClock } from '../support/fake-clock.ts';

describe('the store in memory', () => {
  const clock = new FakeClock();

  it('[ST71] goes back to a snapshot, listings too, as often as one likes', async () => {
    const store = new MemoryStore({ clock });
    await putText(store, 'a', 'old');
    await putText(store, 'b', 'old');
    expect(await keys(store)).toEqual(['a', 'b']);
    const backup = store.snapshot();
    for (let i = 0; i < 2; i++) {
      await putText(store, 'a', 'new');
      await store.delete(key('b'));
      await putText(store, 'c');
      store.rollback(backup);
      expect(await keys(store)).toEqual(['a', 'b']);
      expect(await getText(store, 'a')).toBe('old');
    }
  });

  it('[ST71] ignores conditions where it is told to', async () => {
    const store = new MemoryStore({ clock, conditions: 'ignored', claims: { conditionalPut: true } });
    await store.put(key('a'), bytes('1'), { ifNoneMatch: '*' });
    await store.put(key('a'), bytes('2'), { ifNoneMatch: '*' });
    await store.put(key('a'), bytes('3'), { ifMatch: 'nonsense' });
    expect(await getText(store, 'a')).toBe('3');
    expect(store.capabilities.conditionalPut).toBe(true);
  });

  it('[ST28] keys compare as their UTF-8 bytes do', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });

  it('[ST27] [ST30] a listing is the sorted keys in the range, whatever was written and deleted', async () => {
    const name = fc.string({
      unit: fc.constantFrom('a', 'b', '/', '\ufb01', '\u{1f600}'),
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.boolean(), name), { maxLength: 30 }),
        name,
        name,
        async (steps, prefix, startAfter) => {
          const store = new MemoryStore({ clock });
          const model = new Set<string>();
          await keys(store);
          for (const [written, at] of steps) {
            if (written) await putText(store, at);
            else await store.delete(key(at));
            if (written) model.add(at);
            else model.delete(at);
          }
          const sorted = [...model].sort(compareKeys);
          expect(await keys(store, '', { limit: 2 })).toEqual(sorted);
          expect(await keys(store, prefix)).toEqual(sorted.filter((at) => at.startsWith(prefix)));
          const after = sorted.filter((at) => compareKeys(at, startAfter) > 0);
          expect(await keys(store, '', { startAfter, limit: 3 })).toEqual(after);
        },
      ),
      { numRuns: 60 },
    );
  });
});
