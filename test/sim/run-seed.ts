import type { SyncReport } from '../../src/engine/api.ts';
import type { Device } from './device.ts';
import { Driver } from './driver.ts';
import { backupsAgree, idleBackupsCostNothing } from './invariants/backups.ts';
import { allContentsExist } from './invariants/contents.ts';
import { readableCopyAgrees, scopeHolds, vaultsAgree } from './invariants/convergence.ts';
import { noFileOverFolder } from './invariants/folds.ts';
import { idleIsOneGet, repeatedIsNothing } from './invariants/idle.ts';
import { nothingIsLost } from './invariants/no-loss.ts';
import { historyIsWhole, restoredIsTheHead } from './invariants/restored.ts';
import { Prng } from './prng.ts';
import { DECIDED_FROM, makeScenario, type Scenario } from './scenario.ts';
import type { Violation } from './violation.ts';
import { World, type CreateEngine } from './world.ts';

export interface RunOptions {
  readonly createEngine: CreateEngine;
  /** Events to leave out, by number: how a failing run is made short. */
  readonly suppress?: ReadonlySet<number>;
  /** Changes the scenario that the seed would have. */
  readonly adjust?: (scenario: Scenario) => Scenario;
}

export interface SeedResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly trace: readonly string[];
  /** Made when asked for. */
  readonly traceHash: string;
  readonly steps: number;
  readonly faults: number;
  readonly crashes: number;
  readonly edits: number;
  readonly syncs: number;
  readonly events: number;
  /** How often each kind of fault met each kind of call. */
  readonly hits: ReadonlyMap<string, number>;
  /** How often each kind of call was made from each place, with the faults that it can meet. */
  readonly calls: ReadonlyMap<string, number>;
  /** Situations that the run came to. */
  readonly reached: ReadonlyMap<string, number>;
}

/** Devices may need so many syncs each until all are equal. */
const PASSES = 3;
/** A disk that ignores case renames a folder whole where another has two: that takes a few turns more. */
const CASE_PASSES = 6;

/** Of the seeds with backups those from here on last for months. */
export const TIDIED_FROM = 6_500_000;
const WEEKS_TIDIED = 12;

function isTidied(seed: number): boolean {
  return seed >= TIDIED_FROM && seed < DECIDED_FROM;
}

/** One whole run. Equal arguments give equal results. */
export async function runSeed(seed: number, options: RunOptions): Promise<SeedResult> {
  const rng = new Prng(seed);
  const drawn = makeScenario(rng.fork(), seed);
  const made = isTidied(seed) ? { ...drawn, jumpDays: 9 } : drawn;
  const scenario = options.adjust?.(made) ?? made;
  const world = new World(scenario, rng.fork(), options.createEngine);
  const driver = new Driver(world, rng.fork(), options.suppress ?? new Set());
  const watch = watchRejections(world);
  try {
    world.trace.add(`seed ${String(seed)}: ${shownScenario(scenario)}`);
    await driver.start();
    await driver.chaos();
    if (isTidied(seed)) await driver.troubledWeeks(WEEKS_TIDIED);
    if (world.violations.length === 0) await driver.calm();
    if (world.violations.length === 0 && scenario.jumpDays > 0) await driver.weeks();
    if (world.violations.length === 0) await settle(world, driver);
  } finally {
    watch.stop();
  }
  const { steps, faults, crashes, edits, syncs, hits, calls, reached } = world.stats;
  const { violations, trace } = world;
  return {
    seed,
    violations,
    trace: trace.lines,
    get traceHash() {
      return trace.hash;
    },
    steps,
    faults,
    crashes,
    edits,
    syncs,
    events: driver.events,
    hits,
    calls,
    reached,
  };
}

