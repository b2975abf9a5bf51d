import { describe, expect, it } from 'vitest';
import type { ObjectKey } from '../../src/core/model/ids.ts';
import type { ObjectStore } from '../../src/storage/object-store.ts';
import { FaultyStore, whenever, type Fault } from '../support/faulty-store.ts';
import { bench, type TestDevice } from './two-devices.ts';

async function readableText(store: ObjectStore, key: string): Promise<string> {
  const got = await store.get(key as ObjectKey);
  return got.kind === 'found' ? new TextDecoder().decode(got.body) : '';
}

describe('a readable copy whose put got no answer', () => {
  it.each<readonly [string, Fault, number]>([
    ['had no effect', { kind: 'fail-before' }, 1],
    ['had its effect', { kind: 'fail-after' }, 1],
    ['had no effect twice', { kind: 'fail-before' }, 2],
    ['had its effect twice', { kind: 'fail-after' }, 2],
  ])('[RC2] that %s: the same sync looks and brings it in step', async (_, fault, times) => {
    const { store, device } = bench();
    const faulty = new FaultyStore(store);
    const a: TestDevice = device('a', { settings: { readableCopy: true }, through: () => faulty });
    a.vault.userWrite('note.md', 'first\n');
    await a.engine.sync();
    for (const text of ['second\n', 'third\n']) {
      a.vault.userWrite('note.md', text);
      faulty.script = whenever(({ conditional, key }) => conditional && key === 'note.md', fault, times);
      expect(await a.engine.sync()).toMatchObject({ outcome: 'done', problems: [] });
      expect(await readableText(store, 'note.md')).toBe(text);
      // Nothing is taken for another program's edit afterwards.
      expect(await a.engine.sync({ audit: 'always' })).toMatchObject({ events: [], problems: [] });
    }
  });

  it('[RC2] that goes on: the sync fails, and the note is safe in the cloud all the same', async () => {
    const { store, device } = bench();
    const faulty = new FaultyStore(store);
    const a = device('a', { settings: { readableCopy: true }, through: () => faulty });
    const b = device('b');
    a.vault.userWrite('note.md', 'first\n');
    await a.engine.sync();
    a.vault.userWrite('note.md', 'second\n');
    faulty.script = whenever(({ conditional, key }) => conditional && key === 'note.md', {
      kind: 'fail-before',
    });
    await expect(a.engine.sync()).rejects.toMatchObject({ kind: 'cloud' });
    await b.engine.sync();
    expect(new TextDecoder().decode(b.vault.userRead('note.md'))).toBe('second\n');
    faulty.script = () => undefined;
    expect(await a.engine.sync()).toMatchObject({ outcome: 'done', problems: [] });
    expect(await readableText(store, 'note.md')).toBe('second\n');
  });

  it('[AU2] a readable copy made of a spoiled blob is made again when another device has put the contents again', async () => {
    const { device, store } = bench();
    const [maker, keeper] = [device('a'), device('b', { settings: { readableCopy: true } })];
    const whole = new Uint8Array(300_000).fill(7);
    maker.vault.userWrite('big.bin', whole);
    await maker.engine.sync({ acceptFirst: true });
    const blob = [...store.snapshot().keys()].find((key) => key.startsWith('.twincloud/blobs/')) ?? '';
    await store.put(blob as ObjectKey, new Uint8Array(300_000).fill(8));
    await keeper.engine.sync({ acceptFirst: true });
    await keeper.engine.verify();
    const copy = (): Uint8Array | undefined => store.snapshot().get('big.bin')?.body;
    expect(copy()?.[0]).toBe(8);
    const { damaged } = await maker.engine.verify({ full: true });
    expect(damaged).toMatchObject([{ path: 'big.bin', repaired: true }]);
    await keeper.engine.sync();
    await keeper.engine.verify();
    expect(copy()?.[0]).toBe(7);
    expect(keeper.vault.userRead('big.bin')?.[0]).toBe(7);
  });
});
