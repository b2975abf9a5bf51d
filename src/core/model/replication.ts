import type { Head } from './head.ts';
import { succession } from './succession.ts';

type Place = Pick<Head, 'vaultId' | 'lineage' | 'former' | 'generation' | 'commit' | 'log'>;

/**
 * `same`: nothing to do. `advance`: the backup's commit is in the primary's log. `walk`: older than the
 * log; the roots tell. `ahead`: the backup is newer than the primary, which was put back. `succeeded`: the
 * backup was promoted. `former`: the backup had authority before; what it may have beyond is imported first.
 */
export type ReplicationStep =
  'same' | 'advance' | 'walk' | 'ahead' | 'succeeded' | 'former' | 'other-vault' | 'other-lineage';

/** What the heads say; `backup` absent: it has none yet. */
export function replicationStep(primary: Place, backup: Place | undefined): ReplicationStep {
  if (backup === undefined) return 'advance';
  switch (succession(primary, backup)) {
    case 'other-vault':
      return 'other-vault';
    case 'strange':
      return 'other-lineage';
    case 'follows':
      return 'succeeded';
    case 'precedes':
      return primary.log.includes(backup.commit) ? 'advance' : 'former';
    case 'same':
      return withinLineage(primary, backup);
  }
}

function withinLineage(primary: Place, backup: Place): ReplicationStep {
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
