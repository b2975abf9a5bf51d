import type { ConflictBase, ConflictRow } from '../../core/conflict/open-conflicts.ts';
import type { FileEntry } from '../../core/model/entry.ts';
import type { VaultPath } from '../../core/model/vault-path.ts';
import type { Action } from '../../core/plan/plan.ts';
import type { Run } from '../execute/run.ts';
import { newResolution, rememberResolutions } from './remember.ts';
import type { Resolution } from './resolution.ts';

/** Both sides of a file have contents of their own. */
type Meeting = Extract<Action, { kind: 'resolve' }>;

export function conflictRow(run: Run, action: Meeting, copy: VaultPath): ConflictRow {
  const base = baseOf(run, action);
  const noteDevice = deviceOf(run, action.remote);
  return {
    path: action.path,
    copy,
    ...(base === undefined ? {} : { base }),
    ...(noteDevice === undefined ? {} : { noteDevice }),
    copyDevice: run.deps.device.name,
    timeMs: run.cloud.nowMs(),
    ...(run.deps.settings.conflicts === 'keep-both' ? { isKept: true } : {}),
  };
}

/** What opens a conflict that nobody is asked about; `undefined` where somebody is. */
export async function keptByStrategy(
  run: Run,
  action: Meeting,
  copy: VaultPath,
): Promise<string | undefined> {
  if (run.deps.settings.conflicts !== 'keep-both') return undefined;
  const resolution = settled(run, action, { how: 'kept-both', result: action.remote.hash, copy });
  await rememberResolutions(run, [resolution]);
  return resolution.id;
}

/** What was there before, as an undo brings it back: the note as the cloud had it, and what was here as its copy. */
export function settled(
  run: Run,
  action: Meeting,
  end: Pick<Resolution, 'how' | 'result' | 'copy'>,
): Resolution {
  const { path, local, remote } = action;
  const base = baseOf(run, action);
  const noteDevice = deviceOf(run, remote);
  return newResolution(run, {
    ...end,
    path,
    note: remote.hash,
    other: local,
    otherDevice: run.deps.device.name,
    ...(base === undefined ? {} : { base }),
    ...(noteDevice === undefined ? {} : { noteDevice }),
  });
}

function baseOf(run: Run, { path, base }: Meeting): ConflictBase | undefined {
  if (base === undefined) return undefined;
  const at = run.base.get(path)?.at;
  return at === undefined ? { digits: base } : { digits: base, at };
}

/** By what name the device committed, where the head still tells. */
export function deviceOf(run: Run, entry: FileEntry): string | undefined {
  if (entry.device === run.deps.device.id) return run.deps.device.name;
  const records = run.view?.head.delta ?? [];
  const made = records.find(({ generation }) => generation === entry.generation);
  return (made ?? records.filter(({ device }) => device === entry.device).at(-1))?.deviceName;
}
