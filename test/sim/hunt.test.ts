import { describe, expect, it } from 'vitest';
import { Hunt } from './hunt.ts';
import { Prng } from './prng.ts';
import type { Call } from './scheduler.ts';

const FAULTS = ['unavailable', 'denied', 'corrupt'];

function call(site: string, method = 'get'): Call {
  return { device: 'a', port: 'store', method, detail: '', faults: FAULTS, site };
}

function metAt(site: string, seed: number, calls = 200): string[] {
  const hunt = new Hunt(new Prng(seed), 1);
  return Array.from({ length: calls }, () => hunt.meeting(call(site))).flatMap((met) =>
    met === undefined ? [] : [met.kind === 'fault' ? met.fault : `crash-${met.when}`],
  );
}

describe('the choice of what a hunted place meets', () => {
  it('is the same for the same seed', () => {
    expect(metAt('a.ts x', 7)).toEqual(metAt('a.ts x', 7));
  });

  it('is another each time until the place has met all that can happen there', () => {
    const met = metAt('a.ts x', 7).slice(0, FAULTS.length + 2);
    expect(new Set(met).size).toBe(met.length);
    expect(met.length).toBeGreaterThan(2);
  });

  it('begins in other seeds with another, so that few seeds come to all', () => {
    const first = new Set(Array.from({ length: 60 }, (_, seed) => metAt('a.ts x', seed)[0]));
    expect([...first].sort()).toEqual(['corrupt', 'crash-after', 'crash-before', 'denied', 'unavailable']);
  });

  it('leaves most calls of a place alone, and all of a place that the seed does not hunt', () => {
    expect(metAt('a.ts x', 7).length).toBeLessThanOrEqual(8);
    const hunt = new Hunt(new Prng(7), 0);
    for (let index = 0; index < 50; index += 1) expect(hunt.meeting(call('a.ts x'))).toBeUndefined();
  });
});
