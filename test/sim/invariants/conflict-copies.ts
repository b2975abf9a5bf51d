import { folderOf, type VaultPath } from '../../../src/core/model/vault-path.ts';
import { hashOf } from '../bytes.ts';
import type { Device } from '../device.ts';
import type { FileMap, VaultEffect } from '../ports/host.ts';
import type { Violation } from '../violation.ts';
import type { World } from '../world.ts';

const MARK = / \((?:case )?conflict [^/]*?\)(?= \d+\.|\.[^./]*$|$| \d+$)/u;
const ANY_MARK = / \((?:case )?conflict /u;

/** A copy that an engine made because two contents wanted one path. */
export interface ConflictCopy {
  readonly device: Device;
  readonly path: VaultPath;
  readonly stem: string;
  readonly hash: string;
  readonly forCase: boolean;
}

/** I11, I12, I20 at the moment a conflict copy appears that no vault and no head has had. */
export function watchConflictCopy(world: World, device: Device, effect: VaultEffect): Violation[] {
  const path = effect.to ?? effect.path;
  const bytes = effect.after.get(path);
  if (bytes === undefined || effect.method === 'trash' || !ANY_MARK.test(path)) return [];
  const isKnown = world.cloud.hadAt(path).size > 0 || world.copies.some((copy) => copy.path === path);
  if (isKnown) return [];
  const stem = path.replace(MARK, '') as VaultPath;
  const copy = { device, path, stem, hash: hashOf(bytes), forCase: path.includes('(case conflict') };
  const found = [
    ...equalContents(world, copy, effect.before),
    ...againstItself(world, copy, bytes),
    ...secondCopy(world, copy, effect.before),
    ...comesBack(world, copy),
    ...nameIsSound(copy),
  ];
  world.copies.push(copy);
  world.ledger.copied(bytes);
  return found;
}

/** I11: contents that are equal to the cloud's at that path are no conflict. */
function equalContents(world: World, copy: ConflictCopy, before: FileMap): Violation[] {
  // Another device may have committed meanwhile: what counts is the head that this one has seen.
  const seen = world.cloud.views.get(copy.device.observedCommit ?? '');
  const entry = seen?.tree.get(copy.stem as VaultPath);
  if (copy.forCase || entry === undefined || entry.deleted === true || entry.hash !== copy.hash) return [];
  if (isOfCopy(copy, before)) return [];
  return [{ invariant: 'I11', message: `${copy.path} has the contents that ${copy.stem} has in the cloud` }];
}

/** It may have been made of another copy of that note that stands here: one that somebody exchanged with it, say. */
function isOfCopy({ stem, hash }: ConflictCopy, before: FileMap): boolean {
  return [...before].some(
    ([path, bytes]) => path !== stem && path.replace(MARK, '') === stem && hashOf(bytes) === hash,
  );
}

/**
 * I11: what this device committed from its own vault is no other side to what its user made of it since,
 * whether or not it was ever told that the commit came through.
 */
function againstItself(world: World, copy: ConflictCopy, bytes: Uint8Array): Violation[] {
  const { device, path, stem } = copy;
  const { lostState, rollback, torn, wide } = world.scenario;
  // A device without its memory, or with another bucket than it knew, cannot know its own.
  if (!wide || copy.forCase || lostState || rollback || torn || world.harmed) return [];
  // A copy that a person wrote in may meet another version of that copy, and is then named after the note.
  if (world.ledger.bornUnder(bytes).some((born) => ANY_MARK.test(born))) return [];
  const entry = world.cloud.views.get(device.observedCommit ?? '')?.tree.get(stem as VaultPath);
  if (entry === undefined || entry.deleted === true || entry.device !== device.id) return [];
  if (!device.sent.has(`${stem}\n${entry.hash}`)) return [];
  return [{ invariant: 'I11', message: `${path} stands against what this device itself sent as ${stem}` }];
}

/** I12: one conflict of two contents makes one copy here, also when it is resolved again after a crash. */
function secondCopy(world: World, copy: ConflictCopy, before: FileMap): Violation[] {
  // A copy that could not be read or seen in this run cannot be known for what it is; a case conflict only renames.
  const { op } = copy.device;
  if (copy.forCase || op === undefined || op.faults > 0 || op.sawUnmounted) return [];
  const other = world.copies.find(
    (one) => one.stem === copy.stem && one.hash === copy.hash && staysHere(world, copy, one, before),
  );
  if (other === undefined) return [];
  return [{ invariant: 'I12', message: `${copy.path} is a second copy of what ${other.path} holds` }];
}

/** I12 (and CF9): a version that a person has turned down does not come back as a conflict by itself. */
function comesBack(world: World, copy: ConflictCopy): Violation[] {
  const { lostState, rollback, torn, damage, unmount } = world.scenario;
  if (copy.forCase || lostState || rollback || torn || damage || unmount) return [];
  const isSettled = [...world.settled.values()].some(
    ({ stem, hash }) => stem === copy.stem && hash === copy.hash,
  );
  return isSettled ? [{ invariant: 'I12', message: `${copy.path} was settled, and is there again` }] : [];
}

/** The other copy stands here with the same contents, and is not itself about to be replaced by the cloud's, or to go. */
function staysHere(world: World, copy: ConflictCopy, other: ConflictCopy, before: FileMap): boolean {
  const stands = before.get(other.path);
  // A person may have brought it to those contents after the engine had looked.
  if (copy.device.changedLately.has(other.path)) return false;
  if (stands === undefined || hashOf(stands) !== copy.hash) return false;
  const seen = world.cloud.views.get(copy.device.observedCommit ?? '')?.tree.get(other.path);
  return seen === undefined || (seen.deleted !== true && seen.hash === copy.hash);
}

/** I20: whatever a device is called, its copies lie beside the note. */
function nameIsSound(copy: ConflictCopy): Violation[] {
  const name = copy.path.slice(folderOf(copy.path).length);
  if (ANY_MARK.test(name)) return [];
  return [{ invariant: 'I20', message: `the name of ${copy.device.name} made a folder: ${copy.path}` }];
}
