import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MUTANTS } from './mutants.mts';

const SOURCE = resolve(import.meta.dirname, '../../../src');

describe('faults to be sown', () => {
  it('have other names each, and are enough', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
    expect(MUTANTS.length).toBeGreaterThanOrEqual(30);
  });

  it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    'follow the engine: %s',
    async (_name, { file, find, replace }) => {
      const text = await readFile(resolve(SOURCE, file), 'utf8');
      expect(text.split(find)).toHaveLength(2);
      expect(replace).not.toBe(find);
    },
  );
});
