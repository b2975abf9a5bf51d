import { expiredTombstones, generationPassedByAll } from '../../core/model/tree.ts';
import type { VaultPath } from '../../core/model/vault-path.ts';
import type { Run } from '../execute/run.ts';
import { readDevices } from './devices.ts';

/**
 * Paths whose tombstones the next shards may leave out. No request unless some tombstone is old
 * enough by what is known of the server's clock; none expires where the store does not tell its time.
 */
export async function expiredPaths(run: Run): Promise<ReadonlySet<VaultPath>> {
  const view = run.view;
  if (view === undefined) return new Set();
  const old = { nowMs: run.cloud.nowMs(), devicesPassedGeneration: Infinity };
  if (expiredTombstones(view.tree, old).length === 0) return new Set();
  const { seen, serverMs } = await readDevices(run.cloud);
  if (serverMs === undefined) return new Set();
  const now = { lineage: view.head.lineage, nowMs: serverMs };
  const limits = { nowMs: serverMs, devicesPassedGeneration: generationPassedByAll(seen, now) };
  return new Set(expiredTombstones(view.tree, limits).map(({ path }) => path));
}
