import type { Versions } from './obstacle.ts';

/** Numbers for lines: two lines have the same number when, and only when, they are the same text. */
export interface LineIds extends Versions<Int32Array> {
  /** Numbers are below this. */
  readonly idCount: number;
  /** The line of each number. */
  readonly texts: readonly string[];
}

export function numberLines(lines: Versions<readonly string[]>): LineIds {
  const idByLine = new Map<string, number>();
  const numbered = (side: readonly string[]): Int32Array =>
    Int32Array.from(side, (line) => {
      const known = idByLine.get(line);
      if (known !== undefined) return known;
      idByLine.set(line, idByLine.size);
      return idByLine.size - 1;
    });
  const base = numbered(lines.base);
  const local = numbered(lines.local);
  const remote = numbered(lines.remote);
  return { base, local, remote, idCount: idByLine.size, texts: [...idByLine.keys()] };
}
