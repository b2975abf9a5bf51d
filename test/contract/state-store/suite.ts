import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  STATE_TABLES,
  type StateStore,
  type StateTable,
  type StateWrite,
} from '../../../src/engine/ports.ts';

export interface StateSubject {
  readonly state: StateStore;
  /** The store as a new process finds it: without the first one's `close`. */
  restart(): Promise<StateStore>;
  dispose(): Promise<void>;
}

export function put(table: StateTable, key: string, value: unknown): StateWrite {
  return { table, key, value };
}

/** What every state store must do: one test a rule of docs/spec/device.md. */
export function stateStoreContract(name: string, makeSubject: () => Promise<StateSubject>): void {
  describe(`${name}: the state store's contract`, () => {
    let subject: StateSubject;
    let state: StateStore;

    beforeEach(async () => {
      subject = await makeSubject();
      state = subject.state;
    });

    afterEach(async () => {
      await subject.dispose();
    });

    const base = async (store = state): Promise<unknown> => Object.fromEntries(await store.rows('base'));

    it('[SS1] starts with every table empty, and undamaged', async () => {
      for (const table of STATE_TABLES) expect((await state.rows(table)).size).toBe(0);
      expect(state.damaged).toBeUndefined();
    });

    it('[SS2] keeps rows by table and key, any JSON value and any text as a key', async () => {
      const values = [null, false, 0, -1.5, '', 'a\tb\nc\u2028"\\', [1, [2]], { a: { b: [] } }, '😀'];
      const keys = ['', ' ', 'a\tb', 'a\nb', 'ä/ö.md', '__proto__', 'constructor', '"', '😀'];
      await state.write(keys.map((key, n) => put('base', key, values[n])));
      await state.write([put('local', 'ä/ö.md', 'another table')]);
      const expected = new Map(keys.map((key, n) => [key, values[n]]));
      expect(await state.rows('base')).toEqual(expected);
      const again = await subject.restart();
      expect(await again.rows('base')).toEqual(expected);
      expect(await again.rows('local')).toEqual(new Map([['ä/ö.md', 'another table']]));
    });

    it('[SS6] gives rows that are the caller’s own', async () => {
      await state.write([put('base', 'a', 1)]);
      (await state.rows('base')).set('b', 2).delete('a');
      expect(await base()).toEqual({ a: 1 });
    });

    it('[SS3] lets later writes of a key win, in one batch and over batches, and removes by undefined', async () => {
      await state.write([put('base', 'a', 1), put('base', 'b', 1), put('base', 'c', 1)]);
      await state.write([
        put('base', 'a', 2),
        put('base', 'a', 3),
        put('base', 'b', undefined),
        put('base', 'c', undefined),
        put('base', 'c', 4),
        put('base', 'absent', undefined),
      ]);
      expect(await base()).toEqual({ a: 3, c: 4 });
      expect(await base(await subject.restart())).toEqual({ a: 3, c: 4 });
    });

    it('[SS4] empties tables before the rows of the same batch', async () => {
      await state.write([put('base', 'old', 1), put('local', 'old', 1), put('meta', 'old', 1)]);
      await state.write([put('base', 'new', 2)], { clear: ['base', 'local'] });
      const expectCleared = async (store: StateStore): Promise<void> => {
        expect(await base(store)).toEqual({ new: 2 });
        expect((await store.rows('local')).size).toBe(0);
        expect((await store.rows('meta')).size).toBe(1);
      };
      await expectCleared(state);
      await expectCleared(await subject.restart());
    });

    it('[SS5] has every batch that resolved after a crash', async () => {
      for (let n = 0; n < 30; n++) {
        await state.write([put('base', String(n), n), put('intents', String(n), n)]);
        if (n > 0) await state.write([put('intents', String(n - 1), undefined)]);
      }
      const again = await subject.restart();
      expect((await again.rows('base')).size).toBe(30);
      expect(await again.rows('intents')).toEqual(new Map([['29', 29]]));
    });

    it('[SS5] has batches written at once in the order of their calls', async () => {
      await Promise.all(
        Array.from({ length: 50 }, (_, n) =>
          state.write(
            [put('base', 'last', n), put('base', String(n), n)],
            n === 20 ? { clear: ['base'] } : {},
          ),
        ),
      );
      const again = await subject.restart();
      const rows = await again.rows('base');
      expect(rows.get('last')).toBe(49);
      expect(rows.size).toBe(31);
    });

    it('[SS6] gives a snapshot that later writes do not change', async () => {
      await state.write([put('base', 'a', 1)]);
      const before = await state.rows('base');
      await state.write([put('base', 'a', 2), put('base', 'b', 2)]);
      expect(before).toEqual(new Map([['a', 1]]));
      await state.write([], { clear: ['base'] });
      expect(before).toEqual(new Map([['a', 1]]));
      expect(await base()).toEqual({});
    });

    it('[SS6] shares no value with whoever wrote it', async () => {
      const value = { list: [1] };
      const writing = state.write([put('base', 'a', value)]);
      value.list.push(2);
      await writing;
      value.list.push(3);
      expect(await base()).toEqual({ a: { list: [1] } });
    });

    it('[SS7] rejects after it is closed, which it may be twice, and has kept all', async () => {
      await state.write([put('base', 'a', 1)]);
      await state.close();
      await state.close();
      const closed = { name: 'StateError', kind: 'closed' };
      await expect(state.rows('base')).rejects.toMatchObject(closed);
      await expect(state.write([put('base', 'a', 2)])).rejects.toMatchObject(closed);
      expect(await base(await subject.restart())).toEqual({ a: 1 });
    });

    it('[SS7] finishes what was asked before it closes', async () => {
      const writing = state.write([put('base', 'a', 1)]);
      await state.close();
      await writing;
      expect(await base(await subject.restart())).toEqual({ a: 1 });
    });
  });
}
