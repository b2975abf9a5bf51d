import type { Head } from '../../core/model/head.ts';
import { baseOnOlder } from '../../core/model/rebase-base.ts';
import { newestCommon, succession } from '../../core/model/succession.ts';
import { isLive } from '../../core/model/tree.ts';
import { treeOfCommit } from '../history/moment.ts';
import type { Run } from '../execute/run.ts';
import type { StateChanges } from '../state.ts';

/**
 * For a device that saw commits of the former primary which the promoted cloud does not descend from: its base
 * goes back to the newest commit that both know, so that what it has beyond that is planned as its own work.
 * `false`: there is no such commit, or its tree cannot be had.
 */
export async function meetOnCommonGround(
  run: Run,
  heads: { readonly seen: Head; readonly now: Head },
  changes: StateChanges,
): Promise<boolean> {
  const { seen, now } = heads;
  const relation = succession(seen, now);
  if (relation !== 'follows' && relation !== 'precedes') return false;
  const commit = newestCommon(seen, now);
  const common = commit === undefined ? undefined : await treeOfCommit(run.deps, run.cloud, commit);
  if (common === undefined) return false;
  const base = new Map([...run.base].map(([path, { hash }]) => [path, hash]));
  const moved = baseOnOlder({ base, observed: await run.state.remote(), common });
  changes.clear('base');
  for (const [path, hash] of moved) {
    const entry = common.get(path);
    const at = entry !== undefined && isLive(entry) && entry.hash === hash ? entry.at : undefined;
    changes.base({ path, row: at === undefined ? { hash } : { hash, at } });
  }
  run.deps.log.write('warn', 'common-ground', { commit: commit ?? '' });
  return true;
}
