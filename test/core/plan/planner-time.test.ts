import { describe, expect, it } from 'vitest';
import type { FileEntry } from '../../../src/core/model/entry.ts';
import type { ContentHash } from '../../../src/core/model/ids.ts';
import type { VaultPath } from '../../../src/core/model/vault-path.ts';
import type { LocalFile, PlanInput } from '../../../src/core/plan/plan.ts';
import { plan } from '../../../src/core/plan/planner.ts';
import { live, path, POLICY } from './model.ts';

const FILES = 100_000;
const LIMIT_MS = 2_000;

const contents = (number: number): ContentHash => number.toString(16).padStart(64, '0') as ContentHash;

/** A vault in step with its cloud but for every `every`-th note, which in turn is new, edited, deleted or renamed. */
function vault(every: number): PlanInput {
  const files = new Map<VaultPath, LocalFile>();
  const base = new Map<VaultPath, { readonly hash: ContentHash }>();
  const remote = new Map<VaultPath, FileEntry>();
  for (let index = 0; index < FILES; index += 1) {
    const name = path(`Folder ${index % 997}/Sub ${index % 31}/Note number ${index}.md`);
    const change = index % every === 0 ? (index / every) % 5 : undefined;
    const hash = contents(change === 1 ? FILES + index : index);
    if (change !== 2)
      files.set(change === 3 ? path(`${name} renamed`) : name, { hash, sizeBytes: 1, mtimeMs: 0 });
    if (change === 4) continue;
    base.set(name, { hash: contents(index) });
    remote.set(name, { ...live(name, '-'), hash: contents(index) });
  }
  return {
    local: { files, unknown: new Map() },
    base,
    remote,
    skipped: new Map(),
    fresh: false,
    policy: POLICY,
  };
}

/** By the processor's time: what else the machine does must not decide. */
function timed(input: PlanInput): { readonly ms: number; readonly actions: number } {
  const start = process.cpuUsage();
  const { actions } = plan(input);
  const { user, system } = process.cpuUsage(start);
  return { ms: (user + system) / 1_000, actions: actions.length };
}

describe('a vault of 100,000 notes', () => {
  it('[PL24] [I24] is planned in less than two seconds when nothing changed', () => {
    const { ms, actions } = timed(vault(FILES + 1));
    expect(actions).toBe(0);
    expect(ms).toBeLessThan(LIMIT_MS);
  });

  it('[PL24] and when one note in a hundred changed', () => {
    const { ms, actions } = timed(vault(100));
    expect(actions).toBe(800);
    expect(ms).toBeLessThan(LIMIT_MS);
  });
});