/** Faults have stopped: the devices sync in turn, then everything is looked at. */
async function settle(world: World, driver: Driver): Promise<void> {
  const passes = world.scenario.devices.some((device) => device.ignoresCase) ? CASE_PASSES : PASSES;
  for (let pass = 1; pass <= passes; pass += 1) {
    for (const device of world.devices) await driver.quietSync(device);
    // What the daily audit finds: copies that another device let go stale, edits by other programs, rot.
    if (pass === 1 || pass >= PASSES) await audits(world, driver);
    if (pass >= PASSES && vaultsAgree(world).length === 0 && readableCopyAgrees(world).length === 0) break;
  }
  if (world.backups.length > 0) await lookAtBackups(world, driver);
  if (world.violations.length > 0 || world.ended) return;
  const found = [
    ...nothingIsLost(world),
    ...vaultsAgree(world),
    ...readableCopyAgrees(world),
    ...scopeHolds(world),
    ...allContentsExist(world),
    ...backupsAgree(world),
    ...(world.cloud.view === undefined ? [] : noFileOverFolder(world.cloud.view)),
  ];
  for (const { invariant, message } of found) world.violate(invariant, message);
  if (found.length > 0) return;
  // Where there is no head yet, each sync looks whether the bucket has files to adopt.
  // What has rotted and nobody holds is asked for each time.
  if (world.cloud.view === undefined || world.harmed) return;
  for (const device of world.devices) await checkIdle(world, driver, device);
  if (world.violations.length === 0) await restoredIsTheHead(world, driver);
  if (world.violations.length === 0) await historyIsWhole(world, driver);
}

/** A day later each device looks at the backups again: what came late to one of them is noticed. */
async function lookAtBackups(world: World, driver: Driver): Promise<void> {
  driver.nextDay();
  for (const device of [...world.devices, ...world.devices]) await driver.quietSync(device);
}

async function audits(world: World, driver: Driver): Promise<void> {
  for (const device of world.devices)
    if (world.cloud.view !== undefined) await driver.quietCall(device, 'verify');
}

async function checkIdle(world: World, driver: Driver, device: Device): Promise<void> {
  const requests: { method: string; key: string }[] = [];
  let writes = 0;
  let backupRequests = 0;
  world.onQuietOp = (op) => {
    requests.push(...op.requests);
    writes += op.writes;
    backupRequests += op.backupRequests;
  };
  const report: SyncReport | undefined = await driver.quietCall(device, 'sync');
  world.onQuietOp = undefined;
  const run = { device, report, requests, writes };
  const found = [
    ...idleIsOneGet(run),
    ...repeatedIsNothing(run),
    ...idleBackupsCostNothing(report, backupRequests),
  ];
  for (const { invariant, message } of found) world.violate(invariant, message);
}

/** A promise that rejects with nobody looking is a bug of the engine. */
function watchRejections(world: World): { readonly stop: () => void } {
  const onRejection = (reason: unknown): void => {
    const text = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
    world.violate('rejection', `a promise rejected unseen: ${text}`);
  };
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', onRejection);
  return {
    stop: () => {
      process.off('unhandledRejection', onRejection);
      for (const other of others) process.on('unhandledRejection', other);
    },
  };
}

function shownScenario(scenario: Scenario): string {
  const { devices, age, backups, theme, ...flags } = scenario;
  const on = Object.entries(flags).flatMap(([key, value]) =>
    value === false || value === 0 || value === undefined ? [] : [`${key}=${String(value)}`],
  );
  const shown = devices.map(({ settings, skewMs, ignoresCase }) =>
    [
      settings.conflicts,
      settings.names,
      settings.readableCopy ? 'readable' : '',
      ignoresCase ? 'ignores-case' : '',
      skewMs === 0 ? '' : `skew ${String(skewMs)}`,
      `lanes ${String(settings.concurrency)}`,
    ]
      .filter((word) => word !== '')
      .join(' '),
  );
  if (backups.length > 0) on.push(`backups=${backups.join('+')}`);
  if (theme !== undefined) on.unshift(`theme ${theme.name}`);
  if (age !== undefined) on.push(`age=${JSON.stringify(age)}`);
  return `${on.join(' ')}; ${shown.map((text, index) => `${'abcd'[index] ?? ''}: ${text}`).join('; ')}`;
}
