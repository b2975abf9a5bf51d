import { toText } from '../bytes.ts';
import type { VaultEffect } from '../ports/host.ts';
import type { Violation } from '../violation.ts';
import type { World } from '../world.ts';

/** What an engine made of two canvases is one, with each card once, no value that nobody gave it, and no loose arrow. */
export function canvasIsWhole(world: World, { method, path, after }: VaultEffect): Violation[] {
  const bytes = after.get(path);
  if (method !== 'install' || bytes === undefined || !path.endsWith('.canvas')) return [];
  if (bytes.length === 0 || world.cards.isSaved(bytes)) return [];
  world.reach('canvas: merged');
  const problem = world.cards.problemIn(toText(bytes));
  return problem === undefined
    ? []
    : [{ invariant: 'canvas', message: `${path} was merged, and ${problem}` }];
}
