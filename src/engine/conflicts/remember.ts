import type { ConflictRow } from '../../core/conflict/open-conflicts.ts';
import type { Run } from '../execute/run.ts';
import { StateChanges } from '../state.ts';
import type { Resolution } from './resolution.ts';

/** Older ones can be put back from the history only. */
const MOST_RESOLUTIONS = 100;
/** More conflicts than this are files that somebody keeps. */
const MOST_CONFLICTS = 1000;
const ID_DIGITS = 16;

export function newResolution(run: Run, about: Omit<Resolution, 'id' | 'timeMs'>): Resolution {
  return { ...about, id: run.deps.random.hex(ID_DIGITS), timeMs: run.cloud.nowMs() };
}

export async function rememberResolutions(run: Run, resolutions: readonly Resolution[]): Promise<void> {
  if (resolutions.length === 0) return;
  const before = (await run.state.meta('resolutions')) ?? [];
  const kept = [...before, ...resolutions].slice(-MOST_RESOLUTIONS);
  await run.state.write(new StateChanges().meta('resolutions', kept));
}

export async function forgetResolution(run: Run, id: string): Promise<void> {
  const before = (await run.state.meta('resolutions')) ?? [];
  const kept = before.filter((one) => one.id !== id);
  await run.state.write(new StateChanges().meta('resolutions', kept));
}

/** Remembers a conflict before its copy is made; in the place of an older one of the same copy. */
export async function rememberConflict(run: Run, row: ConflictRow): Promise<void> {
  run.conflictRows = [...run.conflictRows.filter(({ copy }) => copy !== row.copy), row].slice(
    -MOST_CONFLICTS,
  );
  await run.state.write(new StateChanges().meta('conflicts', run.conflictRows));
}
