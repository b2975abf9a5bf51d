import { describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { runSeed } from './run-seed.ts';
import { SABOTEURS, type Saboteur } from './saboteurs.ts';
import type { InvariantId } from './violation.ts';
import type { CreateEngine } from './world.ts';

/** A saboteur must be caught in so many seeds; most are in the first. */
const SEEDS = 80;

function sabotaged(saboteur: Saboteur): CreateEngine {
  return (deps) => {
    const engine = createEngine(saboteur.deps?.(deps) ?? deps);
    return saboteur.engine?.(engine, deps) ?? engine;
  };
}

async function rulesSeenBroken(saboteur: Saboteur): Promise<ReadonlySet<InvariantId>> {
  const seen = new Set<InvariantId>();
  for (let seed = 1; seed <= SEEDS && !seen.has(saboteur.rule); seed += 1) {
    const result = await runSeed(seed, {
      createEngine: sabotaged(saboteur),
      ...(saboteur.adjust === undefined ? {} : { adjust: saboteur.adjust }),
    });
    for (const { invariant } of result.violations) seen.add(invariant);
  }
  return seen;
}

describe('a rule that nothing breaks is no rule: each is seen to break when', () => {
  it.each(SABOTEURS.map((saboteur) => [saboteur.title, saboteur] as const))(
    '%s',
    async (_title, saboteur) => {
      expect([...(await rulesSeenBroken(saboteur))]).toContain(saboteur.rule);
    },
    120_000,
  );
});
