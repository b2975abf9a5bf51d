import type { Head } from './head.ts';

type Place = Pick<Head, 'vaultId' | 'lineage' | 'generation' | 'commit' | 'log'>;

/**
 * `same`: nothing to do. `advance`: the backup's commit is in the primary's log. `walk`: older than the
 * log; the roots tell. `ahead`: the backup is newer than the primary, which was put back.
 */
export type ReplicationStep = 'same' | 'advance' | 'walk' | 'ahead' | 'other-vault' | 'other-lineage';

/** What the heads say; `backup` absent: it has none yet. */
export function replicationStep(primary: Place, backup: Place | undefined): ReplicationStep {
  if (backup === undefined) return 'advance';
  if (backup.vaultId !== primary.vaultId) return 'other-vault';
  if (backup.lineage !== primary.lineage) return 'other-lineage';
  if (backup.commit === primary.commit) return 'same';
  if (backup.generation >= primary.generation) return 'ahead';
  return primary.log.includes(backup.commit) ? 'advance' : 'walk';
}

const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;

/** How long a backup is left alone after it failed so many times one after another. */
export function pauseAfter(failures: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, failures - 1));
}
