import { indexAfter } from '../key.ts';

interface PageRequest {
  readonly prefix: string;
  /** Only keys after it. */
  readonly after: string | undefined;
  readonly delimiter: '/' | undefined;
  readonly limit: number;
}

interface KeyPage {
  readonly keys: readonly string[];
  readonly prefixes: readonly string[];
  /** Where the next page goes on. */
  readonly last: string;
  readonly more: boolean;
}

/** After every key that starts with a folder's prefix: no key has a code point above it. */
const PAST_ALL = '\u{10ffff}'.repeat(256);

/** One page of ascending `keys`; a folder counts as one towards the limit. */
export function listPage(keys: readonly string[], request: PageRequest): KeyPage {
  const { prefix, delimiter, limit } = request;
  const found: string[] = [];
  const prefixes: string[] = [];
  let last = request.after ?? '';
  let index = indexAfter(keys, prefix, true);
  if (request.after !== undefined) index = Math.max(index, indexAfter(keys, request.after));
  while (found.length + prefixes.length < limit) {
    const key = keys[index];
    if (key?.startsWith(prefix) !== true) return { keys: found, prefixes, last, more: false };
    const cut = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
    if (cut === -1) {
      found.push(key);
      last = key;
      index += 1;
    } else {
      const folder = key.slice(0, cut + 1);
      prefixes.push(folder);
      last = folder + PAST_ALL;
      index = indexAfter(keys, last);
    }
  }
  return { keys: found, prefixes, last, more: keys[index]?.startsWith(prefix) === true };
}
