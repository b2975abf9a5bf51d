import type { Notice } from '../core/plan/plan.ts';
import type { HeldItem, Problem, SyncReport } from './api.ts';
import type { Run } from './execute/run.ts';
import { StateChanges } from './state.ts';

export function noticeProblems(notices: readonly Notice[]): Problem[] {
  return notices.map(({ path, reason }) => ({
    path,
    kind: 'name-refused-here',
    message: `${path}: ${reason}`,
  }));
}

function problemsOf(run: Run, notices: readonly Notice[]): Problem[] {
  const planned = noticeProblems(notices);
  const told = new Set([...run.local.problems, ...run.blockedProblems].map((problem) => problem.path));
  return [
    ...run.local.problems,
    ...run.blockedProblems,
    ...planned.filter((problem) => !told.has(problem.path)),
  ];
}

export function report(
  run: Run,
  pass: { readonly held: readonly HeldItem[]; readonly notices: readonly Notice[] },
): SyncReport {
  const head = run.view?.head;
  return {
    outcome: pass.held.length > 0 ? 'held' : 'done',
    events: run.events,
    problems: problemsOf(run, pass.notices),
    held: pass.held,
    conflicts: run.conflicts,
    head: head === undefined ? undefined : { commit: head.commit, generation: head.generation },
  };
}

/** Nothing moved; what needed a person's eye before still does. */
export async function unchanged(run: Run): Promise<SyncReport> {
  const done = await finished(run, [], []);
  return { ...done, problems: [...done.problems, ...((await run.state.meta('notices')) ?? [])] };
}

export async function finished(
  run: Run,
  held: readonly HeldItem[],
  notices: readonly Notice[],
): Promise<SyncReport> {
  const known = run.view ?? (await run.state.meta('head'));
  const done = report(run, { held, notices });
  const changes = run.withLocalRows(new StateChanges());
  changes.meta('lastSyncMs', run.deps.clock.now()).meta('held', held).meta('problems', done.problems);
  await run.state.write(changes);
  return known === undefined
    ? done
    : { ...done, head: { commit: known.head.commit, generation: known.head.generation } };
}
