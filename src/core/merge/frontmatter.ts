import { mergeLists } from './frontmatter-lists.ts';
import type { Versions } from './obstacle.ts';
import type { Part } from './resolve-region.ts';

/** The properties at the head of a note, as raw lines: no value is read that need not be. */
export interface Frontmatter {
  /** Top-level keys in their order, each with the lines that it takes. */
  readonly rows: ReadonlyMap<string, readonly string[]>;
  /** How many lines of the note it takes, the rules before and after it included; 0 where there is none. */
  readonly lineCount: number;
}

const RULE = '---';
/** A plain or quoted key at the margin, and what is left of its line. */
const KEY = /^("[^"]+"|'[^']+'|[^\s#:'"[\]{}&*!|>%@,-][^:#]*?)\s*:(?:\s|$)/u;
/** What belongs to the key above: lines that are indented, items at the margin, blank lines. */
const CONTINUATION = /^(?:\s|- |-$|$)/u;

/** `undefined` where it cannot be told apart by keys: unended, with comments, or with a key twice. */
export function readFrontmatter(lines: readonly string[]): Frontmatter | undefined {
  if (lines[0] !== RULE) return { rows: new Map(), lineCount: 0 };
  const rows = new Map<string, string[]>();
  let current: string[] | undefined;
  for (let at = 1; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line === RULE) return { rows, lineCount: at + 1 };
    const key = KEY.exec(line)?.[1];
    if (key !== undefined) {
      if (rows.has(key)) return undefined;
      current = [line];
      rows.set(key, current);
    } else if (current !== undefined && CONTINUATION.test(line)) current.push(line);
    else return undefined;
  }
  return undefined;
}

/**
 * Three-way merge by keys; both sides have properties, the base may have none. `undefined` where the keys
 * that they share stand in different orders: then they are lines like any others.
 */
export function mergeFrontmatter(
  notes: Versions<Frontmatter>,
  stampKeys: ReadonlySet<string>,
): Part[] | undefined {
  const { base, local, remote } = notes;
  if (local.lineCount === 0 || remote.lineCount === 0) return undefined;
  const keys = mergeOrders(mergeOrders([...base.rows.keys()], [...remote.rows.keys()]), [
    ...local.rows.keys(),
  ]);
  if (keys === undefined) return undefined;
  const rule: Part = {
    kind: 'settled',
    text: `${RULE}\n`,
    base: base.lineCount === 0 ? '' : `${RULE}\n`,
    local: `${RULE}\n`,
    remote: `${RULE}\n`,
  };
  const rows = keys.map((key): Part => {
    const texts = {
      base: textOfRow(base, key),
      local: textOfRow(local, key),
      remote: textOfRow(remote, key),
    };
    const text = mergeRow(texts, stampKeys.has(key.toLowerCase()));
    return text === undefined ? { kind: 'open', ...texts } : { kind: 'settled', text, ...texts };
  });
  return [rule, ...rows, rule];
}

/** Both orders in one, the first one's keys before the other's at each place, or `undefined` if they clash. */
function mergeOrders(first: readonly string[] | undefined, second: readonly string[]): string[] | undefined {
  if (first === undefined) return undefined;
  const [inFirst, inSecond] = [new Set(first), new Set(second)];
  const shared = first.filter((key) => inSecond.has(key));
  if (second.filter((key) => inFirst.has(key)).some((key, index) => key !== shared[index])) return undefined;
  const merged: string[] = [];
  let at = 0;
  for (const key of [...shared, undefined]) {
    const end = key === undefined ? first.length : first.indexOf(key);
    merged.push(...first.slice(at, end));
    at = end + 1;
    const start = merged.length;
    const next = key === undefined ? second.length : second.indexOf(key);
    for (let i = next - 1; i >= 0 && !inFirst.has(second[i] ?? ''); i--)
      merged.splice(start, 0, second[i] ?? '');
    if (key !== undefined) merged.push(key);
  }
  return merged;
}

function textOfRow({ rows }: Frontmatter, key: string): string {
  return (rows.get(key) ?? []).map((line) => `${line}\n`).join('');
}

/** The text of a key's lines, or `undefined` where somebody has to decide. */
function mergeRow({ base, local, remote }: Versions<string>, isStamp: boolean): string | undefined {
  if (local === remote || remote === base) return local;
  if (local === base) return remote;
  // Both changed it, differently.
  if (local === '' || remote === '') return undefined;
  if (isStamp) return laterStamp(local, remote);
  return mergeLists({ base, local, remote });
}

/** Dates with the year first, and counts of seconds: alike in form, the later one has the later text. */
const STAMP = /^[^:]+:\s*["']?(\d{4}-\d{2}-\d{2}[^"'\n]*|\d{9,})["']?\s*\n$/u;

function laterStamp(local: string, remote: string): string | undefined {
  const [here, there] = [STAMP.exec(local)?.[1], STAMP.exec(remote)?.[1]];
  if (here === undefined || there === undefined || formOf(here) !== formOf(there)) return undefined;
  return here > there ? local : remote;
}

function formOf(stamp: string): string {
  return stamp.replaceAll(/\d/gu, '0');
}
