import { expect } from 'vitest';
import { merge } from '../../../src/core/merge/merge.ts';
import type { Obstacle } from '../../../src/core/merge/obstacle.ts';

/** One sentence of a table: what three texts give, whichever side is which. */
export interface Row {
  readonly rule: string;
  readonly base: string | undefined;
  readonly local: string;
  readonly remote: string;
  readonly gives: string | { readonly conflict: Obstacle };
}

/** One line a letter. */
export const L = (letters: string): string => letters.replace(/./gu, '$&\n');

export function expectRow({ base, local, remote, gives }: Row): void {
  const results = [merge(base, local, remote), merge(base, remote, local)];
  const seen = results.map((result) =>
    result.kind === 'clean' ? result.text : { conflict: result.obstacle },
  );
  expect(seen).toEqual([gives, gives]);
}
