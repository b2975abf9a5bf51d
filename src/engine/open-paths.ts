import type { VaultPath } from '../core/model/vault-path.ts';
import { openPaths, type Sides } from '../core/plan/cell.ts';
import type { Touched } from './touched.ts';

/**
 * The paths on which the sides do not agree, from plan to plan of one run: those that were open and
 * those touched since. To look at every path again takes longer than all else that a plan of a few edits does.
 */
export class OpenPaths {
  readonly #sources: readonly Touched[];
  #last: { readonly open: readonly VaultPath[]; readonly marks: readonly number[] } | undefined;

  /** Whatever changes a side of the run must tell one of the sources. */
  constructor(sources: readonly Touched[]) {
    this.#sources = sources;
  }

  find(sides: Sides): readonly VaultPath[] {
    const open = openPaths(sides, this.#candidates());
    this.#last = { open, marks: this.#sources.map(({ mark }) => mark) };
    return open;
  }

  #candidates(): ReadonlySet<VaultPath> | undefined {
    if (this.#last === undefined) return undefined;
    const candidates = new Set(this.#last.open);
    for (const [index, source] of this.#sources.entries()) {
      const touched = source.since(this.#last.marks[index] ?? 0);
      if (touched === undefined) return undefined;
      for (const path of touched) candidates.add(path);
    }
    return candidates;
  }
}
