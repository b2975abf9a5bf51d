/** A seed that once failed, and what was wrong then. It is run for ever. */
export interface KnownSeed {
  readonly seed: number;
  /** Rules of docs/spec/sync.md that it broke. */
  readonly rule: string;
  readonly was: string;
}

export const KNOWN_SEEDS: readonly KnownSeed[] = [];
