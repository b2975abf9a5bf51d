import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { STATE_TABLES, type StateTable } from '../../engine/ports.ts';
import { codeOf } from './folder-errors.mts';
import { checksum, decodeHeader, encodeHeader } from './state-record.mts';

/**
 * A table as it stood after the record `sequence`: a header line, then the rows as one JSON array
 * `[key, value, key, value, …]`, which parses twice as fast as an object of as many keys.
 */
export interface Snapshot {
  readonly sequence: number;
  readonly sizeBytes: number;
}

const HEADER = v.object({
  format: v.literal(1),
  table: v.picklist(STATE_TABLES),
  sequence: v.pipe(v.number(), v.safeInteger()),
  checksum: v.string(),
  /** The rows hold no other characters; those of an older program may. */
  ascii: v.optional(v.boolean()),
});

const LINE_FEED = 10;
/** A header has some 100. */
const HEADER_BYTES_AT_MOST = 512;

export function snapshotName(table: StateTable): string {
  return `${table}.snapshot`;
}

/**
 * What a snapshot's first line tells, `undefined` where the table has none, or `damaged`. The rows
 * themselves are proven when they are read. Throws the system's errors.
 */
export function lookAtSnapshot(folder: string, table: StateTable): Snapshot | 'damaged' | undefined {
  const file = openIfThere(join(folder, snapshotName(table)));
  if (file === undefined) return undefined;
  try {
    const beginning = Buffer.alloc(HEADER_BYTES_AT_MOST);
    const header = headerOf(beginning.subarray(0, readSync(file, beginning)), table);
    return header === undefined
      ? 'damaged'
      : { sequence: header.sequence, sizeBytes: fstatSync(file).size - header.endBytes };
  } finally {
    closeSync(file);
  }
}

/** The rows of a snapshot as it stood after that record, or `damaged`. Throws the system's errors. */
export function readRows(
  folder: string,
  table: StateTable,
  sequence: number,
): Map<string, unknown> | 'damaged' {
  const file = openIfThere(join(folder, snapshotName(table)));
  if (file === undefined) return 'damaged';
  try {
    const bytes = readFileSync(file);
    const header = headerOf(bytes, table);
    if (header?.sequence !== sequence) return 'damaged';
    const rows = bytes.subarray(header.endBytes);
    return header.checksum === checksum(rows) ? parseRows(rows, header.ascii) : 'damaged';
  } finally {
    closeSync(file);
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function headerOf(
  bytes: Buffer,
  table: StateTable,
): (v.InferOutput<typeof HEADER> & { readonly endBytes: number }) | undefined {
  const end = bytes.indexOf(LINE_FEED);
  const header = v.safeParse(HEADER, end < 0 ? undefined : decodeHeader(bytes.subarray(0, end)));
  return header.success && header.output.table === table
    ? { ...header.output, endBytes: end + 1 }
    : undefined;
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
  const body = Buffer.from(asciiJson(flat), 'latin1');
  const header = encodeHeader({ format: 1, table, sequence, checksum: checksum(body), ascii: true });
  await writeDurably(join(folder, snapshotName(table)), [Buffer.from(header), body]);
  return body.length;
}

function parseRows(json: Buffer, isAscii = false): Map<string, unknown> {
  const flat = JSON.parse(json.toString(isAscii ? 'latin1' : 'utf8')) as readonly unknown[];
  const rows = new Map<string, unknown>();
  for (let at = 0; at < flat.length; at += 2) rows.set(flat[at] as string, flat[at + 1]);
  return rows;
}

/** One name in another script would make of all rows a text of twice the size, which takes twice as long to read. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(/\P{ASCII}/gu, (char) =>
    char
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
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
