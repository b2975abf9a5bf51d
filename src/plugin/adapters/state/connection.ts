import { createStore, promisifyRequest, type UseStore } from 'idb-keyval';
import { StateError } from '../../../engine/ports.ts';

const STORE = 'state';

/**
 * One database with one object store. A phone's system closes connections while the app sleeps, at
 * times without a word: work that fails so is done again, once, on a new connection. Work must thus be
 * the same done twice. Rejects with a `StateError`.
 */
export class Connection {
  readonly #database: string;
  #use: UseStore | undefined;
  #handle: IDBDatabase | undefined;

  constructor(database: string) {
    this.#database = database;
  }

  async run<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => Promise<T>): Promise<T> {
    try {
      return await this.#attempt(mode, work);
    } catch (error) {
      if (isFull(error)) throw asStateError(error);
      this.close();
    }
    try {
      return await this.#attempt(mode, work);
    } catch (error) {
      throw asStateError(error);
    }
  }

  /** The next `run` opens it again. */
  close(): void {
    this.#handle?.close();
    this.#handle = undefined;
    this.#use = undefined;
  }

  #attempt<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => Promise<T>): Promise<T> {
    const use = (this.#use ??= createStore(this.#database, STORE));
    return use(mode, (store) => {
      this.#adopt(store.transaction.db);
      return work(store);
    });
  }

  #adopt(handle: IDBDatabase): void {
    if (this.#handle === handle) return;
    this.#handle = handle;
    // Whoever deletes the database would wait for this connection for ever.
    handle.onversionchange = () => {
      handle.close();
    };
  }
}

/** Ends with the transaction: what was put is there then. Once a transaction: a second call takes the first one's place. */
export function committed(store: IDBObjectStore): Promise<void> {
  return promisifyRequest(store.transaction);
}

export { promisifyRequest as answered };

/** Deletes the database with all in it; connections of others are asked to close. */
export async function deleteDatabase(database: string): Promise<void> {
  try {
    await promisifyRequest(indexedDB.deleteDatabase(database));
  } catch (error) {
    throw asStateError(error);
  }
}

function isFull(error: unknown): boolean {
  return nameOf(error) === 'QuotaExceededError';
}

function asStateError(error: unknown): StateError {
  if (error instanceof StateError) return error;
  const detail =
    error instanceof Error && error.message !== '' ? error.message : 'the database gave no reason';
  return new StateError(isFull(error) ? 'disk-full' : 'unwritable', detail, error);
}

function nameOf(error: unknown): string | undefined {
  return error instanceof Error || error instanceof DOMException ? error.name : undefined;
}
