import { STATE_TABLES, StateError, type StateStore, type StateTable, type StateWrite } from '../ports.ts';

/** Kept as JSON text, so that nobody shares a value with who wrote it; read once, and frozen then. */
interface Row {
  readonly text: string;
  value?: unknown;
}

type Tables = ReadonlyMap<StateTable, Map<string, Row>>;

export class MemoryState implements StateStore {
  readonly damaged: string | undefined;
  readonly #tables: Tables;
  #closed = false;
  #crashed = false;

  constructor(options: { readonly damaged?: string } = {}, tables?: Tables) {
    this.damaged = options.damaged;
    this.#tables = tables ?? new Map(STATE_TABLES.map((table) => [table, new Map<string, Row>()]));
  }

  async rows(table: StateTable): Promise<Map<string, unknown>> {
    await this.#turn();
    const rows = new Map<string, unknown>();
    for (const [key, row] of this.#table(table)) {
      row.value ??= frozen(JSON.parse(row.text));
      rows.set(key, row.value);
    }
    return rows;
  }

  async write(
    batch: readonly StateWrite[],
    options: { readonly clear?: readonly StateTable[] } = {},
  ): Promise<void> {
    const texts = batch.map(({ value }) => (value === undefined ? undefined : JSON.stringify(value)));
    await this.#turn();
    for (const table of options.clear ?? []) this.#table(table).clear();
    batch.forEach(({ table, key }, index) => {
      const text = texts[index];
      if (text === undefined) this.#table(table).delete(key);
      else this.#table(table).set(key, { text });
    });
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  /** Ends this store's program at once: a write that has not resolved may be absent. The new one finds the rest. */
  crash(): MemoryState {
    this.#crashed = true;
    const copy = [...this.#tables].map(([table, rows]) => [table, new Map(rows)] as const);
    return new MemoryState({}, new Map(copy));
  }

  /** Lets others run first; what was asked before `close` is still done. */
  async #turn(): Promise<void> {
    if (this.#closed) throw new StateError('closed', 'the state store is closed');
    await Promise.resolve();
    if (this.#crashed) throw new StateError('closed', 'the program has ended');
  }

  #table(table: StateTable): Map<string, Row> {
    const rows = this.#tables.get(table);
    if (rows === undefined) throw new StateError('unexpected', `there is no table ${table}`);
    return rows;
  }
}

function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}
