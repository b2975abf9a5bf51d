import { mergeStructured } from '../src/core/merge/structured/merge-structured.ts';
import { isContested, judgeCanvas } from '../test/core/merge/structured/judge-canvas.ts';
import { randomCanvas } from '../test/core/merge/structured/random-canvas.ts';
import { chance } from './tools/random.mts';

/** How many canvases that two people changed at random are merged, and what is wrong with those. */
export function canvasReport(seeds: number): string {
  const counts = { resolved: 0, contested: 0, needless: 0, lost: 0, corrupt: 0 };
  for (let seed = 1; seed <= seeds; seed++) {
    const random = chance(seed);
    const given = randomCanvas((limit) => random.below(limit));
    const result = mergeStructured(given, { kind: 'canvas' });
    if (isContested(given)) counts.contested += 1;
    else if (result.kind === 'conflict') counts.needless += 1;
    if (result.kind === 'conflict') continue;
    counts.resolved += 1;
    const { lost, corrupt } = judgeCanvas(given, result.text);
    if (lost.length > 0) counts.lost += 1;
    if (corrupt.length > 0) counts.corrupt += 1;
  }
  const { resolved, contested, needless, lost, corrupt } = counts;
  return (
    `canvases: ${String(resolved)} of ${String(seeds)} merged (both changed one thing in ${String(contested)}), ` +
    `${String(needless)} needless conflicts, ${String(lost)} lost, ${String(corrupt)} corrupt`
  );
}
