import { StoreError } from './store-error.ts';

export const MAX_KEY_BYTES = 1024;

const LONE_SURROGATE = /\p{Surrogate}/u;
const encoder = new TextEncoder();

/** Why no store can hold the key, as a sentence, or `undefined` where every store can. */
export function keyProblem(key: string): string | undefined {
  if (key === '') return 'A key cannot be empty.';
  if (LONE_SURROGATE.test(key)) return 'The key holds half a surrogate pair.';
  // A UTF-16 unit is at most three bytes: most keys need not be encoded to be measured.
  if (key.length * 3 <= MAX_KEY_BYTES) return undefined;
  const bytes = encoder.encode(key).length;
  return bytes > MAX_KEY_BYTES
    ? `The key is ${String(bytes)} bytes long; at most ${String(MAX_KEY_BYTES)} can be stored.`
    : undefined;
}

/** Throws `unsupported` for a key that the port does not allow. */
export function checkKey(key: string, provider: string): void {
  const problem = keyProblem(key);
  if (problem !== undefined) throw new StoreError('unsupported', { provider, key, detail: problem });
}

/** The order of listings: that of the keys' UTF-8 bytes. Negative where `a` comes first. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above U+FFFF, so they come after U+E000–U+FFFF although their units are less. */
function rank(unit: number): number {
  return unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** The first index of ascending `keys` whose key comes after `key` (or is it, with `orEqual`). */
export function indexAfter(keys: readonly string[], key: string, orEqual = false): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = compareKeys(keys[middle] ?? '', key);
    if (order < 0 || (order === 0 && !orEqual)) low = middle + 1;
    else high = middle;
  }
  return low;
}
