import 'fake-indexeddb/auto';
import { promisifyRequest } from 'idb-keyval';
import { describe, expect, it, vi } from 'vitest';
import { deleteDatabase } from '../../../src/plugin/adapters/state/connection.ts';
import { IdbState } from '../../../src/plugin/adapters/state/idb-state.ts';
import { put } from '../../contract/state-store/suite.ts';

let databases = 0;
const newName = (): string => `twincloud-test-${String(++databases)}`;

async function openRaw(name: string): Promise<IDBDatabase> {
  return promisifyRequest(indexedDB.open(name));
}

/** Connections that are open now fail so; as iOS does with a page that was in the background, nobody is told. */
function failTransactions(error: DOMException): () => void {
  const failing = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => {
    throw error;
  });
  const opening = vi.spyOn(IDBFactory.prototype, 'open').mockImplementation((...args) => {
    mend();
    return indexedDB.open(...args);
  });
  const mend = (): void => {
    failing.mockRestore();
    opening.mockRestore();
  };
  return mend;
}

describe('the state in IndexedDB', () => {
  it('[PI1] opens a lost connection again and does the work once more', async () => {
    const state = await IdbState.open(newName());
    await state.write([put('base', 'a', 1)]);
    const mend = failTransactions(
      new DOMException('Connection to Indexed Database server lost', 'UnknownError'),
    );
    await state.write([put('base', 'b', 2)]);
    mend();
    expect(Object.fromEntries(await state.rows('base'))).toEqual({ a: 1, b: 2 });
    await state.close();
  });

  it('[PI2] starts empty on what it does not understand, and says so', async () => {
    const name = newName();
    const state = await IdbState.open(name);
    await state.write([put('base', 'a', 1)]);
    await state.close();
    const database = await openRaw(name);
    const store = database.transaction('state', 'readwrite').objectStore('state');
    store.put('{"clear":[],"rows":[["base"', 'journal:0000000002');
    await promisifyRequest(store.transaction);
    database.close();
    const again = await IdbState.open(name);
    expect(again.damaged).toMatch(/JSON/u);
    expect((await again.rows('base')).size).toBe(0);
    await again.write([put('base', 'b', 2)]);
    await again.close();
    const third = await IdbState.open(name);
    expect(third.damaged).toBeUndefined();
    expect(Object.fromEntries(await third.rows('base'))).toEqual({ b: 2 });
    await third.close();
  });

  it('[PI2] does not trust a database without its header', async () => {
    const name = newName();
    const state = await IdbState.open(name);
    await state.write([put('base', 'a', 1)]);
    await state.close();
    const database = await openRaw(name);
    const store = database.transaction('state', 'readwrite').objectStore('state');
    store.put({ format: 2 }, 'header');
    await promisifyRequest(store.transaction);
    database.close();
    const again = await IdbState.open(name);
    expect(again.damaged).toMatch(/header/u);
    await again.close();
  });

  it('[PI3] is whole again after the next write when somebody deleted the database', async () => {
    const name = newName();
    const state = await IdbState.open(name);
    await state.write([put('base', 'a', 1), put('local', 'a', 1)]);
    await deleteDatabase(name);
    await state.write([put('base', 'b', 2)]);
    await state.close();
    const again = await IdbState.open(name);
    expect(again.damaged).toBeUndefined();
    expect(Object.fromEntries(await again.rows('base'))).toEqual({ a: 1, b: 2 });
    expect(Object.fromEntries(await again.rows('local'))).toEqual({ a: 1 });
    await again.close();
  });

  it('tells a full disk from other failures', async () => {
    const state = await IdbState.open(newName());
    const mend = failTransactions(new DOMException('no room', 'QuotaExceededError'));
    await expect(state.write([put('base', 'a', 1)])).rejects.toMatchObject({ kind: 'disk-full' });
    mend();
    expect((await state.rows('base')).size).toBe(0);
    await state.close();
  });
});
