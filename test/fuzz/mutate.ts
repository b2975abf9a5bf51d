import type { Prng } from '../sim/prng.ts';

/** Values that have broken parsers before. */
const HOSTILE: readonly unknown[] = [
  null,
  true,
  '',
  '\0',
  '../..',
  '\ud800',
  '\u202e',
  'x'.repeat(5_000),
  -1,
  -0,
  0.5,
  1e308,
  2 ** 53,
  Number.MIN_SAFE_INTEGER,
  [],
  [[[[[[[[]]]]]]]],
  {},
  { length: 1e9 },
  { toJSON: 1, toString: 1, valueOf: 1 },
];
const HOSTILE_KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '',
  '\0',
  'then',
];
const DEEP = 20_000;

/** A damaged version of one of the seeds, or something that was never one. */
export function mutated(seeds: readonly Uint8Array[], prng: Prng): Uint8Array {
  const seed = prng.pick(seeds);
  const kind = prng.below(10);
  if (kind < 4) return damagedJson(seed, prng);
  if (kind < 8) return damagedBytes(seed, prng);
  if (kind === 8) return spliced(seed, prng.pick(seeds), prng);
  return randomBytes(prng.below(2_000), prng);
}

function randomBytes(length: number, prng: Prng): Uint8Array {
  return Uint8Array.from({ length }, () => prng.below(256));
}

function damagedBytes(seed: Uint8Array, prng: Prng): Uint8Array {
  let bytes = Uint8Array.from(seed);
  for (let count = 1 + prng.below(4); count > 0 && bytes.length > 0; count -= 1) {
    const at = prng.below(bytes.length);
    const many = 1 + prng.below(16);
    switch (prng.below(5)) {
      case 0:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << prng.below(8));
        break;
      case 1:
        bytes[at] = prng.below(256);
        break;
      case 2:
        bytes = bytes.slice(0, at);
        break;
      case 3:
        bytes = joined(bytes.slice(0, at), bytes.slice(at + many));
        break;
      default:
        bytes = joined(bytes.slice(0, at), randomBytes(many, prng), bytes.slice(at));
    }
  }
  return bytes;
}

function spliced(one: Uint8Array, other: Uint8Array, prng: Prng): Uint8Array {
  return joined(one.slice(0, prng.below(one.length + 1)), other.slice(prng.below(other.length + 1)));
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts));
}

/** One value or key of one line's JSON is another; lines that are no JSON are damaged as bytes. */
function damagedJson(seed: Uint8Array, prng: Prng): Uint8Array {
  const lines = Buffer.from(seed).toString().split('\n');
  const at = prng.below(lines.length);
  const line = lines[at] ?? '';
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return damagedBytes(seed, prng);
  }
  lines[at] = prng.below(50) === 0 ? '['.repeat(DEEP) + ']'.repeat(DEEP) : hostileText(json, prng);
  return Buffer.from(lines.join('\n'));
}

function hostileText(json: unknown, prng: Prng): string {
  const places: { readonly holder: Record<string, unknown>; readonly key: string }[] = [];
  const root = { json };
  const visit = (holder: Record<string, unknown>): void => {
    for (const key of Object.keys(holder)) {
      places.push({ holder, key });
      const value = holder[key];
      if (typeof value === 'object' && value !== null) visit(value as Record<string, unknown>);
    }
  };
  visit(root);
  const { holder, key } = prng.pick(places);
  switch (prng.below(4)) {
    case 0:
      Reflect.deleteProperty(holder, key);
      break;
    case 1:
      Object.defineProperty(holder, prng.pick(HOSTILE_KEYS), {
        value: holder[key],
        enumerable: true,
        configurable: true,
      });
      break;
    case 2:
      holder[key] = prng.pick(places).holder;
      break;
    default:
      holder[key] = prng.pick(HOSTILE);
  }
  try {
    return JSON.stringify(root.json);
  } catch {
    // The value had become a part of itself.
    return '{}';
  }
}
