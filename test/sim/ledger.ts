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

/** One file before and after a deed; absent where it was not, or is no more. */
export interface FileChange {
  readonly before?: Uint8Array;
  readonly after?: Uint8Array;
}

export function fileChange(before: Uint8Array | undefined, after: Uint8Array | undefined): FileChange {
  return { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}

interface Life {
  readonly bornAt: string;
  readonly bornPath: string;
  /** Who took it away from one file while another of the same vault still had it, once for each time. */
  readonly removals: string[];
  /** Whose deed it was that some path had it no more, also where it only moved. */
  readonly leftBy: Set<string>;
  /** An engine made a conflict copy of it: either place may be the one that its user empties. */
  copied: boolean;
  /** A user who had it in only one place took it away, or users took away the places that they had one by one. */
  excused: boolean;
}

/** Whose line is where, and who took it away knowingly: what "no loss" is judged by. */
export class Ledger {
  readonly #lives = new Map<string, Life>();
  /** Of decisions of which nobody knows whether they came through. */
  readonly #doubtful = new Set<string>();
  #count = 0;

  /** A mark that no other line has. `writer` is a device's short name, or `e` for another program. */
  nextToken(writer: string): string {
    this.#count += 1;
    return `q${writer}x${String(this.#count)}z`;
  }

  /** A person at `writer` changed files; `elsewhere` tells whether a file not touched has the mark. */
  userChanged(change: {
    readonly writer: string;
    readonly path: string;
    readonly files: readonly FileChange[];
    readonly elsewhere: (token: string) => boolean;
  }): void {
    const { writer, path, files, elsewhere } = change;
    const now = new Set(files.flatMap(({ after }) => marks(after)));
    for (const token of now) {
      if (this.#lives.has(token)) continue;
      const life = { bornAt: writer, bornPath: path, removals: [], leftBy: new Set<string>() };
      this.#lives.set(token, { ...life, copied: false, excused: false });
    }
    for (const { before, after } of files) {
      const kept = new Set(marks(after));
      for (const token of marks(before)) if (!kept.has(token)) this.#left(token, writer);
    }
    const all = new Set(files.flatMap(({ before }) => marks(before)));
    for (const token of all) if (!now.has(token)) this.#removed(token, writer, elsewhere(token));
  }

  #left(token: string, writer: string): void {
    const life = this.#lives.get(token);
    life?.leftBy.add(writer);
    if (life !== undefined) judge(life);
  }

  #removed(token: string, writer: string, elsewhere: boolean): void {
    const life = this.#lives.get(token);
    if (life === undefined) return;
    life.removals.push(writer);
    if (!elsewhere || life.copied || life.removals.length > 1) life.excused = true;
    judge(life);
  }

  /** A conflict copy stands for the note as it was: who takes a line out of one of the two takes it away. */
  copied(bytes: Uint8Array): void {
    for (const token of tokensOf(bytes)) {
      const life = this.#lives.get(token);
      if (life !== undefined) life.copied = true;
    }
  }

  /** The paths under which its lines were first written. */
  bornUnder(bytes: Uint8Array): readonly string[] {
    return [...tokensOf(bytes)].flatMap((token) => this.#lives.get(token)?.bornPath ?? []);
  }

  /** The line is part of a decision that is being made: it need not be anywhere until that came through. */
  mayComeTrue(token: string): void {
    this.#doubtful.add(token);
  }

  cameTrue(token: string): void {
    this.#doubtful.delete(token);
  }

  isExcused(token: string): boolean {
    return this.#lives.get(token)?.excused !== false;
  }

  /** All marks that must be found at the end, with where they were written. */
  due(): { readonly token: string; readonly bornAt: string; readonly bornPath: string }[] {
    return [...this.#lives]
      .filter(([token, life]) => !life.excused && !this.#doubtful.has(token))
      .map(([token, { bornAt, bornPath }]) => ({ token, bornAt, bornPath }));
  }
}

function marks(bytes: Uint8Array | undefined): readonly string[] {
  return bytes === undefined ? [] : [...tokensOf(bytes)];
}

/** One user took the line away in one place; another moved or removed it in the place that was left. */
function judge(life: Life): void {
  if (life.removals.some((remover) => [...life.leftBy].some((leaver) => leaver !== remover)))
    life.excused = true;
}
