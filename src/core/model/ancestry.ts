import type { Head } from './head.ts';
import type { CommitId } from './ids.ts';
import { MAX_LOG } from './head.ts';

/** The commit that a device last saw, before it applied anything of it. */
export interface Observed {
  readonly lineage: string;
  readonly generation: number;
  readonly commit: CommitId;
}

/**
 * `descends`: what was observed is an ancestor, or the head itself. `unrelated`: the cloud went
 * backwards or another way. `other-lineage`: nothing that was promoted from the observed one.
 * `lookAt`: fetch that root and ask again with it; a root that is missing means `unrelated`.
 */
export type AncestryStep = 'descends' | 'unrelated' | 'other-lineage' | { readonly lookAt: CommitId };

type Link = Pick<Head, 'lineage' | 'former' | 'generation' | 'commit' | 'log' | 'root'>;

/** Roots to look at before a walk is given up as `unrelated`: 20,000 commits and more. */
export const MAX_ANCESTRY_STEPS = 100;

/**
 *   head ──log──▶ … ──▶ root ──log──▶ … ──▶ root      each log reaches into the root before it
 *
 * One step of the walk back to `observed`. `at` is the head, or the root that the last step named;
 * `from` is what that step looked at, so that a loop of roots ends.
 */
export function ancestryStep(at: Link, observed: Observed, from?: Link): AncestryStep {
  if (from !== undefined && (at.commit !== from.root || at.generation >= from.generation)) return 'unrelated';
  if (logReaches(at, observed.commit)) return 'descends';
  if (at.lineage !== observed.lineage && at.former?.includes(observed.lineage) !== true)
    return 'other-lineage';
  // A log holds its last commits without gap: one as young as its oldest would be in it.
  if (observed.generation > at.generation - at.log.length) return 'unrelated';
  return at.root === undefined ? 'unrelated' : { lookAt: at.root };
}

/** Whether the head is `commit` or one of the log's commits before it. */
export function logReaches(head: Pick<Head, 'log'>, commit: CommitId): boolean {
  return head.log.includes(commit);
}

/** The log after `commit`, its oldest left out beyond 256. */
export function appendLog(log: readonly CommitId[], commit: CommitId): readonly CommitId[] {
  return [...log, commit].slice(-MAX_LOG);
}
