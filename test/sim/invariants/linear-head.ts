import type { Head } from '../../../src/core/model/head.ts';
import { MAX_LOG } from '../../../src/core/model/head.ts';
import type { CommitId } from '../../../src/core/model/ids.ts';
import type { Violation } from '../violation.ts';

/** I5: every head that replaces another carries that one's log and one commit more; generations count by one. */
export function headExtends(
  former: readonly CommitId[] | undefined,
  next: Head,
  replaced: boolean,
): Violation[] {
  if (former === undefined) {
    return replaced ? [{ invariant: 'I5', message: 'the head replaced one that nobody had seen' }] : [];
  }
  const expected = [...former, next.commit].slice(-MAX_LOG);
  if (expected.length === next.log.length && expected.every((commit, index) => commit === next.log[index]))
    return [];
  return [{ invariant: 'I5', message: `the log of ${next.commit} does not extend the former head's` }];
}
