/** Every line that a person writes holds one of these, once in a world. */
const TOKEN = /q[a-z]+x\d+z/gu;

export interface Line {
  readonly token: string;
  readonly bornAt: string;
  readonly bornPath: string;
}

/** Every line that was ever written, and those that a person who saw them took away. */
export class Ledger {
  readonly #due = new Map<string, Line>();
  readonly #edited = new Set<string>();
  #count = 0;

  /** A mark that no other line has. */
  write(device: string, path: string): string {
    this.#count += 1;
    const token = `q${device}x${String(this.#count)}z`;
    this.#due.set(token, { token, bornAt: device, bornPath: path });
    return token;
  }

  /** A person edited over these lines or deleted the file with them. */
  takeAway(tokens: Iterable<string>): void {
    for (const token of tokens) {
      if (this.#due.delete(token)) this.#edited.add(token);
    }
  }

  get written(): number {
    return this.#count;
  }

  /** What nobody took away. */
  due(): readonly Line[] {
    return [...this.#due.values()];
  }
}

export function tokensIn(text: string): readonly string[] {
  return text.match(TOKEN) ?? [];
}
