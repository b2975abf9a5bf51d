import type { VaultPath } from '../core/model/vault-path.ts';

/** More are not kept: who asks after so many looks at everything. */
const KEPT = 50_000;

/** The paths of which something was changed, in order. Whoever looks at them keeps a mark of where it was. */
export class Touched {
  #paths: VaultPath[] = [];
  /** How many came before those that are kept. */
  #gone = 0;

  add(path: VaultPath): void {
    if (this.#paths.length === KEPT) this.all();
    this.#paths.push(path);
  }

  /** Any path may have changed. */
  all(): void {
    this.#gone = this.mark + 1;
    this.#paths = [];
  }

  get mark(): number {
    return this.#gone + this.#paths.length;
  }

  /** `undefined`: it may be any. */
  since(mark: number): readonly VaultPath[] | undefined {
    return mark < this.#gone ? undefined : this.#paths.slice(mark - this.#gone);
  }
}
