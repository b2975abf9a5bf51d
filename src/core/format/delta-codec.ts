import * as v from 'valibot';

import type { CommitRecord } from '../model/head.ts';
import type { Decoded } from './decoded.ts';
import { decoded, undecodable } from './decoded.ts';
import { MAX_DELTA_BYTES } from './limits.ts';
import { RecordSchema, areAscending, issueText, recordToJson } from './record-schema.ts';
import { decodeLines, encodeLines, parseJson } from './text.ts';

/**
 * One commit a line, oldest first. Throws a `TypeError` for records that no reader would accept: a bug
 * of the caller, and a commit that nobody can read is worse than none.
 */
export function encodeDelta(records: readonly CommitRecord[]): Uint8Array<ArrayBuffer> {
  const lines = records.map(recordToJson);
  const problem = checkRecords(lines);
  if (!problem.ok) throw new TypeError(problem.problem.message);
  return encodeLines(lines);
}

/** Whole or not at all. Never throws. */
export function decodeDelta(
  bytes: Uint8Array,
  maxBytes: number = MAX_DELTA_BYTES,
): Decoded<readonly CommitRecord[]> {
  const lines = decodeLines(bytes, { what: 'delta', maxBytes });
  if (!lines.ok) return lines;
  const values = lines.value.map(parseJson);
  const broken = values.indexOf(undefined);
  if (broken >= 0) return undecodable('not-json', `Line ${String(broken + 1)} of the delta is not JSON.`);
  return checkRecords(values);
}

function checkRecords(lines: readonly unknown[]): Decoded<readonly CommitRecord[]> {
  if (lines.length === 0) return undecodable('truncated', 'The delta is empty.');
  const records: CommitRecord[] = [];
  for (const [index, line] of lines.entries()) {
    const read = v.safeParse(RecordSchema, line, { abortEarly: true });
    if (!read.success) {
      const what = issueText(read.issues[0]);
      return undecodable('wrong-shape', `Line ${String(index + 1)} of the delta is damaged (${what}).`);
    }
    records.push(read.output);
  }
  if (!areAscending(records)) return undecodable('wrong-shape', 'The commits of the delta are out of order.');
  return decoded(records);
}
