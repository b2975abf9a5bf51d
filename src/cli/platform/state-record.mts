import { crc32 } from 'node:zlib';
import { STATE_TABLES, type StateTable, type StateWrite } from '../../engine/ports.ts';

/**
 * The journal: one line a record, all of it or none counts.
 *
 *   crc32 TAB sequence TAB table TAB rows TAB !table TAB … LF
 *
 * `rows` is a JSON array of `[key, value]`, or `[key]` where the row goes; `!table` empties the
 * table. Steps hold in their order. JSON escapes tabs and line feeds, so they part fields for sure,
 * and the rows of a table that nobody asks for are never parsed. The crc is of what follows it.
 */

export type Step =
  | { readonly kind: 'clear'; readonly table: StateTable }
  | { readonly kind: 'rows'; readonly table: StateTable; readonly json: string };

export interface JournalRecord {
  readonly sequence: number;
  readonly steps: readonly Step[];
}

const TAB = '\t';
const CRC_DIGITS = 8;
const SEQUENCE = /^(?:0|[1-9]\d*)$/u;

/** Steps of one batch; taken at once, so that later changes of the values do not count. */
export function stepsOf(batch: readonly StateWrite[], clear: readonly StateTable[]): Step[] {
  const rowsByTable = new Map<StateTable, unknown[]>();
  for (const { table, key, value } of batch) {
    const rows = rowsByTable.get(table) ?? [];
    rows.push(value === undefined ? [key] : [key, value]);
    rowsByTable.set(table, rows);
  }
  return [
    ...clear.map((table) => ({ kind: 'clear', table }) as const),
    ...[...rowsByTable].map(
      ([table, rows]) => ({ kind: 'rows', table, json: JSON.stringify(rows) }) as const,
    ),
  ];
}

export function encodeRecord({ sequence, steps }: JournalRecord): Buffer {
  const fields = steps.flatMap((step) =>
    step.kind === 'clear' ? [`!${step.table}`] : [step.table, step.json],
  );
  const body = [String(sequence), ...fields].join(TAB);
  return Buffer.from(`${checksum(Buffer.from(body))}${TAB}${body}\n`);
}

/** The record of a line without its line feed, or `undefined` when it is damaged. */
export function decodeRecord(line: Buffer): JournalRecord | undefined {
  const body = line.subarray(CRC_DIGITS + 1);
  if (line.toString('latin1', 0, CRC_DIGITS + 1) !== `${checksum(body)}${TAB}`) return undefined;
  const [sequence, ...fields] = body.toString('utf8').split(TAB);
  const steps: Step[] = [];
  for (let at = 0; at < fields.length; at++) {
    const field = fields[at] ?? '';
    const isClear = field.startsWith('!');
    const table = STATE_TABLES.find((name) => name === (isClear ? field.slice(1) : field));
    const json = isClear ? '' : fields[++at];
    if (table === undefined || json === undefined) return undefined;
    steps.push(isClear ? { kind: 'clear', table } : { kind: 'rows', table, json });
  }
  return sequence !== undefined && SEQUENCE.test(sequence) && Number.isSafeInteger(Number(sequence))
    ? { sequence: Number(sequence), steps }
    : undefined;
}

/** A line of JSON with its checksum before it: the first line of a journal and of a snapshot. */
export function encodeHeader(header: unknown): string {
  const json = JSON.stringify(header);
  return `${checksum(Buffer.from(json))}${TAB}${json}\n`;
}

/** The value, or `undefined` when the line is damaged. */
export function decodeHeader(line: Buffer): unknown {
  const json = line.subarray(CRC_DIGITS + 1);
  if (line.toString('latin1', 0, CRC_DIGITS + 1) !== `${checksum(json)}${TAB}`) return undefined;
  try {
    return JSON.parse(json.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

export function checksum(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(CRC_DIGITS, '0');
}

/** Carries out a step on its table's rows. */
export function applyStep(rows: Map<string, unknown>, step: Step): void {
  if (step.kind === 'clear') {
    rows.clear();
    return;
  }
  for (const [key, value] of JSON.parse(step.json) as readonly (readonly [string, unknown?])[]) {
    if (value === undefined) rows.delete(key);
    else rows.set(key, value);
  }
}
