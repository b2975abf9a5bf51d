import { runSeed, type RunOptions, type SeedResult } from './run-seed.ts';

/** What many seeds did, added up. */
export interface Tally {
  seeds: number;
  steps: number;
  faults: number;
  crashes: number;
  edits: number;
  syncs: number;
  /** How often each fault met each call and site. */
  readonly hits: Map<string, number>;
  /** How often each call was made. */
  readonly calls: Map<string, number>;
  readonly reached: Map<string, number>;
  readonly failed: SeedResult[];
}

export function addCounts(sums: Map<string, number>, counts: ReadonlyMap<string, number>): void {
  for (const [name, count] of counts) sums.set(name, (sums.get(name) ?? 0) + count);
}

export function emptyTally(): Tally {
  return {
    seeds: 0,
    steps: 0,
    faults: 0,
    crashes: 0,
    edits: 0,
    syncs: 0,
    hits: new Map(),
    calls: new Map(),
    reached: new Map(),
    failed: [],
  };
}

export function add(tally: Tally, result: SeedResult): void {
  tally.seeds += 1;
  tally.steps += result.steps;
  tally.faults += result.faults;
  tally.crashes += result.crashes;
  tally.edits += result.edits;
  tally.syncs += result.syncs;
  addCounts(tally.hits, result.hits);
  addCounts(tally.calls, result.calls);
  addCounts(tally.reached, result.reached);
  if (result.violations.length > 0) tally.failed.push(result);
}

/** Adds what another process has summed up. */
export function mergeTally(total: Tally, part: Tally): void {
  total.seeds += part.seeds;
  total.steps += part.steps;
  total.faults += part.faults;
  total.crashes += part.crashes;
  total.edits += part.edits;
  total.syncs += part.syncs;
  addCounts(total.hits, part.hits);
  addCounts(total.calls, part.calls);
  addCounts(total.reached, part.reached);
  total.failed.push(...part.failed);
}

/** Runs seeds until one of the ends is reached. */
export async function runSeeds(
  seeds: Iterable<number>,
  options: RunOptions,
  until: { readonly deadlineMs: number; readonly failures: number; readonly now: () => number },
): Promise<Tally> {
  const tally = emptyTally();
  for (const seed of seeds) {
    if (until.now() >= until.deadlineMs || tally.failed.length >= until.failures) break;
    add(tally, await runSeed(seed, options));
  }
  return tally;
}

export function* seedsFrom(first: number, step: number, count: number): Iterable<number> {
  for (let index = 0; index < count; index += 1) yield first + index * step;
}

/** `812 seeds, 44.1/s; a seed has 205 steps, 41 edits, 12 syncs, 3.1 faults, 0.9 crashes` */
export function summary(tally: Tally, seconds: number): string {
  const each = (total: number): string => (total / Math.max(1, tally.seeds)).toFixed(1);
  const rate = (tally.seeds / Math.max(0.001, seconds)).toFixed(1);
  return (
    `${String(tally.seeds)} seeds, ${rate}/s; a seed has ${each(tally.steps)} steps, ${each(tally.edits)} edits, ` +
    `${each(tally.syncs)} syncs, ${each(tally.faults)} faults, ${each(tally.crashes)} crashes`
  );
}

/** Calls that only look, and went well, say little of a failure. */
const QUIET =
  /^[a-h] (?:vault\.(?:read|list|stage|discard-staged)|state\.write|(?:store|backup)\.(?:get|head|list)) /u;
const LONG_HEX = /([0-9a-f]{6})[0-9a-f]{8,}/gu;

/** What a failing run broke, and what happened in it; every call with `whole`. */
export function failureText(result: SeedResult, whole = false): string {
  const broken = result.violations.map(({ invariant, message }) => `  [${invariant}] ${message}`);
  const told = result.trace.filter((line) => whole || /[✗☠]/u.test(line) || !QUIET.test(line));
  return [
    `seed ${String(result.seed)} broke:`,
    ...broken,
    ...told.map((line) => `    ${line.replace(LONG_HEX, '$1')}`),
  ].join('\n');
}
