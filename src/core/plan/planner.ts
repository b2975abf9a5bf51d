import { Arrivals, isArrivalHere, isArrivalInCloud } from './arrivals.ts';
import { openPaths } from './cell.ts';
import { Draft } from './draft.ts';
import { planRespelledFolders } from './folders.ts';
import type { Plan, PlanInput } from './plan.ts';
import { planRenames } from './renames.ts';
import { planRow } from './rows.ts';
import { Survey } from './survey.ts';

/*
 *   open paths ──▶ renames ──▶ rows, path by path ──▶ arrivals: is the way free? ──▶ actions, notices
 */

/**
 * What is to be done so that vault and cloud agree. Pure and total: the same sides give the same
 * plan, and every state of three sides gives one. Nothing is planned twice: once the actions are
 * done, a plan of what is then has the next ones, or none.
 */
export function plan(input: PlanInput): Plan {
  const survey = new Survey(input);
  const draft = new Draft(survey.fold);
  const cells = (input.open ?? openPaths(input))
    .filter((path) => survey.inScope(path) && !survey.isUnknown(path))
    .sort()
    .map((path) => survey.cell(path));
  planRenames(cells, survey, draft);
  const settled = planRespelledFolders(cells, survey, draft);
  const rest = cells.filter(
    ({ path }) => !draft.isMoving(path) && draft.stepAt(path) === undefined && !settled.has(path),
  );
  for (const cell of rest) {
    const step = planRow(cell, survey);
    if (step !== undefined) draft.set(step);
  }
  const arrivals = new Arrivals(survey, draft);
  for (const cell of rest) {
    const step = draft.stepAt(cell.path);
    if (isArrivalInCloud(step, cell)) arrivals.intoCloud(cell, step);
    // Row 14: what was deleted may live on in another spelling.
    else if (cell.live === undefined && (step?.kind === 'skip' || step?.kind === 'notice')) {
      arrivals.takeCommittedSpelling(cell);
    }
  }
  for (const { path } of rest) {
    const step = draft.stepAt(path);
    if (isArrivalHere(step)) arrivals.ontoDevice(path, step);
  }
  return draft.toPlan();
}
