import type { Device, Ended } from './device.mts';
import type { Ledger } from './ledger.mts';
import { differences, snapshotOf, type Snapshot } from './vault-files.mts';
import { Violation } from './violation.mts';

/** Both vaults are the same, and every line that nobody took away is in them. Gives what they hold. */
export async function checkVaults(devices: readonly [Device, Device], ledger: Ledger): Promise<Snapshot> {
  const [one, other] = [await snapshotOf(devices[0].vault), await snapshotOf(devices[1].vault)];
  const lost = ledger.due().filter(({ token }) => !one.tokens.has(token) && !other.tokens.has(token));
  if (lost.length > 0) throw new Violation(`${String(lost.length)} lines are lost`, JSON.stringify(lost));
  const different = differences(one, other);
  if (different.length > 0) throw new Violation('the vaults differ', different.join(', '));
  return one;
}

/** What a message has to have: what to do now. */
const REMEDY =
  /\b(?:again|check|free|wait|run|set|give|choose|use|connect|look up|copy|create|mend|make|sign|name|try|start|next sync)\b/iu;
const STACK = /\n\s+at |This should not have happened/u;
/** As docs/cli.md has them. */
const CODES: readonly (number | undefined)[] = [0, 1, 3];

/** A sync may fail while something is in its way; then it says so, and what to do. */
export function checkFailure(ended: Ended): 'done' | 'failed' {
  const { exitCode, stdout, stderr } = ended;
  if (ended.killed) throw new Violation('a sync hung', stderr);
  if (!CODES.includes(exitCode)) throw new Violation(`it ended with ${String(exitCode)}`, stderr);
  if (STACK.test(stderr + stdout)) throw new Violation('a stack for a message', stderr);
  if (exitCode !== 1) return 'done';
  if (!stderr.startsWith('Failed: ')) throw new Violation('a failure that does not say so', stderr);
  if (!REMEDY.test(stderr)) throw new Violation('a failure without a remedy', stderr);
  return 'failed';
}
