import type { EngineDeps, PreviewReport } from './api.ts';
import { Cloud } from './cloud/cloud.ts';
import { skipsInForce } from './damage.ts';
import { refresh } from './cloud/remote-view.ts';
import { descends } from './cloud/remote-view.ts';
import { Run } from './execute/run.ts';
import { scanVault } from './look.ts';
import { needsPreview, planPass, planPolicy } from './planning.ts';
import { surveyBucket, treeToBe } from './readable/adopt.ts';
import type { DeviceState } from './state.ts';

/** What `sync` would plan first. Reads both sides, writes to neither, and remembers nothing. */
export async function preview(
  deps: EngineDeps,
  state: DeviceState,
  signal: AbortSignal | undefined,
): Promise<PreviewReport> {
  const cloud = new Cloud(deps, signal);
  const options = signal === undefined ? {} : { signal };
  const known = await state.meta('head');
  const local = await scanVault({ deps, state, options });
  const base = await state.base();
  const run = new Run({
    deps,
    cloud,
    state,
    options: { ...options, acceptFirst: true },
    local,
    base,
    projected: await state.projected(),
    conflictRows: [],
  });
  let read = await refresh(deps, cloud, known, () => state.remote());
  const looked = read.kind === 'absent' && known === undefined ? await surveyBucket(run) : undefined;
  if (looked === 'begun') read = await refresh(deps, cloud, known, () => state.remote());
  const survey = looked === 'begun' ? undefined : looked;
  const remote =
    read.kind === 'changed' ? read.view.tree : survey === undefined ? await state.remote() : treeToBe(survey);
  let rejoins = false;
  if (read.kind === 'changed' && known !== undefined) {
    rejoins = !(await descends(deps, cloud, read.view.head, known.head));
  }
  const pass = planPass(
    {
      local,
      base: rejoins ? new Map() : base,
      remote,
      skipped: skipsInForce(await state.skipped(), remote, deps.clock.now()),
      fresh: rejoins || ((await state.meta('fresh')) ?? true),
      recentDeletes: (await state.meta('recentDeletes')) ?? { 'in-cloud': [], here: [] },
      answer: await state.meta('heldAnswer'),
      heldBefore: (await state.meta('held')) ?? [],
    },
    planPolicy(deps, cloud.nowMs()),
    deps.clock.now(),
  );
  return {
    plan: { actions: pass.actions, notices: pass.notices },
    held: pass.held,
    problems: [...local.problems, ...pass.problems],
    needsAcceptance: (await state.meta('joined')) !== true && needsPreview(pass, local, remote),
    adopts: survey?.listing.plain.length ?? 0,
  };
}
