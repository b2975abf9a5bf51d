import { nameProblem } from '../core/policy/names.ts';
import { createScope } from '../core/policy/scope.ts';
import { guard, type GuardResult } from '../core/policy/guard.ts';
import { shortHash } from '../core/model/ids.ts';
import { isLive } from '../core/model/tree.ts';
import { foldPath, isFolder, type VaultPath } from '../core/model/vault-path.ts';
import { plan as planTrees } from '../core/plan/planner.ts';
import { livePaths } from '../core/plan/survey.ts';
import type { Action, Notice, Plan, PlanPolicy } from '../core/plan/plan.ts';
import type { RemoteTree } from '../core/model/entry.ts';
import type { EngineDeps, HeldItem, Problem } from './api.ts';
import type { SkipRow } from './damage.ts';
import { noticeProblems } from './notices.ts';
import type { LocalView } from './scan/local-view.ts';
import type { BaseRow, HeldAnswer, MetaRows } from './state.ts';

/** Deletes of the last so many count together for the guard. */
const GUARD_WINDOW_MS = 10 * 60_000;

export interface PlanningState {
  readonly local: LocalView;
  readonly base: ReadonlyMap<VaultPath, BaseRow>;
  readonly remote: RemoteTree;
  /** Those in force (`damage.ts`). */
  readonly skipped: ReadonlyMap<VaultPath, SkipRow>;
  readonly fresh: boolean;
  readonly recentDeletes: MetaRows['recentDeletes'];
  readonly answer: HeldAnswer | undefined;
  /** What the last run held. */
  readonly heldBefore: readonly HeldItem[];
  /** The paths on which the sides do not agree, where they are known. */
  readonly open?: readonly VaultPath[];
}

export interface PassPlan {
  /** What may be done now. */
  readonly actions: readonly Action[];
  readonly notices: readonly Notice[];
  /** The notices, as a person is told of them. */
  readonly problems: readonly Problem[];
  readonly held: readonly HeldItem[];
}

export function planPolicy(deps: EngineDeps, timeMs: number): PlanPolicy {
  return {
    inScope: createScope(deps.settings.scope).includes,
    nameProblem: (path) => nameProblem(path, deps.settings.names),
    deviceName: deps.device.name,
    timeMs,
  };
}

/** Plans from what is known, and holds back what the guard or a person wants held. No I/O. */
export function planPass(state: PlanningState, policy: PlanPolicy, nowMs: number): PassPlan {
  const { local, base, remote, fresh, skipped } = state;
  const plan: Plan = planTrees({ local, base, remote, fresh, skipped, policy, open: state.open });
  const guarded = holdBack(state, plan, nowMs);
  return {
    actions: [...guarded.allowed, ...answered(guarded, state)],
    notices: plan.notices,
    problems: noticeProblems(plan.notices, skipped),
    held: stillHeld(guarded, state.answer),
  };
}

function holdBack(state: PlanningState, plan: Plan, nowMs: number): GuardResult {
  const recent = (times: readonly number[]): number =>
    times.filter((time) => nowMs - time < GUARD_WINDOW_MS && time <= nowMs).length;
  const approved = state.answer?.decision === 'apply' ? state.answer.items : [];
  const guarded = guard(plan.actions, {
    // Counted only where something is to be weighed.
    localFiles: () => countFiles(state.local.files.keys()),
    remoteFiles: () => countFiles(livePaths(state)),
    baseFiles: () => countFiles(state.base.keys()),
    recentDeletes: {
      'in-cloud': recent(state.recentDeletes['in-cloud']),
      here: recent(state.recentDeletes.here),
    },
    approved,
    heldBefore: state.heldBefore,
  });
  const suddenlyEmpty = state.local.foundEmpty && countFiles(state.base.keys()) > 0;
  return suddenlyEmpty ? asUnplugged(guarded, state.answer) : guarded;
}

/**
 * A vault without any file, though files were synced, looks the same as a drive that is not there: no
 * delete is believed, however few they are, and nothing is done until a person has said what it is.
 */
