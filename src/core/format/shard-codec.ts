import type { Entry } from '../model/entry.ts';
import type { Decoded } from './decoded.ts';
import { decoded, undecodable } from './decoded.ts';
import { entryFromJson, entryToJson } from './entry-codec.ts';
import { MAX_SHARD_BYTES } from './limits.ts';
import { decodeLines, encodeLines, parseJson } from './text.ts';

/**
 * The lines of a shard: one entry a line, ascending by the path's UTF-16 code units. The order given
 * does not matter. Throws a `TypeError` for entries that no reader would accept: a bug of the caller,
 * and a commit that nobody can read is worse than none.
 */
export function encodeShard(entries: readonly Entry[]): Uint8Array<ArrayBuffer> {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1));
  const lines = sorted.map((entry, index) => {
    const json = entryToJson(entry);
    const read = entryFromJson(json);
    if (typeof read === 'string') throw new TypeError(`No entry of a shard: its ${read} is wrong.`);
    if (index > 0 && sorted[index - 1]?.path === entry.path) throw new TypeError('A path twice in a shard.');
    return json;
  });
  return encodeLines(lines);
}

/** Whole or not at all: an entry left out would look like a deleted file. Never throws. */
export function decodeShard(
  bytes: Uint8Array,
  maxBytes: number = MAX_SHARD_BYTES,
): Decoded<readonly Entry[]> {
  const lines = decodeLines(bytes, { what: 'shard', maxBytes });
  if (!lines.ok) return lines;
  const entries: Entry[] = [];
  let previous = '';
  for (const [index, line] of lines.value.entries()) {
    const json = parseJson(line);
    if (json === undefined)
      return undecodable('not-json', `Line ${String(index + 1)} of the shard is not JSON.`);
    const entry = entryFromJson(json);
    if (typeof entry === 'string') return damagedLine(index, `its ${entry} is wrong`);
    if (entry.path <= previous) return damagedLine(index, 'its path is out of order');
    previous = entry.path;
    entries.push(entry);
  }
  return decoded(entries);
}

function damagedLine(index: number, what: string): Decoded<never> {
  return undecodable('wrong-shape', `Line ${String(index + 1)} of the shard is damaged: ${what}.`);
}
