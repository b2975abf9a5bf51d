import { DEFAULT_SETTINGS, type ConflictStrategy } from '../../src/engine/api.ts';
import type { Prng } from './prng.ts';
import type { DevicePlan, Scenario } from './scenario.ts';
import type { OpKind } from './device.ts';
import type { Deed } from './user-deeds.ts';

/** What a short seed is made for: one kind of trouble, so dense that a fault of the engine there shows soon. */
export interface Theme {
  readonly name: ThemeName;
  /** Only the first device has somebody who edits: nothing but its user may change its vault. */
  readonly alone?: true;
  /** File times are whole multiples of this, ms, as on some disks. */
  readonly grainMs?: number;
  /** More of some deeds than people usually do. */
  readonly deeds?: Partial<Record<Deed, number>>;
  /** A fault that calls which can meet it meet so often. */
  readonly fault?: { readonly name: string; readonly rate: number };
  /** The first calls from each place of the engine fail so often; later ones ever more rarely. */
  readonly siteRate?: number;
  /** And end in a crash so often. */
  readonly siteCrash?: number;
  /** The share of the engine's places that the seed hunts: see `hunt.ts`. */
  readonly hunts?: number;
  /** How often calls of the engine begin, where they can, and how often other things happen, beside the usual. */
  readonly ops?: Partial<Record<OpKind, number>>;
  readonly happens?: Partial<Record<Happening, number>>;
  /** How often a device dies at a write of the head, mostly after its effect. */
  readonly headCrash?: number;
  /** How often a person edits a file at the moment before the engine writes or removes it. */
  readonly meddles?: number;
  /** Files more in each vault at first. */
  readonly moreFiles?: number;
  /** Rounds of days that pass at the end. */
  readonly weeks?: number;
  /** How often what is held is decided, beside 90 for a sync. */
  readonly decides?: number;
}

export type Happening = 'wait' | 'edit' | 'rollback' | 'external' | 'damage';

type ThemeName =
  | 'hunted'
  | 'places'
  | 'alone'
  | 'torn'
  | 'spoilt'
  | 'grain'
  | 'guard'
  | 'collection'
  | 'readable'
  | 'meddled';

const DULL = {
  clockJumps: false,
  jumpDays: 0,
  rollback: false,
  lostState: false,
  externalEdits: false,
  adoption: false,
  damage: false,
  age: undefined,
  massDelete: false,
  bulk: false,
  torn: false,
  unmount: false,
  large: false,
  headRate: 0.05,
  hotMethod: undefined,
  hotNote: 0.5,
  sites: false,
} satisfies Partial<Scenario>;

/** The scenario cut down to one theme. */
export function withTheme(rng: Prng, drawn: Scenario, isNarrow: boolean): Scenario {
  const name = rng.weighted<Exclude<ThemeName, 'hunted'>>({
    places: isNarrow ? 0 : 6,
    alone: 1,
    torn: 1.5,
    spoilt: 1,
    grain: 1,
    guard: 1.5,
    collection: 1.5,
    readable: 1,
    meddled: 1,
  });
  if (name === 'places') return places(rng, drawn);
  const devices = drawn.devices.slice(0, 2);
  const dull = { ...drawn, ...DULL, devices, chaosSteps: rng.pick([80, 150]), start: 'synced' } as const;
  return { ...dull, faultRate: 0.02, crashRate: 0.005, ...themed(name, rng, dull) };
}

/** Everything of the widest range, most of all where the engine rarely comes. */
function places(rng: Prng, drawn: Scenario): Scenario {
  const devices = drawn.devices.slice(0, rng.pick([2, 2, 3]));
  return {
    ...drawn,
    devices,
    chaosSteps: rng.pick([120, 250]),
    // What another program writes into a readable copy that nobody keeps is nobody's note.
    externalEdits: drawn.externalEdits && devices.some(({ settings }) => settings.readableCopy),
    bulk: false,
    theme: { name: 'places', siteRate: rng.pick([0.15, 0.4]), meddles: 0.1 },
  };
}

/** As `places`, with crashes at each place too, all faults alike, and people who decide. */
export function everywhere(rng: Prng, drawn: Scenario): Scenario {
  const scenario = places(rng, drawn);
  const conflicts = (): ConflictStrategy => rng.pick(['ask', 'merge', 'keep-both', 'newest']);
  return {
    ...scenario,
    devices: scenario.devices.map((device) => withSettings(device, { conflicts: conflicts() })),
    crashRate: 0.003,
    faultRate: 0.02,
    hotMethod: undefined,
    headRate: 0,
    decisions: rng.chance(0.5),
    theme: {
      name: 'places',
      meddles: 0.05,
      siteRate: rng.pick([0.1, 0.25]),
      siteCrash: rng.pick([0.03, 0.08]),
    },
  };
}

function themed(
  name: Exclude<ThemeName, 'places' | 'hunted'>,
  rng: Prng,
  { devices }: Scenario,
): Partial<Scenario> & { readonly theme: Theme } {
  switch (name) {
    case 'alone':
      return {
        headRate: 0.2,
        devices: devices.map(plain),
        theme: { name, alone: true, headCrash: 0.5, deeds: { delete: 30, create: 30 } },
      };
    case 'torn':
      return {
        torn: true,
        tearRate: 0.25,
        hotNote: 0.9,
        devices: devices.map(merging),
        theme: { name, deeds: { append: 40, insert: 20 } },
      };
    case 'spoilt':
      return {
        start: 'one',
        faultRate: 0,
        theme: { name, fault: { name: rng.pick(['corrupt', 'corrupt', 'cut']), rate: 0.4 } },
      };
    case 'grain':
      return {
        hotNote: 0.9,
        faultRate: 0,
        devices: devices.map(merging),
        theme: { name, grainMs: 2_000, deeds: { retype: 120 } },
      };
    case 'guard':
      return {
        theme: {
          name,
          moreFiles: rng.pick([4, 25]),
          decides: 5,
          deeds: { 'delete-some': 14, 'delete-many': 6, undelete: 25 },
        },
      };
    case 'collection':
      return {
        age: { tombstones: 30, generation: 194 + rng.below(6) },
        jumpDays: 9,
        faultRate: 0.005,
        crashRate: 0,
        hotNote: 0,
        theme: { name, weeks: 9, deeds: { overwrite: 25, revert: 15, 'replace-line': 20 } },
      };
    case 'readable':
      return {
        rollback: rng.chance(0.4),
        externalEdits: true,
        devices: devices.map((device) => withSettings(device, { readableCopy: true })),
        theme: { name, deeds: { overwrite: 20 } },
      };
    case 'meddled':
      return { hotNote: 0.9, theme: { name, meddles: 0.4, deeds: { delete: 40, rename: 20 } } };
  }
}

/** A disk and settings that give no cause for a change of names. */
function plain(device: DevicePlan): DevicePlan {
  const settings = { ...DEFAULT_SETTINGS, ...device.settings, names: 'posix' } as const;
  return { ...device, ignoresCase: false, settings };
}

function merging(device: DevicePlan): DevicePlan {
  return withSettings(device, { conflicts: 'merge' });
}

function withSettings(device: DevicePlan, settings: Partial<DevicePlan['settings']>): DevicePlan {
  return { ...device, settings: { ...device.settings, ...settings } };
}
