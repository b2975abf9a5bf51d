import { headKey } from '../../../src/core/format/keys.ts';
import type { SyncReport } from '../../../src/engine/api.ts';
import type { Violation } from '../violation.ts';
import type { World } from '../world.ts';

/** I2: at the end each backup has the primary's head, byte by byte, and all that its tree needs. */
export function backupsAgree(world: World): Violation[] {
  const { view } = world.cloud;
  if (view === undefined || !world.devices.some((device) => world.isBackedUp(device))) return [];
  return world.backups.flatMap((backup): Violation[] => {
    // Newer than a primary that was put back: left as it is until that has gone on.
    const isAhead = (backup.view?.head.generation ?? 0) >= view.head.generation;
    const isSame = backup.headTag() === world.store.peek(headKey)?.etag;
    if (!isSame && world.scenario.rollback && isAhead) return [];
    if (!isSame) return [{ invariant: 'I2', message: `${backup.name} has not the head of the primary` }];
    if (world.harmed) return [];
    return backup.missing().map((problem) => ({ invariant: 'I2', message: `${backup.name}: ${problem}` }));
  });
}

/** RE8: whatever a backup did, a sync that has ended tells of each. RE9: one that is up to date costs nothing. */
export function idleBackupsCostNothing(report: SyncReport | undefined, requests: number): Violation[] {
  const all = report?.backups?.every(({ state }) => state === 'protected') ?? true;
  if (!all || requests === 0) return [];
  return [{ invariant: 'RE9', message: `an idle sync asked backups ${String(requests)} times` }];
}
