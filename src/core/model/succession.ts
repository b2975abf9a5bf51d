import type { Head } from './head.ts';
import type { CommitId } from './ids.ts';

type Line = Pick<Head, 'vaultId' | 'lineage' | 'former'>;

/**
 * What another head's line of history is beside one's own. `follows`: it took over from this one, or wins of
 * two that took over from the same. `precedes`: the reverse. `strange`: they have no line in common.
 */
export type Succession = 'same' | 'follows' | 'precedes' | 'strange' | 'other-vault';

/** Total and the same on every device: of any two heads exactly one follows the other, where they are related. */
export function succession(own: Line, other: Line): Succession {
  if (own.vaultId !== other.vaultId) return 'other-vault';
  if (own.lineage === other.lineage) return 'same';
  const ownChain = [...(own.former ?? []), own.lineage];
  const otherChain = [...(other.former ?? []), other.lineage];
  if (otherChain.includes(own.lineage)) return 'follows';
  if (ownChain.includes(other.lineage)) return 'precedes';
  const common = [...otherChain].reverse().find((lineage) => ownChain.includes(lineage));
  if (common === undefined) return 'strange';
  const ownNext = ownChain[ownChain.lastIndexOf(common) + 1] ?? '';
  const otherNext = otherChain[otherChain.lastIndexOf(common) + 1] ?? '';
  return otherNext < ownNext ? 'follows' : 'precedes';
}

/**
 * The name of a new line. It begins with the place of its cloud in the settings of the device that promotes it:
 * of two that take over from the same, the one that stands first there wins, whoever compares them.
 */
export function lineageName(place: number, random: string): string {
  return `${Math.min(place, MOST_PLACES).toString(16).padStart(2, '0')}${random.slice(2)}`;
}

const MOST_PLACES = 255;
/** Lines that a head remembers; beyond them it is no longer seen that two are related. */
export const MAX_FORMER = 64;

/** The newest commit that both heads know of, as far as their logs reach. */
export function newestCommon(one: Pick<Head, 'log'>, other: Pick<Head, 'log'>): CommitId | undefined {
  const known = new Set(one.log);
  return [...other.log].reverse().find((commit) => known.has(commit));
}
