/** Times the merge of notes on typical and on hostile shapes. Run: npx tsx bench/merge.mts */
import { performance } from 'node:perf_hooks';
import { merge } from '../src/core/merge/merge.ts';

interface Shape {
  readonly base: string;
  readonly local: string;
  readonly remote: string;
}

/** Mulberry32: the same figures' inputs on every run. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const join = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
const lines = (sizeBytes: number, make: (index: number) => string): string[] => {
  const made: string[] = [];
  for (let size = 0; size < sizeBytes; size += (made.at(-1)?.length ?? 0) + 1) made.push(make(made.length));
  return made;
};
const without = (all: readonly string[], index: number): string[] => all.filter((_, at) => at !== index);

/** Paragraphs parted by blank lines; the sides edit every 40th paragraph, at different places. */
function typical(sizeBytes: number): Shape {
  const random = generator(1);
  const word = (): string => Math.floor(random() * 2000).toString(36);
  const base = lines(sizeBytes, (i) => (i % 2 === 1 ? '' : Array.from({ length: 30 }, word).join(' ')));
  const edit = (offset: number): string =>
    join(base.map((line, i) => (i % 80 === offset && line !== '' ? `${line} ${String(offset)}` : line)));
  return { base: join(base), local: edit(10), remote: edit(50) };
}

const SHAPES: Record<string, (sizeBytes: number) => Shape> = {
  typical,
  'all lines equal': (size) => {
    const base = lines(size, () => 'x');
    return { base: join(base), local: join(base.slice(9)), remote: join(['y', ...base, 'z']) };
  },
  'blank lines only': (size) => ({
    base: '\n'.repeat(size),
    local: '\n'.repeat(size - 5),
    remote: `a\n${'\n'.repeat(size)}b`,
  }),
  'all lines different': (size) => ({
    base: join(lines(size, (i) => `b${i.toString(36)}`)),
    local: join(lines(size, (i) => `l${i.toString(36)}`)),
    remote: join(lines(size, (i) => `r${i.toString(36)}`)),
  }),
  reversed: (size) => {
    const base = lines(size, (i) => i.toString(36));
    return { base: join(base), local: join([...base].reverse()), remote: join([...base, 'end']) };
  },
  'reversed, both': (size) => {
    const base = lines(size, (i) => i.toString(36));
    const back = [...base].reverse();
    return { base: join(base), local: join(back), remote: join(['top', ...back]) };
  },
  'alternating repeated': (size) => {
    const base = lines(size, (i) => (i % 2 === 0 ? 'a' : 'b'));
    const other = lines(size, (i) => (i % 3 === 0 ? 'a' : 'b'));
    return { base: join(base), local: join(other), remote: join(['b', ...base, 'b', 'b']) };
  },
  'few lines, shuffled': (size) => {
    const random = generator(2);
    const make = (): string => 'abcdefgh'.charAt(Math.floor(random() * 8));
    return { base: join(lines(size, make)), local: join(lines(size, make)), remote: join(lines(size, make)) };
  },
  'unique lines, shuffled': (size) => {
    const random = generator(3);
    const base = lines(size, (i) => i.toString(36));
    const shuffled = (): string =>
      join(
        base
          .map((line) => ({ line, rank: random() }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ line }) => line),
      );
    return { base: join(base), local: shuffled(), remote: shuffled() };
  },
  'pairs repeated': (size) => {
    const base = lines(size, (i) => Math.floor(i / 2).toString(36));
    return {
      base: join(base),
      local: join(lines(size, (i) => ((i * 7919) % base.length).toString(36))),
      remote: join(without(base, 7)),
    };
  },
};

for (const [name, sizeBytes] of [
  ['10 KB', 10_000],
  ['100 KB', 100_000],
  ['1 MB', 1_000_000],
] as const) {
  for (const [shape, make] of Object.entries(SHAPES)) {
    const { base, local, remote } = make(sizeBytes);
    const startMs = performance.now();
    const first = merge(base, local, remote).kind;
    const firstMs = performance.now() - startMs;
    const times = Array.from({ length: 5 }, () => {
      const fromMs = performance.now();
      merge(base, local, remote);
      return performance.now() - fromMs;
    }).sort((a, b) => a - b);
    const medianMs = times[2] ?? 0;
    const row = [name, shape, first, `first ${firstMs.toFixed(1)} ms`, `median ${medianMs.toFixed(1)} ms`];
    console.log(row.map((cell) => cell.padEnd(24)).join(''));
  }
}
