import { openConflicts } from '../core/conflict/open-conflicts.ts';
import type { ContentHash } from '../core/model/ids.ts';
import type { Problem, SyncReport } from './api.ts';
import type { Run } from './execute/run.ts';
import { damageProblem } from './notices.ts';
import type { LookRequest } from './look.ts';
import type { PassPlan } from './planning.ts';
import { dayOf } from './scan/scan.ts';
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
    open: openConflicts(run.conflictRows),
    head: head === undefined ? undefined : { commit: head.commit, generation: head.generation },
  };
}

/** Nothing moved; what needed a person's eye before still does. Where nothing did, the next run may rely on it. */
export async function unchanged(run: Run, listing: ContentHash | undefined): Promise<SyncReport> {
  const { local, state, deps } = run;
  const day = dayOf(deps.clock.now());
  const head = await state.meta('head');
  // A file that was hashed just now may be hashed again the next time: it may be written in this very moment.
  const sure =
    !local.hasChanges && [...(await state.skipped()).values()].every((row) => row.damage === undefined);
  const changes = new StateChanges().meta('rehashDay', day);
  if (sure && listing !== undefined && head !== undefined)
    changes.meta('seal', { etag: head.etag, day, listing });
  const done = await finished(run, { held: [], problems: [] }, changes);
  return { ...done, problems: [...done.problems, ...((await state.meta('notices')) ?? [])] };
}

/** As `unchanged`, from what is remembered alone. */
export async function stillSealed({ deps, state }: LookRequest): Promise<SyncReport> {
  const seal = await state.meta('seal');
  const head = await state.meta('head');
  await state.write(new StateChanges().meta('lastSyncMs', deps.clock.now()).meta('seal', seal));
  return {
    outcome: 'done',
    events: [],
    problems: (await state.meta('notices')) ?? [],
    held: [],
    conflicts: [],
    open: openConflicts((await state.meta('conflicts')) ?? []),
    head: head === undefined ? undefined : { commit: head.head.commit, generation: head.head.generation },
  };
}

export async function finished(
  run: Run,
  pass: Pick<PassPlan, 'held' | 'problems'>,
  changes = new StateChanges(),
): Promise<SyncReport> {
  const known = run.view ?? (await run.state.meta('head'));
  const done = report(run, pass);
  changes.meta('lastSyncMs', run.deps.clock.now()).meta('held', pass.held).meta('problems', done.problems);
  await run.state.write(run.withLocalRows(changes));
  return known === undefined
    ? done
    : { ...done, head: { commit: known.head.commit, generation: known.head.generation } };
}
