import { tokensOf } from '../ledger.ts';
import type { Violation } from '../violation.ts';
import type { World } from '../world.ts';

/**
 * I1 (and I10): every line that somebody wrote, and that nobody who had it took away, stands in some
 * file of some vault. Deleting a file takes away only the lines that stood in it there: what
 * another device added to it meanwhile must live.
 */
export function nothingIsLost(world: World): Violation[] {
  const live = new Set<string>();
  const trashed = new Set<string>();
  for (const device of world.devices) {
    for (const bytes of device.files().values()) for (const token of tokensOf(bytes)) live.add(token);
    for (const bytes of device.vault.trashed().values()) for (const token of tokensOf(bytes)) trashed.add(token);
  }
  return world.ledger.due().flatMap(({ token, bornAt, bornPath }): Violation[] => {
    if (live.has(token)) return [];
    // What another program wrote may have rotted in the bucket before any vault had it.
    if (bornAt === 'e' && world.scenario.damage) return [];
    if (isInHistoryByPolicy(world)) return [];
    const where = trashed.has(token) ? 'stands only in a trash' : 'is in no vault and no trash';
    return [{ invariant: 'I1', message: `${token}, written at ${bornAt} into ${bornPath}, ${where}; nobody removed it` }];
  });
}

/** "Newest wins" keeps the other side in history only. */
function isInHistoryByPolicy(world: World): boolean {
  return world.devices.some((device) => device.plan.settings.conflicts === 'newest');
}
