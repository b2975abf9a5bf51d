import type { Problem, SyncReport } from './api.ts';
import type { Run } from './execute/run.ts';
import { damageProblem } from './notices.ts';
import type { PassPlan } from './planning.ts';
import { StateChanges } from './state.ts';

/** By the last plan, and by what this run came upon. */
export function noticesOf(run: Run, pass: Pick<PassPlan, 'problems'>): readonly Problem[] {
  const planned = new Set(pass.problems.map((problem) => problem.path));
  const found = [...run.damage].flatMap(([path, { damage }]) =>
    damage === undefined || planned.has(path) ? [] : [damageProblem(path, damage)],
  );
  return [...found, ...pass.problems];
}

function problemsOf(run: Run, notices: readonly Problem[]): Problem[] {
  const told = new Set([...run.local.problems, ...run.blockedProblems].map((problem) => problem.path));
  return [
    ...run.local.problems,
    ...run.blockedProblems,
    ...notices.filter((problem) => !told.has(problem.path)),
  ];
}

export function report(run: Run, pass: Pick<PassPlan, 'held' | 'problems'>): SyncReport {
  const head = run.view?.head;
  return {
    outcome: pass.held.length > 0 ? 'held' : 'done',
    events: run.events,
    problems: problemsOf(run, noticesOf(run, pass)),
    held: pass.held,
    conflicts: run.conflicts,
    head: head === undefined ? undefined : { commit: head.commit, generation: head.generation },
  };
}

/** Nothing moved; what needed a person's eye before still does. */
export async function unchanged(run: Run): Promise<SyncReport> {
  const done = await finished(run, { held: [], problems: [] });
  return { ...done, problems: [...done.problems, ...((await run.state.meta('notices')) ?? [])] };
}

export async function finished(run: Run, pass: Pick<PassPlan, 'held' | 'problems'>): Promise<SyncReport> {
  const known = run.view ?? (await run.state.meta('head'));
  const done = report(run, pass);
  const changes = run.withLocalRows(new StateChanges());
  changes.meta('lastSyncMs', run.deps.clock.now()).meta('held', pass.held).meta('problems', done.problems);
  await run.state.write(changes);
  return known === undefined
    ? done
    : { ...done, head: { commit: known.head.commit, generation: known.head.generation } };
}
