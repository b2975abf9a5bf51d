import type { VaultPath } from '../../src/core/model/vault-path.ts';
import { toBytes } from './bytes.ts';
import type { Ledger } from './ledger.ts';
import type { FileMap } from './ports/host.ts';
import type { Prng } from './prng.ts';
import { COMMON, type Deed } from './user-deeds.ts';

const WORDS = ['apple', 'river', 'stone', 'cloud', 'music', 'green', 'paper', 'winter'] as const;

/** What a person writes, each line with a mark of its own, and how he names his files. */
export class Author {
  readonly #ledger: Ledger;
  readonly #short: string;
  readonly #rng: Prng;
  #fresh = 0;

  constructor(ledger: Ledger, short: string, rng: Prng) {
    this.#ledger = ledger;
    this.#short = short;
    this.#rng = rng;
  }

  token(): string {
    return this.#ledger.nextToken(this.#short);
  }

  words(): string {
    return Array.from({ length: 1 + this.#rng.below(4) }, () => this.#rng.pick(WORDS)).join(' ');
  }

  line(): string {
    const rng = this.#rng;
    const mark = rng.pick(['', '', '- ', '- [ ] ', '## ', '> ']);
    const words = Array.from({ length: 1 + rng.below(4) }, () => rng.pick(WORDS));
    return `${mark}${words.join(' ')} ${this.token()}`;
  }

  text(lines: number): string {
    return Array.from({ length: lines }, () => `${this.line()}\n`).join('');
  }

  picture(): Uint8Array {
    return toBytes(`\u0000PNG${this.token()}\u0000`);
  }

  edited(deed: Deed, text: string): string {
    const lines = text === '' ? [] : text.replace(/\n$/u, '').split('\n');
    const at = this.#rng.below(lines.length + 1);
    if (deed === 'append') lines.push(this.line());
    else if (deed === 'insert') lines.splice(at, 0, this.line());
    else if (deed === 'replace-line') lines.splice(Math.max(0, at - 1), 1, this.line());
    else lines.splice(Math.max(0, at - 1), 1);
    return lines.map((line) => `${line}\n`).join('');
  }

  newName(ending = '.md'): string {
    this.#fresh += 1;
    const folder = this.#rng.pick(['', '', 'work/', 'daily/', 'dir1/', 'dir2/deep/']);
    return `${folder}${this.#short}${String(this.#fresh)}${ending}`;
  }

  freeName(files: FileMap): string {
    const common = this.#rng.pick(COMMON);
    return this.#rng.chance(0.4) && !files.has(common as VaultPath) ? common : this.newName();
  }
}

/** Contents in lines, which a person edits line by line. */
export function isNote(path: VaultPath): boolean {
  return !path.endsWith('.png') && !path.endsWith('.canvas');
}
