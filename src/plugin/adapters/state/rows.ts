import * as v from 'valibot';
import { STATE_TABLES, type StateTable, type StateWrite } from '../../../engine/ports.ts';

/**
 * What the database holds, under these keys:
 *
 *   header               {"format":1}
 *   snapshot:<table>     a JSON text: [key, value, key, value, …]
 *   journal:0000000012   a JSON text: one batch, {"clear":[table, …],"rows":[[table, key, value], [table, key], …]}
 *
 * Texts, because one large text is read in a fraction of the time that as many small rows take.
 */
export const FORMAT = 1;
export const HEADER_KEY = 'header';
const SNAPSHOT = 'snapshot:';
const JOURNAL = 'journal:';
const SEQUENCE_DIGITS = 10;

export type Rows = Map<string, unknown>;
export type Tables = ReadonlyMap<StateTable, Rows>;

const Header = v.object({ format: v.literal(FORMAT) });
const Snapshot = v.array(v.unknown());
const Table = v.picklist(STATE_TABLES);
const Batch = v.object({
  clear: v.array(Table),
  rows: v.array(v.tuple([Table, v.string(), v.optional(v.unknown())])),
});
type Batch = v.InferOutput<typeof Batch>;

export function snapshotKey(table: StateTable): string {
  return `${SNAPSHOT}${table}`;
}

export function journalKey(sequence: number): string {
  return `${JOURNAL}${String(sequence).padStart(SEQUENCE_DIGITS, '0')}`;
}

/** Above all journal keys of the sequence and below. */
export function journalUpTo(sequence: number): [string, string] {
  return [JOURNAL, journalKey(sequence)];
}

/** Taken at once, so that later changes of the values do not count. */
export function encodeBatch(batch: readonly StateWrite[], clear: readonly StateTable[]): string {
  const rows = batch.map(({ table, key, value }) =>
    value === undefined ? [table, key] : [table, key, value],
  );
  return JSON.stringify({ clear, rows });
}

/** Carries the batch out on the tables. Throws on what is no batch. */
export function applyBatch(tables: Tables, text: string, isTrusted = false): readonly StateTable[] {
  const parsed: unknown = JSON.parse(text);
  // What this very run wrote needs no look at every row.
  const batch = isTrusted ? (parsed as Batch) : v.parse(Batch, parsed);
  for (const table of batch.clear) rowsOf(tables, table).clear();
  for (const [table, key, value] of batch.rows) {
    if (value === undefined) rowsOf(tables, table).delete(key);
    else rowsOf(tables, table).set(key, value);
  }
  return [...batch.clear, ...batch.rows.map(([table]) => table)];
}

export function encodeRows(rows: Rows): string {
  const flat: unknown[] = [];
  for (const [key, value] of rows) flat.push(key, value);
  return JSON.stringify(flat);
}

export function noTables(): Map<StateTable, Rows> {
  return new Map(STATE_TABLES.map((table) => [table, new Map<string, unknown>()]));
}

export interface Stored {
  readonly tables: Tables;
  /** The last record of the journal; 0 for none. */
  readonly sequence: number;
  readonly journalBytes: number;
  readonly snapshotBytes: number;
}

/** The tables that all keys and values of the database make. Throws where they make none. */
export function decodeAll(keys: readonly unknown[], values: readonly unknown[]): Stored {
  const found = new Map(keys.map((key, index) => [String(key), values[index]]));
  const tables = noTables();
  if (found.size === 0) return { tables, sequence: 0, journalBytes: 0, snapshotBytes: 0 };
  v.parse(Header, found.get(HEADER_KEY), { message: 'the database has no header that is understood' });
  let [sequence, journalBytes, snapshotBytes] = [0, 0, 0];
  for (const [table, rows] of tables) {
    const text = found.get(snapshotKey(table));
    if (text !== undefined) snapshotBytes += decodeRows(v.parse(v.string(), text), rows);
  }
  // Keys come in order, and the digits of a sequence are as many for all.
  for (const [key, value] of found) {
    if (!key.startsWith(JOURNAL)) continue;
    const text = v.parse(v.string(), value);
    applyBatch(tables, text);
    journalBytes += text.length;
    sequence = Number(key.slice(JOURNAL.length));
  }
  return { tables, sequence, journalBytes, snapshotBytes };
}

function decodeRows(text: string, rows: Rows): number {
  const flat = v.parse(Snapshot, JSON.parse(text));
  for (let at = 0; at + 1 < flat.length; at += 2) rows.set(v.parse(v.string(), flat[at]), flat[at + 1]);
  return text.length;
}

export function rowsOf(tables: Tables, table: StateTable): Rows {
  const rows = tables.get(table);
  if (rows === undefined) throw new TypeError(`there is no table ${table}`);
  return rows;
}
