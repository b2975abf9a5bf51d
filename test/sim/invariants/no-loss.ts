import { contentProblem, storedContent } from '../cloud-view.ts';
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
    for (const bytes of device.vault.trashed().values())
      for (const token of tokensOf(bytes)) trashed.add(token);
  }
  const missing = world.ledger.due().filter(({ token }) => !live.has(token));
  if (missing.length === 0) return [];
  // What was kept in the history only may have rotted there.
  if (world.harmed && keepsOneSide(world)) return [];
  const past = keepsOneSide(world) ? tokensInHistory(world) : new Set<string>();
  const inCloud = missing.some(({ bornAt }) => bornAt === 'e') ? tokensInHead(world) : new Set<string>();
  return missing.flatMap(({ token, bornAt, bornPath }): Violation[] => {
    // Under a name that no device here can have, as `a:b.md` on Windows, it stands in the cloud alone.
    if (bornAt === 'e' && inCloud.has(token)) return [];
    // What another program wrote may have rotted, or gone with a rollback, before any vault had it.
    if (past.has(token) || (bornAt === 'e' && (world.harmed || world.scenario.rollback))) return [];
    const where = trashed.has(token) ? 'stands only in a trash' : 'is in no vault and no trash';
    return [
      {
        invariant: 'I1',
        message: `${token}, written at ${bornAt} into ${bornPath}, ${where}; nobody removed it`,
      },
    ];
  });
}

/** "Newest wins" keeps the other side in the history only. */
function keepsOneSide(world: World): boolean {
  return world.devices.some((device) => device.plan.settings.conflicts === 'newest');
}

/** Marks in what the head has now. */
function tokensInHead(world: World): ReadonlySet<string> {
  const objects = world.bucket();
  const found = new Set<string>();
  for (const entry of world.cloud.view?.tree.values() ?? []) {
    if (entry.deleted === true || entry.at === undefined || contentProblem(objects, entry) !== undefined)
      continue;
    for (const token of tokensOf(storedContent(objects, entry.at))) found.add(token);
  }
  return found;
}

/** Marks in all contents that some commit named and that can still be had. */
function tokensInHistory(world: World): ReadonlySet<string> {
  const objects = world.bucket();
  const found = new Set<string>();
  for (const view of world.cloud.views.values()) {
    for (const entry of [...view.tree.values(), ...view.records.flatMap((record) => record.entries)]) {
      if (entry.at === undefined || contentProblem(objects, entry) !== undefined) continue;
      for (const token of tokensOf(storedContent(objects, entry.at))) found.add(token);
    }
  }
  return found;
}