function asUnplugged(guarded: GuardResult, answer: HeldAnswer | undefined): GuardResult {
  const allowed: Action[] = [];
  const held = [...guarded.held];
  const agreed = new Set(answer?.decision === 'apply' ? answer.items.map(answerKey) : []);
  for (const action of guarded.allowed) {
    if (action.kind !== 'tombstone') allowed.push(action);
    else {
      const item = {
        path: action.path,
        direction: 'in-cloud',
        kind: 'delete',
        hash: action.last.hash,
      } as const;
      if (agreed.has(answerKey(item))) allowed.push(action);
      else held.push({ action, item });
    }
  }
  return { allowed: held.length > 0 && answer === undefined ? [] : allowed, held };
}

function countFiles(paths: Iterable<VaultPath>): number {
  let count = 0;
  for (const path of paths) if (!isFolder(path)) count += 1;
  return count;
}

/** What a person asked to have back turns into its opposite: the file is restored on the side that lost it. */
function answered(guarded: GuardResult, state: PlanningState): Action[] {
  if (state.answer?.decision !== 'restore') return [];
  const wanted = new Set(state.answer.items.map(answerKey));
  const restored = guarded.held
    .filter(({ item }) => wanted.has(answerKey(item)))
    .map(({ action }) => restoring(action, state))
    .filter((action) => action !== undefined);
  return restored.some(({ kind }) => kind === 'upload')
    ? withoutTwins(restored, guarded.allowed, state)
    : restored;
}

/**
 * Another spelling of a name may have been committed since the cloud lost the file. Then the file only
 * loses its base: it is new here in the next plan, which knows how to keep both.
 */
function withoutTwins(
  restored: readonly Action[],
  allowed: readonly Action[],
  state: PlanningState,
): Action[] {
  const spellings = new Map<string, VaultPath>();
  for (const path of livePaths(state)) spellings.set(foldPath(path), path);
  for (const action of allowed) {
    if (action.kind === 'upload') spellings.set(foldPath(action.path), action.path);
    if (action.kind === 'move-remote') spellings.set(foldPath(action.to), action.to);
  }
  return restored.map((action): Action => {
    if (action.kind !== 'upload') return action;
    const { path, reason } = action;
    const spelling = spellings.get(foldPath(path)) ?? path;
    spellings.set(foldPath(path), spelling);
    return spelling === path ? action : { kind: 'drop-base', path, reason };
  });
}

function stillHeld(guarded: GuardResult, answer: HeldAnswer | undefined): readonly HeldItem[] {
  const items = guarded.held.map(({ item }) => item);
  if (answer?.decision !== 'restore') return items;
  const restored = new Set(answer.items.map(answerKey));
  return items.filter((item) => !restored.has(answerKey(item)));
}

export function answerKey(item: HeldAnswer['items'][number]): string {
  return `${item.direction}:${item.hash}:${item.path}`;
}

function restoring(action: Action, state: PlanningState): Action | undefined {
  const reason = 'restored by a person: the guard had held its removal';
  switch (action.kind) {
    case 'tombstone':
      return { kind: 'download', path: action.path, entry: action.last, expected: 'absent', reason };
    case 'trash':
      return { kind: 'upload', path: action.path, hash: action.expected, prev: [], reason };
    case 'upload': {
      const entry = state.remote.get(action.path);
      if (entry === undefined || !isLive(entry)) return undefined;
      return { kind: 'download', path: action.path, entry, expected: action.hash, reason };
    }
    case 'download': {
      if (action.expected === 'absent') return undefined;
      const prev = [shortHash(action.entry.hash), ...action.entry.prev];
      return { kind: 'upload', path: action.path, hash: action.expected, prev, reason };
    }
    default:
      return undefined;
  }
}

/** Whether a first sync has something to show before it acts: files on both sides that are not the same. */
export function needsPreview(pass: PassPlan, local: LocalView, remote: RemoteTree): boolean {
  const bothSides = countFiles(local.files.keys()) > 0 && [...remote.values()].some(isLive);
  return bothSides && pass.actions.some((action) => action.kind !== 'adopt-base');
}
