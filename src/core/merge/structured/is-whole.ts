import { danglingArrows, hasIdTwice } from './canvas.ts';
import { isList, isObject, parseJson } from './json.ts';
import type { Json } from './json.ts';
import type { StructuredKind } from './merge-structured.ts';

/**
 * Whether a text that somebody put together is a file of that kind: JSON, no key twice, and of a canvas no id
 * twice and no arrow without its cards. What a version of it lacks already is no fault of the text.
 */
export function isWhole(text: string, kind: StructuredKind, versions: readonly string[]): boolean {
  const made = read(text);
  const known = versions.map(read);
  if (made === undefined) return known.includes(undefined);
  if (hasKeyTwice(made)) return known.some((each) => each !== undefined && hasKeyTwice(each));
  if (kind !== 'canvas') return true;
  const values = known.flatMap((each) => (each === undefined ? [] : [each.value]));
  return (
    (!hasIdTwice(made.value) || values.some(hasIdTwice)) && danglingArrows(made.value, values).size === 0
  );
}

interface Read {
  readonly text: string;
  readonly value: Json;
}

function read(text: string): Read | undefined {
  const value = parseJson(text.replace(/^\uFEFF/u, ''));
  return value === undefined ? undefined : { text, value };
}

const STRING = /"(?:[^"\\]|\\.)*"(\s*:)?/gu;

/** The text is JSON: outside of strings there are no quotes, and what a colon follows is a key. */
function hasKeyTwice({ text, value }: Read): boolean {
  const keys = Array.from(text.matchAll(STRING)).filter(([, colon]) => colon !== undefined);
  return keys.length !== countKeys(value);
}

/** At all depths, however deep: without recursion. */
function countKeys(value: Json): number {
  let count = 0;
  const left = [value];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (isList(next)) for (const each of next) left.push(each);
    else if (isObject(next)) {
      for (const each of Object.values(next)) left.push(each);
      count += Object.keys(next).length;
    }
  }
  return count;
}
