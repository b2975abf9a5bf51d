import { tokensOf } from '../ledger.ts';
import { toBytes } from '../bytes.ts';

/** I22: no text of a note stands in a log. Returns what is wrong. */
export function logIsClean(
  level: string,
  event: string,
  fields: Readonly<Record<string, unknown>>,
): string | undefined {
  const line = `${level} ${event} ${JSON.stringify(fields)}`;
  return tokensOf(toBytes(line)).size === 0 ? undefined : `the log has text of a note: ${line}`;
}
