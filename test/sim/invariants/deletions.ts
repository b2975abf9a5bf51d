import { foldPath, type VaultPath } from '../../../src/core/model/vault-path.ts';
import type { Commit } from '../cloud-log.ts';
import type { Device } from '../device.ts';
import type { Violation } from '../violation.ts';
import type { World } from '../world.ts';

/**
 * I9, I19 and I15 for deletions in the cloud: a tombstone stands only for a file that was deleted or
 * renamed in the vault of the device that committed it, since that device last lost its memory or
 * found the bucket gone back; and never for one that the guard holds. A file that the same commit
 * brings under another name is not deleted.
 */
export function deletionsAreMeant(world: World, commit: Commit): Violation[] {
  const { device } = commit;
  if (!commit.entries.some((entry) => entry.deleted === true)) return [];
  // A disk that ignores case has one spelling of a folder: taking it over is no deletion.
  const liveFolds = new Set(
    [...commit.after.tree.values()].flatMap((entry) => (entry.deleted === true ? [] : foldPath(entry.path))),
  );
  const liveHashes = new Set(
    [...commit.after.tree.values()].flatMap((entry) => (entry.deleted === true ? [] : entry.hash)),
  );
  return commit.entries.flatMap((entry): Violation[] => {
    if (entry.deleted !== true) return [];
    const found: Violation[] = [];
    const before = commit.before?.tree.get(entry.path);
    const isNew = before?.deleted !== true;
    const isMove = entry.to !== undefined && commit.after.tree.get(entry.to)?.deleted !== true;
    if (!isNew || isMove || liveFolds.has(foldPath(entry.path))) return [];
    // The entry of an empty folder ends when something is in it.
    if (entry.path.endsWith('/') && [...liveFolds].some((fold) => fold.startsWith(foldPath(entry.path))))
      return [];
    if (!isGone(device, entry.path)) {
      const rule = world.scenario.rollback ? 'I19' : 'I9';
      found.push({
        invariant: rule,
        message: `deleted ${entry.path} in the cloud; nobody deleted it in this vault`,
      });
    }
    const isElsewhere = liveHashes.has(entry.hash);
    if (!isElsewhere && isHeld(device, entry.path, 'in-cloud', entry.hash)) {
      found.push({ invariant: 'I15', message: `deleted ${entry.path} in the cloud while it is held` });
    }
    return found;
  });
}

/** The same for a file moved into the trash: some head had its tombstone, which this device may follow. */
export function trashIsMeant(
  world: World,
  device: Device,
  trashed: { readonly path: VaultPath; readonly hash: string },
): Violation[] {
  const found: Violation[] = [];
  const { path, hash } = trashed;
  const tombstoneExpired = world.scenario.jumpDays >= 180;
  const isTold = device.mayTrash.has(foldPath(path)) || device.mayTrashInOp.has(foldPath(path));
  if (!isTold && !tombstoneExpired) {
    const rule = world.scenario.rollback ? 'I19' : 'I9';
    found.push({ invariant: rule, message: `moved ${path} to the trash; no head told it to` });
  }
  // What the cloud holds under another name is a move, which no guard counts.
  const seen = world.cloud.views.get(device.observedCommit ?? '')?.tree.values() ?? [];
  const isMove = [...seen].some((entry) => entry.deleted !== true && entry.hash === hash);
  if (!isMove && isHeld(device, path, 'here', hash)) {
    found.push({ invariant: 'I15', message: `moved ${path} to the trash while it is held` });
  }
  return found;
}

/** Removals that a device may do in one commit without an answer: the guard's limits, as far as they can be seen from outside. */
const FEW = 8;
const SHARE = 0.4;

/** I15, at each commit: so many files vanish from the cloud at once only when a person has decided it. */
export function manyAreHeld(commit: Commit): Violation[] {
  const { device, before, after } = commit;
  if (device.decided || before === undefined) return [];
  const live = [...after.tree.values()].filter((entry) => entry.deleted !== true);
  const here = new Set(live.map(({ hash }) => hash));
  const folds = new Set(live.map(({ path }) => foldPath(path)));
  const files = [...before.tree.values()].filter(
    (entry) => entry.deleted !== true && !entry.path.endsWith('/'),
  );
  const gone = files.filter(
    ({ path, hash }) =>
      after.tree.get(path)?.deleted === true && !here.has(hash) && !folds.has(foldPath(path)),
  );
  if (gone.length <= Math.max(FEW, files.length * SHARE)) return [];
  const message = `deleted ${String(gone.length)} of ${String(files.length)} files in the cloud, and nobody was asked`;
  return [{ invariant: 'I15', message }];
}

/** A file that its user deleted, or below a folder that he deleted or renamed; an empty folder that vanished. */
function isGone(device: Device, path: VaultPath): boolean {
  const fold = foldPath(path);
  // Folders come and go with what is in them: a file put into an empty one ends its entry.
  return device.gone.has(fold) || path.endsWith('/');
}

function isHeld(device: Device, path: VaultPath, direction: 'in-cloud' | 'here', hash: string): boolean {
  return device.held.some(
    (item) =>
      item.kind === 'delete' && item.direction === direction && item.path === path && item.hash === hash,
  );
}
