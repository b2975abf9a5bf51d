/** Documents in which every word is unique, so that the right merge is known by sets alone. */

export type Random = () => number;

/** Mulberry32: one seed, one sequence, in [0, 1). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

type Line = readonly string[];

export interface Case {
  readonly base: string;
  readonly local: string;
  readonly remote: string;
}

export function uniqueWordCase(random: Random): Case {
  let made = 0;
  const below = (limit: number): number => Math.floor(random() * limit);
  const words = (owner: string, count: number): string[] =>
    Array.from({ length: count }, () => `${owner}${(made++).toString(36)}`);
  const base: Line[] = Array.from({ length: 3 + below(25) }, () =>
    random() < 0.15 ? [] : words('b', 1 + below(12)),
  );
  const edited = (owner: string): Line[] => {
    const lines = [...base];
    for (let edits = 1 + below(4); edits > 0; edits--) editOnce(lines, owner, { random, below, words });
    return lines;
  };
  return { base: render(base), local: render(edited('l')), remote: render(edited('r')) };
}

interface Source {
  readonly random: Random;
  readonly below: (limit: number) => number;
  readonly words: (owner: string, count: number) => string[];
}

function editOnce(lines: Line[], owner: string, { random, below, words }: Source): void {
  const at = below(lines.length + 1);
  const line = lines[at];
  const choice = random();
  if (line === undefined || choice < 0.25) lines.splice(at, 0, words(owner, 1 + below(6)));
  else if (choice < 0.45) lines.splice(at, 1 + below(2));
  else if (choice < 0.6) lines.splice(at, 1, [...line, ...words(owner, 1)]);
  else if (choice < 0.75) lines.splice(at, 1, [...words(owner, 2), ...line.slice(1)]);
  else if (choice < 0.9) lines.splice(at, 1, line.slice(0, line.length >> 1), line.slice(line.length >> 1));
  else lines.push([], words(owner, 3));
}

function render(lines: readonly Line[]): string {
  return lines.map((line) => `${line.join(' ')}\n`).join('');
}

export function wordsOf(text: string): string[] {
  return text.split(/\s+/u).filter((word) => word !== '');
}
