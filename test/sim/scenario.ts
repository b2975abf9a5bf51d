import type { ConflictStrategy, EngineSettings } from '../../src/engine/api.ts';
import { DEFAULT_SETTINGS } from '../../src/engine/api.ts';
import { drawAge, type Age } from './aged-bucket.ts';
import type { Prng } from './prng.ts';
import { hunting } from './hunt-scenario.ts';
import { everywhere, withTheme, type Theme } from './themes.ts';

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;

export interface DevicePlan {
  readonly name: string;
  readonly skewMs: number;
  readonly ignoresCase: boolean;
  /** Knows the vault's backups, where there are any. */
  readonly backups: boolean;
  readonly settings: EngineSettings;
}

/** What a seed is about. Rare events are on in few seeds, but then may happen more than once. */
export interface Scenario {
  readonly devices: readonly DevicePlan[];
  /** Steps of the driver before faults stop. */
  readonly chaosSteps: number;
  readonly faultRate: number;
  readonly crashRate: number;
  /** One kind of call that fails more often than others. */
  readonly hotMethod: string | undefined;
  /** Which vaults hold notes before anything is synced; `synced`: all, and they have synced in peace. */
  readonly start: 'empty' | 'one' | 'copies' | 'distinct' | 'synced';
  readonly clockJumps: boolean;
  /** The longest jump of time, days; 0 for none. */
  readonly jumpDays: number;
  readonly rollback: boolean;
  readonly lostState: boolean;
  readonly externalEdits: boolean;
  /** The bucket holds plain files and no head at first. */
  readonly adoption: boolean;
  /** Objects rot away in the bucket. */
  readonly damage: boolean;
  /** The bucket holds the history of a vault already. */
  readonly age: Age | undefined;
  /** How often a person turns to the one note that everybody edits. */
  readonly hotNote: number;
  readonly massDelete: boolean;
  /** So many files at once that the head must be compacted. */
  readonly bulk: boolean;
  /** A crash may leave a file half written. */
  readonly torn: boolean;
  /** Added to the crash rate of a call that a crash can tear. From `LATER_FROM` on, as what follows. */
  readonly tearRate: number;
  /** Some files are too large for a pack. */
  readonly large: boolean;
  /** How often a write of the head has another end than it says, while others go on. */
  readonly headRate: number;
  /** The folder of notes may look empty for a while (a drive that is not there). */
  readonly unmount: boolean;
  /** Every fault that a port can have may happen, most of them in no earlier range. */
  readonly wide: boolean;
  /** Calls are counted by what of the engine makes them. */
  readonly sites: boolean;
  /** The vault's backups, by what their stores do with conditions. */
  readonly backups: readonly BackupConditions[];
  /** People settle conflicts, and take back what was settled. */
  readonly decisions: boolean;
  /** People draw on canvases too. */
  readonly canvases: boolean;
  /** No two edits have the very same time: a file that takes the place of another of its size and time is not seen. */
  readonly ticks: boolean;
  /** What a short seed is made for. */
  readonly theme?: Theme;
}

export type BackupConditions = 'honoured' | 'unsupported';

const NAMES = ['Laptop', 'Phone', 'Laptop', 'Ann’s tablet/2', 'Desk', 'Old phone', 'Phone', 'Spare'] as const;

/** What is drawn for later seeds only shifts nothing in those below, which have been judged. */
export const LATER_FROM = 1_000_000;
/** From here on, but for those with backups, every kind of fault happens, two to eight devices edit the same notes, and calls are counted by their sites. */
export const WIDE_FROM = 3_000_000;
/** From here on seeds are short, and each has a theme. */
export const THEMED_FROM = 4_000_000;
/** From here on the one theme that goes everywhere is left out: these judge mutants. */
export const NARROW_FROM = 5_000_000;
/** From here on trouble is dense: ten faults and more a seed, most of all about the head, and up to six devices. */
export const DENSE_FROM = 2_000_000;

/** From here on the vault has one backup or two, which all devices or only some know; seeds are dense, and short. */
export const BACKED_FROM = 6_000_000;
/** From here on devices have any strategy, and people decide about open conflicts and take it back. */
export const DECIDED_FROM = 8_000_000;
/** From here on every place of the engine meets every fault, and crashes, alike often: these count pairs. */
export const EVEN_FROM = 9_000_000;

/** From here on some places of the engine are hunted in each seed, by each fault in turn: these find pairs. */
export const HUNTED_FROM = 10_000_000;

export function makeScenario(rng: Prng, seed: number): Scenario {
  const drawn = drawScenario(rng, seed);
  if (seed >= HUNTED_FROM) return hunting(rng, everywhere(rng, drawn));
  if (seed >= EVEN_FROM) return everywhere(rng, drawn);
  const isThemed = seed >= THEMED_FROM && seed < BACKED_FROM;
  return isThemed ? withTheme(rng, drawn, seed >= NARROW_FROM) : drawn;
}

