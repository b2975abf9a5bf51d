/** A stream of chance that is the same for the same seed. */
export interface Chance {
  /** 0 ≤ x < 1. */
  next(): number;
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
  /** Early items far more often than late ones, as words in prose (Zipf's law, roughly). */
  pickEarly<T>(items: readonly T[]): T;
  /** Normally distributed around 0, deviation 1 (Box and Muller). */
  normal(): number;
}

/** The generator is xoshiro128** (Blackman and Vigna), filled from the seed by a Weyl sequence. */
export function chance(seed: number): Chance {
  const state = Uint32Array.from({ length: 4 }, (_, i) => scrambled(seed + Math.imul(i + 1, 0x9e3779b9)));
  const next = (): number => {
    const [a = 0, b = 0, c = 0, d = 0] = state;
    const result = Math.imul(rotated(Math.imul(b, 5), 7), 9) >>> 0;
    state.set([a ^ d ^ b, b ^ c ^ a, c ^ a ^ (b << 9), rotated(d ^ b, 11)]);
    return result / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const at = <T,>(items: readonly T[], index: number): T => {
    const item = items[Math.min(index, items.length - 1)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  };
  return {
    next,
    below,
    pick: (items) => at(items, below(items.length)),
    pickEarly: (items) => at(items, Math.floor(items.length ** next()) - 1),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function scrambled(word: number): number {
  const once = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return (twice ^ (twice >>> 16)) >>> 0;
}
