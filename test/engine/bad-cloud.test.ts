import { describe, expect, it } from 'vitest';
import { KEY_PREFIXES, packKey } from '../../src/core/format/keys.ts';
import type { ObjectKey } from '../../src/core/model/ids.ts';
import { bench, contentsOf, noting, textOf, type Bench, type TestDevice } from './two-devices.ts';

const DAY_MS = 86_400_000;
const LARGE = 20 * 1024 * 1024;

/** A device whose cloud holds objects of every kind. */
async function fullCloud(): Promise<Bench & { device: Bench['device']; a: TestDevice }> {
  const at = bench();
  const a = at.device('laptop');
  a.vault.userWrite('large.bin', new Uint8Array(LARGE));
  for (let n = 0; n < 300; n += 1) a.vault.userWrite(`notes/${String(n)}.md`, `note ${String(n)}`);
  await a.engine.sync();
  // Small commits fill the head until they are written beside it.
  for (let round = 0; round < 12; round += 1) {
    for (let n = 0; n < 100; n += 1)
      a.vault.userWrite(`notes/${String(n)}.md`, `note ${String(n)}, ${String(round)}`);
    await a.engine.sync();
  }
  return { ...at, a };
}

function keysOf({ store }: Bench, kind: keyof typeof KEY_PREFIXES): ObjectKey[] {
  return [...store.objects.keys()].filter((key) => key.startsWith(KEY_PREFIXES[kind])) as ObjectKey[];
}

describe('objects that a rule of the bucket removed', () => {
  it.each(['pack', 'blob', 'shard', 'delta', 'root'] as const)(
    'every %s: no note goes, and what is missing is told',
    async (kind) => {
      const at = await fullCloud();
      const { a } = at;
      const before = await contentsOf(a);
      const gone = keysOf(at, kind);
      expect(gone).not.toEqual([]);
      for (const key of gone) await at.store.delete(key);

      const told = await a.engine.sync({ audit: 'always' }).then(
        (report) => JSON.stringify(report.problems),
        (error: unknown) => String(error),
      );
      expect(await contentsOf(a)).toEqual(before);

      const fresh = at.device('phone');
      const said = await fresh.engine.sync({ acceptFirst: true }).then(
        (report) => JSON.stringify(report.problems),
        (error: unknown) => String(error),
      );
      const arrived = await contentsOf(fresh);
      for (const [path, text] of Object.entries(arrived)) expect(before[path]).toBe(text);
      // All is there, or it is said what is not.
      if (Object.keys(arrived).length < Object.keys(before).length)
        expect(`${told}${said}`).toContain(KEY_PREFIXES[kind]);

      a.vault.userWrite('notes/0.md', 'an edit after it');
      await a.engine.sync({ audit: 'always' }).catch(() => undefined);
      await fresh.engine.sync({ acceptFirst: true }).catch(() => undefined);
      expect(await contentsOf(a)).toEqual({ ...before, 'notes/0.md': 'an edit after it' });
    },
  );
});

describe('objects that nobody needs', () => {
  it('100,000 of them cost a sync with nothing to do nothing, and go when their day has come', async () => {
    const at = bench();
    const calls: string[] = [];
    const a = at.device('laptop', { through: noting(calls) });
    a.vault.userWrite('n.md', 'one');
    await a.engine.sync();
    await a.engine.sync();
    const orphans = Array.from({ length: 100_000 }, (_, n) => packKey(n.toString(16).padStart(32, '0')));
    const own = keysOf(at, 'pack');
    for (const key of orphans) await at.store.put(key, Uint8Array.of(1));
    calls.length = 0;
    await a.engine.sync();
    expect(calls).toEqual(['get']);

    for (let day = 0; day < 40; day += 1) {
      at.clock.jump(DAY_MS);
      a.vault.userWrite('n.md', `day ${String(day)}`);
      calls.length = 0;
      await a.engine.sync();
      // A listing is a hundred pages; what is deleted at once is bounded, so that no sync takes for ever.
      expect(calls.filter((name) => name === 'delete').length).toBeLessThanOrEqual(5000);
    }
    expect(textOf(a, 'n.md')).toBe('day 39');
    for (const key of own.slice(0, 1)) expect(orphans).not.toContain(key);
    const b = at.device('phone');
    await b.engine.sync();
    expect(textOf(b, 'n.md')).toBe('day 39');
    const left = keysOf(at, 'pack').length;
    expect(left).toBeLessThan(100_000);
  }, 60_000);
});