function drawScenario(rng: Prng, seed: number): Scenario {
  const isLater = seed >= LATER_FROM;
  const isDense = seed >= DENSE_FROM;
  const isEven = seed >= EVEN_FROM;
  const isDecided = seed >= DECIDED_FROM && !isEven;
  const isBacked = seed >= BACKED_FROM && seed < DECIDED_FROM;
  const isWide = (seed >= WIDE_FROM && seed < BACKED_FROM) || isEven;
  const more = isDense && rng.chance(0.15) ? 2 : 0;
  const usual = 2 + Number(rng.chance(0.45)) + Number(rng.chance(0.2)) + more;
  const count = isWide ? Math.max(usual, rng.pick([2, 2, 3, 3, 4, 5, 6, 8])) : usual;
  const skewed = rng.chance(0.3);
  const devices = Array.from({ length: count }, (_, index) => makeDevice(rng, index, skewed));
  const adoption = rng.chance(0.08);
  const commitFiles = isLater ? rng.pick([2, 5, 2_000]) : 2_000;
  return {
    devices: devices.map((device, index) => ({
      ...device,
      backups: isBacked && (index === 0 || rng.chance(0.7)),
      settings: { ...device.settings, commitFiles },
    })),
    chaosSteps: rng.pick(isBacked || !isDense ? [60, 120, 200, 350] : [250, 350, 500]),
    faultRate: rng.pick(isDense ? [0.02, 0.04, 0.07] : [0, 0.01, 0.02, 0.05]),
    crashRate: rng.pick([0, 0.003, 0.01, 0.02]),
    hotMethod: rng.chance(isWide ? 0.7 : 0.3) ? rng.pick(isWide ? WIDE_HOT : HOT) : undefined,
    start: rng.weighted({ empty: 2, one: 2, copies: 2, distinct: 2, synced: 5 }),
    clockJumps: rng.chance(0.1),
    jumpDays: rng.chance(0.6) ? 0 : rng.pick([2, 9, 9, 40, 200]),
    rollback: rng.chance(0.08),
    lostState: rng.chance(0.15),
    externalEdits: rng.chance(0.1) && devices.some((device) => device.settings.readableCopy),
    adoption,
    age: adoption ? undefined : drawAge(rng),
    hotNote: rng.pick(isWide ? [0, 0.5, 0.7, 0.9] : [0, 0.3, 0.7]),
    damage: rng.chance(0.05),
    massDelete: rng.chance(0.1),
    bulk: rng.chance(0.02),
    torn: rng.chance(isWide ? 0.4 : 0.2),
    unmount: rng.chance(0.08),
    tearRate: isLater ? 0.06 : 0,
    large: isLater && rng.chance(0.5),
    headRate: isDense ? rng.pick([0.1, 0.3]) : 0,
    wide: isWide || (isBacked && rng.chance(0.5)),
    sites: isWide,
    backups: isBacked ? rng.pick(BACKUPS) : [],
    decisions: isDecided,
    canvases: false,
    ticks: isEven,
    ...(isDecided ? decisions(rng, devices) : {}),
  };
}

/** Much to decide, so little else that goes wrong that most of it is reached. */
function decisions(rng: Prng, devices: readonly DevicePlan[]): Partial<Scenario> {
  const conflicts = (): ConflictStrategy => rng.weighted({ ask: 4, merge: 4, 'keep-both': 2, newest: 2 });
  return {
    devices: devices.map((device) => ({
      ...device,
      settings: { ...device.settings, conflicts: conflicts() },
    })),
    chaosSteps: rng.pick([200, 350, 500]),
    faultRate: rng.pick([0, 0.01, 0.03]),
    hotNote: rng.pick([0.7, 0.9]),
    headRate: rng.pick([0, 0.1, 0.3]),
    wide: rng.chance(0.5),
  };
}

const BACKUPS: readonly (readonly BackupConditions[])[] = [
  ['honoured'],
  ['honoured', 'unsupported'],
  ['unsupported'],
];

const HOT = ['put', 'get', 'install', 'write', 'delete', 'trash', 'move', 'stage', 'list', 'read'] as const;
const WIDE_HOT = [...HOT, 'set-folder', 'copy', 'head', 'discard-staged'] as const;

function makeDevice(rng: Prng, index: number, skewed: boolean): DevicePlan {
  const skewMs = skewed && rng.chance(0.6) ? rng.pick([-10 * YEAR_MS, 10 * YEAR_MS, -3_600_000, 90_000]) : 0;
  return {
    name: NAMES[index] ?? 'Device',
    skewMs,
    ignoresCase: rng.chance(0.4),
    backups: false,
    settings: {
      ...DEFAULT_SETTINGS,
      readableCopy: rng.chance(0.7),
      conflicts: rng.weighted({ merge: 7, 'keep-both': 2, newest: 1 }),
      names: rng.weighted({ portable: 3, posix: 2, windows: 1 }),
      packBytes: rng.pick([300, 2_000, 8 * 1024 * 1024]),
      concurrency: rng.pick([1, 2, 4]),
    },
  };
}
