import { TORN } from './ports/sim-vault.ts';

/** A call from one place that met, or could have met, one fault. */
export interface PairCount {
  readonly hit: number;
  /** Those that could occur and did not, with how often the call was made. */
  readonly missing: readonly { readonly pair: string; readonly calls: number }[];
  readonly possible: number;
}

/**
 * The pairs that can occur: for every call and site that the engine was seen to make, each fault
 * that the port declares for that call, and the crashes. `calls` has keys as `store.put @ site × a,b`.
 */
export function countPairs(calls: ReadonlyMap<string, number>, hits: ReadonlyMap<string, number>): PairCount {
  const possible = new Map<string, number>();
  for (const [key, count] of calls) {
    const [call = '', list = ''] = key.split(' × ');
    for (const fault of [...list.split(',').filter((one) => one !== ''), ...crashesOf(call)]) {
      const pair = `${call} × ${fault}`;
      possible.set(pair, (possible.get(pair) ?? 0) + count);
    }
  }
  const missing = [...possible].flatMap(([pair, count]) => (hits.has(pair) ? [] : { pair, calls: count }));
  missing.sort((a, b) => b.calls - a.calls);
  return { hit: possible.size - missing.length, missing, possible: possible.size };
}

function crashesOf(call: string): readonly string[] {
  const torn = call.startsWith('vault.install ') ? [`crash-${TORN}`] : [];
  return ['crash-before', 'crash-after', ...torn];
}
