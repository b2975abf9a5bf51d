import type { FileEntry } from '../model/entry.ts';
import { MAX_PREV } from '../model/entry.ts';
import { EMPTY_HASH, shortHash, type ContentHash } from '../model/ids.ts';
import type { VaultPath } from '../model/vault-path.ts';
import type { Cell, Step } from './cell.ts';
import type { PlanInput } from './plan.ts';

/** What the rows need to know beyond the path itself. */
export interface RowFacts extends Pick<PlanInput, 'fresh' | 'skipped'> {
  /** Why the name cannot be brought here. */
  readonly nameProblem: (path: VaultPath) => string | undefined;
}

/**
 *            remote live                         remote tombstone or absent
 *   local    1 4 5 6 7 8                         2 10 13 14
 *   absent   3 9 12, and 15 16 where blocked     1 11
 *
 * The row of one path, by itself. `undefined`: nothing to do (row 1). Row 17 never comes here.
 */
export function planRow(cell: Cell, facts: RowFacts): Step | undefined {
  if (cell.live !== undefined) {
    return cell.local === undefined
      ? absentHere(cell, cell.live, facts)
      : onBothSides(cell, { local: cell.local, live: cell.live }, facts);
  }
  if (cell.local !== undefined) return absentInCloud(cell, cell.local, facts);
  return cell.base === undefined ? undefined : goneOnBothSides(cell);
}

/** Whether this row is a file that the device had and a person removed or moved here. */
export function vanishedHere(cell: Cell, facts: RowFacts): boolean {
  return cell.local === undefined && cell.base !== undefined && !isHeldAway(cell, facts);
}

function absentHere(cell: Cell, live: FileEntry, facts: RowFacts): Step | undefined {
  const { path, base } = cell;
  // The path was never brought here, so its absence says nothing.
  if (isHeldAway(cell, facts)) {
    if (base !== undefined) return { kind: 'drop-base', path, reason: 'not held here: its name is refused' };
    if (facts.skipped.get(path)?.hash === live.hash) return nameRefused(path, facts);
  }
  // Both sides had it as the cloud has it still; it vanished here.
  if (base === live.hash) return row9(cell, live);
  // The cloud has contents that this device lacks.
  const problem = facts.nameProblem(path);
  if (problem !== undefined) return row16(path, live, problem);
  if (isDamaged(path, live, facts)) return row15(path);
  return base === undefined ? row3(path, live) : row12(path, live);
}

function onBothSides(
  cell: Cell,
  { local, live }: { readonly local: ContentHash; readonly live: FileEntry },
  facts: RowFacts,
): Step | undefined {
  const { path, base } = cell;
  if (local === live.hash) {
    if (base === local) return undefined;
    return { kind: 'adopt-base', path, hash: local, reason: 'vault and cloud have the same contents' };
  }
  // Only this device changed it: what the cloud has is replaced, damaged or not.
  if (base === live.hash) return upload(path, local, { over: live, reason: 'edited here' });
  // What follows needs the contents in the cloud.
  if (isDamaged(path, live, facts)) return row15(path);
  if (base === undefined) return row5(cell, { local, live }, facts);
  if (base === local) {
    return { kind: 'download', path, entry: live, expected: local, reason: 'edited elsewhere' };
  }
  return { kind: 'resolve', path, base, local, remote: live, reason: 'edited here and elsewhere' };
}

function absentInCloud(cell: Cell, local: ContentHash, facts: RowFacts): Step {
  const { path, base, remote } = cell;
  if (base === undefined) {
    return remote === undefined ? upload(path, local, { reason: 'new here' }) : row14(cell, local, facts);
  }
  // Both sides had it and the cloud dropped it.
  if (base === local) return { kind: 'trash', path, expected: local, reason: 'deleted elsewhere' };
  return upload(path, local, { reason: 'deleted elsewhere, but edited here: the edit stays' });
}

function goneOnBothSides({ path }: Cell): Step {
  return { kind: 'drop-base', path, reason: 'gone on both sides' };
}

function row3(path: VaultPath, entry: FileEntry): Step {
  return { kind: 'download', path, entry, expected: 'absent', reason: 'new in the cloud' };
}

/** Created on both sides, with different contents. Nothing but the contents can decide, and no clock. */
function row5(
  { path }: Cell,
  { local, live }: { readonly local: ContentHash; readonly live: FileEntry },
  facts: RowFacts,
): Step {
  if (local === EMPTY_HASH) {
    return { kind: 'download', path, entry: live, expected: local, reason: 'the file here was empty' };
  }
  if (live.hash === EMPTY_HASH)
    return upload(path, local, { over: live, reason: 'the file in the cloud was empty' });
  // This device joins with contents that the cloud had before.
  if (facts.fresh && live.prev.includes(shortHash(local))) {
    return { kind: 'download', path, entry: live, expected: local, reason: 'an older version was here' };
  }
  return { kind: 'resolve', path, local, remote: live, reason: 'created here and elsewhere' };
}

function row9({ path }: Cell, live: FileEntry): Step {
  return { kind: 'tombstone', path, last: live, reason: 'deleted here' };
}

function row12(path: VaultPath, entry: FileEntry): Step {
  const reason = 'deleted here, but edited elsewhere: the edit stays';
  return { kind: 'download', path, entry, expected: 'absent', reason };
}

/** Here without a base, deleted in the cloud: this device may have been away when that happened. */
function row14({ path, remote }: Cell, local: ContentHash, facts: RowFacts): Step {
  const skipped = facts.skipped.get(path);
  const isKnown = skipped?.reason === 'deleted-elsewhere' && skipped.hash === local;
  const reason = 'deleted elsewhere, still here: delete it, or edit it to keep it';
  if (isKnown) return { kind: 'notice', path, reason };
  if (facts.fresh && remote?.hash === local) {
    return { kind: 'skip', path, row: { hash: local, reason: 'deleted-elsewhere' }, reason };
  }
  return upload(path, local, { reason: 'here again after it was deleted elsewhere' });
}

function row15(path: VaultPath): Step {
  const reason = 'its contents in the cloud are damaged; a device that still has them can repair it';
  return { kind: 'notice', path, reason };
}

function row16(path: VaultPath, live: FileEntry, problem: string): Step {
  const reason = `not brought here: ${problem}`;
  return { kind: 'skip', path, row: { hash: live.hash, reason: 'illegal-here' }, reason };
}

function nameRefused(path: VaultPath, facts: RowFacts): Step {
  return { kind: 'notice', path, reason: `not brought here: ${facts.nameProblem(path) ?? 'its name'}` };
}

/** Left out for its name, which is refused still: a name that has become legal is an ordinary one. */
function isHeldAway({ path }: Cell, facts: RowFacts): boolean {
  return facts.skipped.get(path)?.reason === 'illegal-here' && facts.nameProblem(path) !== undefined;
}

function isDamaged(path: VaultPath, live: FileEntry, facts: RowFacts): boolean {
  const skipped = facts.skipped.get(path);
  return skipped?.reason === 'damaged' && skipped.hash === live.hash;
}

function upload(
  path: VaultPath,
  hash: ContentHash,
  { over, reason }: { readonly over?: FileEntry; readonly reason: string },
): Step {
  // Contents that replace none begin a history of their own.
  const prev = over === undefined ? [] : [shortHash(over.hash), ...over.prev].slice(0, MAX_PREV);
  return { kind: 'upload', path, hash, prev, reason };
}
