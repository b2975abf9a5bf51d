import { StateError, type StateStore, type StateTable, type StateWrite } from '../../../engine/ports.ts';
import { answered, committed, Connection, deleteDatabase } from './connection.ts';
import {
  applyBatch,
  decodeAll,
  encodeBatch,
  encodeRows,
  FORMAT,
  HEADER_KEY,
  journalKey,
  journalUpTo,
  noTables,
  rowsOf,
  snapshotKey,
  type Stored,
  type Tables,
} from './rows.ts';

/** A journal beyond this, and beyond half of the snapshots, is folded into them. In UTF-16 units. */
const FOLD_BYTES = 1024 * 1024;

export interface IdbStateOptions {
  readonly foldBytes?: number;
}

/**
 * The state store in IndexedDB, for one instance of the plugin at a time. All rows are in memory; a
 * batch is one text in the journal, which is folded into one text a table as it grows.
 *
 *   write ──► journal:n (one transaction) ──► rows in memory ──► rows(table)
 *   fold  ──► snapshot:<table> of what changed, journal emptied (one transaction)
 */
export class IdbState implements StateStore {
  readonly damaged: string | undefined;
  readonly #connection: Connection;
  readonly #tables: Tables;
  readonly #leastFoldBytes: number;
  /** Tables that the journal has changed since their snapshots. */
  readonly #changed = new Set<StateTable>();
  #sequence: number;
  #journalBytes: number;
  #snapshotBytes: number;
  /** Ends when all that was asked so far is done; never rejects. */
  #work: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  private constructor(
    connection: Connection,
    options: IdbStateOptions,
    found: { readonly stored: Stored; readonly damaged: string | undefined },
  ) {
    const { tables, sequence, journalBytes, snapshotBytes } = found.stored;
    this.damaged = found.damaged;
    this.#connection = connection;
    this.#tables = tables;
    this.#leastFoldBytes = options.foldBytes ?? FOLD_BYTES;
    this.#sequence = sequence;
    this.#journalBytes = journalBytes;
    this.#snapshotBytes = snapshotBytes;
    // Which tables the journal speaks of was not kept: the first fold writes them all.
    if (sequence > 0) for (const table of tables.keys()) this.#changed.add(table);
  }

  /** Opens or makes the database. One that cannot be read or understood is begun anew. Rejects with a `StateError`. */
  static async open(database: string, options: IdbStateOptions = {}): Promise<IdbState> {
    const connection = new Connection(database);
    let damaged: string | undefined;
    try {
      const [keys, values] = await connection.run('readonly', (store) =>
        Promise.all([answered(store.getAllKeys()), answered(store.getAll())]),
      );
      return new IdbState(connection, options, { stored: decodeAll(keys, values), damaged });
    } catch (error) {
      damaged = error instanceof Error ? error.message : String(error);
    }
    connection.close();
    await deleteDatabase(database);
    const stored = { tables: noTables(), sequence: 0, journalBytes: 0, snapshotBytes: 0 };
    const state = new IdbState(connection, options, { stored, damaged });
    await connection.run('readwrite', (store) => {
      state.#putAll(store);
      return committed(store);
    });
    return state;
  }

  async rows(table: StateTable): Promise<Map<string, unknown>> {
    return this.#next(() => Promise.resolve(new Map(rowsOf(this.#tables, table))));
  }

  async write(
    batch: readonly StateWrite[],
    options: { readonly clear?: readonly StateTable[] } = {},
  ): Promise<void> {
    const text = encodeBatch(batch, options.clear ?? []);
    const writing = this.#next(() => this.#append(text));
    // Whoever writes does not wait for the folding; should it fail, the journal goes on growing.
    if (this.#closing === undefined) this.#work = this.#work.then(() => this.#fold()).catch(() => undefined);
    return writing;
  }

  async close(): Promise<void> {
    this.#closing ??= this.#work.then(() => {
      this.#connection.close();
    });
    return this.#closing;
  }

  #next<T>(step: () => Promise<T>): Promise<T> {
    if (this.#closing !== undefined)
      return Promise.reject(new StateError('closed', 'the state store is closed'));
    const result = this.#work.then(step);
    this.#work = result.catch(() => undefined);
    return result;
  }

  async #append(text: string): Promise<void> {
    const sequence = this.#sequence + 1;
    await this.#connection.run('readwrite', (store) => {
      const header = store.get(HEADER_KEY);
      header.onsuccess = () => {
        // New, or deleted under us: what is in memory makes it whole again.
        if (header.result === undefined) this.#putAll(store);
        store.put(text, journalKey(sequence));
      };
      return committed(store);
    });
    this.#sequence = sequence;
    this.#journalBytes += text.length;
    for (const table of applyBatch(this.#tables, text, true)) this.#changed.add(table);
  }

  #putAll(store: IDBObjectStore): void {
    store.put({ format: FORMAT }, HEADER_KEY);
    for (const [table, rows] of this.#tables)
      if (rows.size > 0) store.put(encodeRows(rows), snapshotKey(table));
  }

  async #fold(): Promise<void> {
    if (this.#journalBytes <= Math.max(this.#leastFoldBytes, this.#snapshotBytes / 2)) return;
    await this.#connection.run('readwrite', (store) => {
      const [from, to] = journalUpTo(this.#sequence);
      store.put({ format: FORMAT }, HEADER_KEY);
      for (const table of this.#changed)
        store.put(encodeRows(rowsOf(this.#tables, table)), snapshotKey(table));
      store.delete(IDBKeyRange.bound(from, to));
      return committed(store);
    });
    this.#snapshotBytes = Math.max(this.#snapshotBytes, this.#journalBytes);
    this.#journalBytes = 0;
    this.#changed.clear();
  }
}
