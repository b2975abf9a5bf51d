import { unbalanced } from './markup.ts';
import type { Versions } from './obstacle.ts';
import { isContent, tokenize } from './tokens.ts';

/**
 * Whether a merged text can be what both sides meant: no word that nobody wrote, none lost and none
 * doubled, no mark left open that a side had closed. It judges the text alone, whatever made it.
 */
export function isSound(merged: string, texts: Versions<string>): boolean {
  return countsHold(merged, texts) && staysBalanced(merged, texts);
}

type Counts = ReadonlyMap<string, number>;

/**
 * Of each word there are at least as many as when the removals of both and the additions of one count,
 * at most as many as when the removals of one and the additions of both do.
 */
function countsHold(merged: string, texts: Versions<string>): boolean {
  const result = countContent(merged);
  const base = countContent(texts.base);
  const sides = [countContent(texts.local), countContent(texts.remote)] as const;
  const all = new Set([...result.keys(), ...base.keys(), ...sides[0].keys(), ...sides[1].keys()]);
  return [...all].every((word) => {
    const was = base.get(word) ?? 0;
    const changes = sides.map((side) => (side.get(word) ?? 0) - was);
    const added = changes.map((change) => Math.max(0, change));
    const removed = changes.map((change) => Math.max(0, -change));
    const least = was - sum(removed) + Math.max(...added);
    const most = was - Math.max(...removed) + sum(added);
    const found = result.get(word) ?? 0;
    return found >= least && found <= most;
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function countContent(text: string): Counts {
  const counts = new Map<string, number>();
  for (const token of tokenize(text)) {
    if (isContent(token)) counts.set(token.text, (counts.get(token.text) ?? 0) + 1);
  }
  return counts;
}

/** Whether no mark is open that a side has closed. */
export function staysBalanced(merged: string, { local, remote }: Versions<string>): boolean {
  const open = unbalanced(merged);
  if (open.size === 0) return true;
  const [here, there] = [unbalanced(local), unbalanced(remote)];
  return [...open].every((mark) => here.has(mark) && there.has(mark));
}
