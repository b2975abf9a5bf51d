import type { Entry } from '../../../src/core/model/entry.ts';
import type { Commit } from '../cloud-log.ts';
import type { Violation } from '../violation.ts';

/**
 * I23: a half-written file that a crash left is never committed as an edit of its path. A torn
 * conflict copy that no head has had may stay as a file of its own: what it is a copy of is whole.
 * And where the head knows nothing of the path, the bucket went back behind the commit that brought
 * it, and behind its contents: nobody has the whole any more, and the half is all that there is.
 */
export function tornStaysOut(commit: Commit): Violation[] {
  return commit.entries.flatMap((entry): Violation[] =>
    entry.deleted !== true && commit.device.torn.get(entry.hash) === entry.path && isEdit(commit, entry)
      ? [{ invariant: 'I23', message: `committed the torn ${entry.path} as an edit` }]
      : [],
  );
}

function isEdit(commit: Commit, { path, hash }: Entry): boolean {
  const before = commit.before?.tree.get(path);
  if (before === undefined) return false;
  const stood = before.deleted !== true;
  // A later commit may carry the entry along as it is.
  if (stood && before.hash === hash) return false;
  return stood || !path.includes('(conflict ');
}
