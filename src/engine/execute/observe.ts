import type { RemoteTree } from '../../core/model/entry.ts';
import type { VaultPath } from '../../core/model/vault-path.ts';
import { EngineError } from '../api.ts';
import { tagged } from '../cloud/head.ts';
import { descends, objectOf, type RemoteView } from '../cloud/remote-view.ts';
import { meetOnCommonGround } from '../replicas/common-ground.ts';
import { hasSeat, MovedError } from '../replicas/places.ts';
import { StateChanges } from '../state.ts';
import { settleCommits } from './recover.ts';
import type { Run } from './run.ts';

interface Observed {
  /** To be written with it. */
  readonly changes?: StateChanges;
  /** Of a commit of this run on top of the view before: where the trees differ. */
  readonly changed?: ReadonlySet<VaultPath>;
}

/**
 * Takes a head as the one that this device has seen, before anything of it is applied: remembers
 * it, settles commits whose fate it tells, and, where it does not descend from the head seen before,
 * rejoins: with an empty base absence deletes nothing and both sides are kept.
 */
export async function observe(
  run: Run,
  view: RemoteView,
  { changes = new StateChanges(), changed }: Observed = {},
): Promise<void> {
  const identity = await run.state.meta('identity');
  if (identity !== undefined && identity.vaultId !== view.head.vaultId) {
    throw new EngineError(
      'other-vault',
      'The bucket now holds another vault than the one this device synced with. Nothing was changed. Point the configuration at the right bucket and prefix, or run `twincloud init --forget` to join the other vault from scratch (both sides are then kept).',
    );
  }
  if (identity?.lineage !== view.head.lineage && !(await hasSeat(run.cloud, view.head)))
    throw new MovedError(view.head);
  const former = await run.state.meta('head');
  if (former !== undefined && former.head.commit !== view.head.commit) {
    const { lineage, generation, commit } = former.head;
    const verified = await descends(run.deps, run.cloud, view.head, { lineage, generation, commit });
    const heads = { seen: former.head, now: view.head };
    if (!verified && !(await meetOnCommonGround(run, heads, changes))) await rejoin(run, changes);
  }
  await settleCommits(run.state, view.head, changes);
  changes.meta('identity', { vaultId: view.head.vaultId, lineage: view.head.lineage });
  changes.meta('head', tagged(view));
  const before = run.view?.tree ?? (await run.state.remote());
  const differing = changed ?? differingPaths(before, view.tree);
  followMoves(run, { view, among: changed ?? run.base.keys() }, changes);
  if (run.deps.settings.readableCopy) doubtCopies(before, { after: view.tree, differing }, changes);
  for (const path of differing) changes.remote(path, view.tree.get(path));
  await run.state.write(changes);
  run.view = view;
}

async function rejoin(run: Run, changes: StateChanges): Promise<void> {
  run.rejoins += 1;
  run.deps.log.write('warn', 'rejoin', {
    reason: 'the head in the cloud does not descend from the one last seen',
  });
  const fresh = new StateChanges().clear('base').clear('skipped').meta('fresh', true);
  // What may be half of a file stays that, whatever the cloud holds now.
  for (const [key, intent] of await run.state.intents())
    fresh.intent(key, intent.kind === 'install' ? { ...intent, isOfFormer: true } : undefined);
  await run.state.write(fresh);
  // What a commit on the other line of history meant for the base means nothing any more.
  const kept = changes.writes.filter((write) => write.table !== 'base');
  changes.writes.length = 0;
  changes.writes.push(...kept);
}

/** Repacking moves contents: the base must name their new place, or a later merge lacks its base text. */
function followMoves(
  run: Run,
  { view, among }: { readonly view: RemoteView; readonly among: Iterable<VaultPath> },
  changes: StateChanges,
): void {
  const written = new Set(changes.writes.filter((write) => write.table === 'base').map((write) => write.key));
  for (const path of among) {
    const row = run.base.get(path);
    const entry = view.tree.get(path);
    if (row === undefined || entry?.at === undefined || entry.hash !== row.hash || written.has(path))
      continue;
    if (row.at !== undefined && objectOf(row.at) === objectOf(entry.at)) continue;
    changes.base({ path, row: { hash: row.hash, at: entry.at } });
  }
}

/**
 * Contents that stand in another blob than before were put again, for the former was damaged: a readable
 * copy that the store made of that one is as spoiled, though its tag is the one remembered.
 */
function doubtCopies(
  before: RemoteTree,
  { after, differing }: { readonly after: RemoteTree; readonly differing: Iterable<VaultPath> },
  changes: StateChanges,
): void {
  for (const path of differing) {
    const entry = after.get(path);
    if (entry?.at === undefined || !('blob' in entry.at)) continue;
    const former = before.get(path);
    if (former?.hash !== entry.hash || former.at === undefined || !('blob' in former.at)) continue;
    if (former.at.blob !== entry.at.blob) changes.projected(path, { pending: true });
  }
}

function differingPaths(before: RemoteTree, after: RemoteTree): VaultPath[] {
  const paths: VaultPath[] = [];
  if (before === after) return paths;
  for (const [path, entry] of after) if (before.get(path) !== entry) paths.push(path);
  for (const path of before.keys()) if (!after.has(path)) paths.push(path);
  return paths;
}
