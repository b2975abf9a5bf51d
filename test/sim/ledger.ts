import { toText } from './bytes.ts';

/** Every line that a user writes holds one of these, once in the whole run. */
const TOKEN = /q[0-9a-z]+x[0-9]+z/gu;

const tokensByBytes = new WeakMap<Uint8Array, ReadonlySet<string>>();

/** The marks of the lines (or of the one picture) in some contents. */
export function tokensOf(bytes: Uint8Array): ReadonlySet<string> {
  let tokens = tokensByBytes.get(bytes);
  if (tokens === undefined) {
    tokens = new Set(toText(bytes).match(TOKEN) ?? []);
    tokensByBytes.set(bytes, tokens);
  }
  return tokens;
}

interface Life {
  readonly bornAt: string;
  readonly bornPath: string;
  /** Who removed it where, while another file of the same vault still had it. */
  readonly removals: string[];
  /** An engine made a conflict copy of it: either place may be the one that its user empties. */
  copied: boolean;
  /** A user who had it in only one place took it away, or users took away two copies. */
  excused: boolean;
}

/** Whose line is where, and who took it away knowingly: what "no loss" is judged by. */
export class Ledger {
  readonly #lives = new Map<string, Life>();
  #count = 0;

  /** A mark that no other line has. `writer` is a device's short name, or `e` for another program. */
  nextToken(writer: string): string {
    this.#count += 1;
    return `q${writer}x${String(this.#count)}z`;
  }

  /**
   * A person at `writer` changed files: `before` and `after` are the contents of the files touched,
   * `elsewhere` tells whether another file of the same vault has the mark.
   */
  userChanged(change: {
    readonly writer: string;
    readonly path: string;
    readonly before: readonly Uint8Array[];
    readonly after: readonly Uint8Array[];
    readonly elsewhere: (token: string) => boolean;
  }): void {
    const now = new Set(change.after.flatMap((bytes) => [...tokensOf(bytes)]));
    for (const token of now) {
      if (!this.#lives.has(token)) {
        this.#lives.set(token, {
          bornAt: change.writer,
          bornPath: change.path,
          removals: [],
          copied: false,
          excused: false,
        });
      }
    }
    for (const bytes of change.before) {
      for (const token of tokensOf(bytes))
        if (!now.has(token)) this.#removed(token, change.writer, change.elsewhere(token));
    }
  }

  #removed(token: string, writer: string, elsewhere: boolean): void {
    const life = this.#lives.get(token);
    if (life === undefined) return;
    life.removals.push(writer);
    if (!elsewhere || life.copied || life.removals.length > 1) life.excused = true;
  }

  /** A conflict copy stands for the note as it was: who takes a line out of one of the two takes it away. */
  copied(bytes: Uint8Array): void {
    for (const token of tokensOf(bytes)) {
      const life = this.#lives.get(token);
      if (life !== undefined) life.copied = true;
    }
  }

  isExcused(token: string): boolean {
    return this.#lives.get(token)?.excused !== false;
  }

  /** All marks that must be found at the end, with where they were written. */
  due(): { readonly token: string; readonly bornAt: string; readonly bornPath: string }[] {
    return [...this.#lives]
      .filter(([, life]) => !life.excused)
      .map(([token, { bornAt, bornPath }]) => ({ token, bornAt, bornPath }));
  }
}
