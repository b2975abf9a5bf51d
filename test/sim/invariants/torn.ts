import type { Commit } from '../cloud-log.ts';
import type { Violation } from '../violation.ts';

/** I23: a half-written file that a crash left is never committed as an edit of its path. */
export function tornStaysOut(commit: Commit): Violation[] {
  return commit.entries.flatMap((entry): Violation[] =>
    entry.deleted !== true && commit.device.torn.get(entry.hash) === entry.path
      ? [{ invariant: 'I23', message: `committed the torn ${entry.path} as an edit` }]
      : [],
  );
}
