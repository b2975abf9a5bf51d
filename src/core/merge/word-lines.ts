import { isDeletion } from './change-groups.ts';
import type { Changes } from './change-groups.ts';
import type { Hunk } from './diff-lines.ts';
import { isContent } from './tokens.ts';
import type { Token } from './tokens.ts';

/** Shorter lines have no sense of their own that a few changed words could overturn. */
const SENTENCE_WORDS = 4;

/** Which line each token of a base text stands on. */
export class BaseLines {
  readonly tokens: readonly Token[];
  /** Per line, counted from 0, where it begins. */
  readonly #starts: number[] = [0];
  readonly #lineByPosition: Int32Array;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
    this.#lineByPosition = new Int32Array(tokens.length + 1);
    tokens.forEach(({ kind }, position) => {
      if (kind === 'newline') this.#starts.push(position + 1);
      this.#lineByPosition[position + 1] = this.#starts.length - 1;
    });
  }

  get count(): number {
    return this.#starts.length;
  }

  lineAt(position: number): number {
    return this.#lineByPosition[position] ?? 0;
  }

  tokensOf(line: number): readonly Token[] {
    return this.tokens.slice(this.#starts[line], this.#starts[line + 1]);
  }

  /** In a table each cell stands for itself. */
  isTableRow(line: number): boolean {
    return this.tokensOf(line).find(({ kind }) => kind !== 'space')?.text === '|';
  }

  /** The lines that both changes touch, as numbers. */
  shared(earlier: Hunk, later: Hunk): number[] {
    const first = Math.max(this.lineAt(earlier.baseStart), this.lineAt(later.baseStart));
    const last = Math.min(this.lineAt(earlier.baseEnd), this.lineAt(later.baseEnd));
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  }
}

/** Lines of which a side wrote half of the words anew: an edit of their old wording has lost its place. */
export function findRewritten(lines: BaseLines, changes: Changes): Set<number> {
  const rewritten = new Set<number>();
  for (const hunks of [changes.local, changes.remote]) {
    const replaced = new Int32Array(lines.count);
    for (const hunk of hunks) {
      if (isDeletion(hunk)) continue;
      for (let at = hunk.baseStart; at < hunk.baseEnd; at++) {
        const token = lines.tokens[at];
        const line = lines.lineAt(at);
        if (token !== undefined && isContent(token)) replaced[line] = (replaced[line] ?? 0) + 1;
      }
    }
    replaced.forEach((count, line) => {
      if (count === 0) return;
      const words = lines.tokensOf(line).filter(isContent).length;
      if (words >= SENTENCE_WORDS && count * 2 >= words && !lines.isTableRow(line)) rewritten.add(line);
    });
  }
  return rewritten;
}
