import { closeSync, linkSync, openSync, renameSync, unlinkSync } from 'node:fs';
import { codeOf } from './folder-errors.mts';
import { look, sameVersion, type Sighting } from './plain-file.mts';

/**
 * Moves that overwrite nothing unseen. Each check and the step that it guards are direct calls with
 * nothing between them: some ten microseconds in which another program's save could be missed, the
 * least that portable file systems allow. All throw the system's errors; EXDEV on another file system.
 */

export type Placed = 'done' | 'changed';

/** The file system has no links, or none for this file: FAT, some network and phone file systems. */
const WITHOUT_LINKS: ReadonlySet<string> = new Set([
  'EPERM',
  'EACCES',
  'ENOSYS',
  'ENOTSUP',
  'EOPNOTSUPP',
  'EMLINK',
  'EINVAL',
]);

/**
 * Moves the file `from`, while it is still the version `seen`, to `to`, where nothing may be. For files
 * of ours: a save at `from` between the last two steps would be lost.
 */
export function moveToFree(from: string, to: string, seen: Sighting): Placed {
  try {
    linkSync(from, to);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return 'changed';
    if (WITHOUT_LINKS.has(codeOf(error))) return moveToClaimed(from, to, seen);
    throw error;
  }
  if (removeVersion(from, seen)) return 'done';
  unlinkSync(to);
  return 'changed';
}

/**
 * As `moveToFree`, by a rename over an empty file that claims the name first: whatever another
 * program saved at `from` in the last moment is moved too, found, and put back. Nothing can be lost;
 * a crash in between leaves the empty file.
 */
export function moveToClaimed(from: string, to: string, seen: Sighting): Placed {
  if (!claim(to)) return 'changed';
  try {
    if (!isVersion(from, seen)) {
      unlinkSync(to);
      return 'changed';
    }
    renameSync(from, to);
  } catch (error) {
    unlinkSync(to);
    throw error;
  }
  const landed = look(to);
  if (landed === undefined || sameVersion(landed, seen)) return 'done';
  // Should `from` be taken again by now, both stay.
  moveToFree(to, from, landed);
  return 'changed';
}

/** Replaces the version `seen` at `to` by the file `from`. */
export function moveOver(from: string, to: string, seen: Sighting): Placed {
  if (!isVersion(to, seen)) return 'changed';
  renameSync(from, to);
  return 'done';
}

/** Removes the name if it is still this version's. */
export function removeVersion(path: string, seen: Sighting): boolean {
  if (!isVersion(path, seen)) return false;
  unlinkSync(path);
  return true;
}

function isVersion(path: string, seen: Sighting): boolean {
  const now = look(path);
  return now !== undefined && sameVersion(now, seen);
}

/** Makes an empty file where nothing may be. */
function claim(path: string): boolean {
  try {
    closeSync(openSync(path, 'wx'));
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}
