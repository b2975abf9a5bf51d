import { readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { STATE_TABLES, type StateTable } from '../../engine/ports.ts';
import { checksum, decodeHeader, encodeHeader } from './state-record.mts';

/**
 * A table as it stood after the record `sequence`: a header line, then the rows as one JSON array
 * `[key, value, key, value, …]`, which parses twice as fast as an object of as many keys.
 */
export interface Snapshot {
  readonly sequence: number;
  readonly rows: Buffer;
}

const HEADER = v.object({
  format: v.literal(1),
  table: v.picklist(STATE_TABLES),
  sequence: v.pipe(v.number(), v.safeInteger()),
  checksum: v.string(),
});

const LINE_FEED = 10;

export function snapshotName(table: StateTable): string {
  return `${table}.snapshot`;
}

/** The snapshot, `undefined` where the table has none, or `damaged`. Rejects with the system's errors. */
export function readSnapshot(folder: string, table: StateTable): Snapshot | 'damaged' | undefined {
  let bytes: Buffer;
  try {
    // Directly: to parse it takes ten times as long, and side by side with other work it took longer still.
    bytes = readFileSync(join(folder, snapshotName(table)));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const end = bytes.indexOf(LINE_FEED);
  const header = v.safeParse(HEADER, end < 0 ? undefined : decodeHeader(bytes.subarray(0, end)));
  const rows = bytes.subarray(end + 1);
  if (!header.success || header.output.table !== table || header.output.checksum !== checksum(rows)) {
    return 'damaged';
  }
  return { sequence: header.output.sequence, rows };
}

/** Writes the table anew; a crash leaves the old or the new one. */
export async function writeSnapshot(
  folder: string,
  table: StateTable,
  sequence: number,
  rows: ReadonlyMap<string, unknown>,
): Promise<number> {
  const flat: unknown[] = [];
  for (const [key, value] of rows) flat.push(key, value);
  const body = Buffer.from(JSON.stringify(flat));
  const header = encodeHeader({ format: 1, table, sequence, checksum: checksum(body) });
  await writeDurably(join(folder, snapshotName(table)), [Buffer.from(header), body]);
  return body.length;
}

export function parseRows(json: Buffer): Map<string, unknown> {
  const flat = JSON.parse(json.toString('utf8')) as readonly unknown[];
  const rows = new Map<string, unknown>();
  for (let at = 0; at < flat.length; at += 2) rows.set(flat[at] as string, flat[at + 1]);
  return rows;
}

/** To another name first, then over the old file. The folder's own sync is the caller's. */
async function writeDurably(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const file = await open(`${path}${NEW_SUFFIX}`, 'w', 0o600);
  try {
    for (const part of parts) await file.writeFile(part);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}${NEW_SUFFIX}`, path);
}

export const NEW_SUFFIX = '.new';
