import { DEFAULT_SETTINGS } from '../../src/engine/api.ts';
import type { Prng } from './prng.ts';
import type { DevicePlan, Scenario } from './scenario.ts';
import type { Theme } from './themes.ts';

/** What brings the engine to places where it rarely comes. */
type Prey =
  | 'wide'
  | 'upkeep'
  | 'rejoin'
  | 'torn'
  | 'guard'
  | 'decisions'
  | 'damage'
  | 'readable'
  | 'adoption'
  | 'folders'
  | 'canvas';

type Change = Omit<Partial<Scenario>, 'theme'> & { readonly theme?: Partial<Theme> };

/** Some places of the engine are hunted, so that every fault meets them; the seed is about one way to get there. */
export function hunting(rng: Prng, everywhere: Scenario): Scenario {
  const prey = rng.weighted<Prey>({
    wide: 1.5,
    upkeep: 3,
    rejoin: 1.5,
    torn: 2.5,
    guard: 1,
    decisions: 2.5,
    damage: 1.5,
    readable: 2,
    adoption: 1,
    folders: 1,
    canvas: 1.5,
  });
  const { theme, ...changed } = changes(rng, prey, everywhere);
  return {
    ...everywhere,
    chaosSteps: rng.pick([300, 600]),
    faultRate: 0.005,
    crashRate: 0.001,
    canvases: prey === 'canvas' || rng.chance(0.2),
    ...changed,
    theme: {
      name: 'hunted',
      hunts: rng.pick([0.05, 0.15, 0.3]),
      siteRate: 0.03,
      meddles: 0.05,
      ops: { history: 2, restore: 2 },
      ...theme,
    },
  };
}

function changes(rng: Prng, prey: Prey, { devices }: Scenario): Change {
  switch (prey) {
    case 'wide':
      return {};
    case 'upkeep':
      return {
        age: { tombstones: 30, generation: 194 + rng.below(6) },
        start: 'synced',
        adoption: false,
        jumpDays: 9,
        hotNote: 0,
        theme: {
          hunts: 0.05,
          happens: { wait: 20, edit: rng.pick([1, 5]) },
          deeds: { overwrite: 25, revert: 10 },
        },
      };
    case 'rejoin':
      return {
        rollback: true,
        lostState: rng.chance(0.5),
        start: 'synced',
        adoption: false,
        theme: { happens: { rollback: 4 } },
      };
    case 'torn':
      return {
        torn: true,
        tearRate: 0.5,
        start: rng.pick(['one', 'synced']),
        hotNote: 0.8,
        theme: { happens: { edit: 14 }, deeds: { append: 40, insert: 20 } },
      };
    case 'guard':
      return {
        start: 'synced',
        theme: {
          moreFiles: rng.pick([4, 25]),
          decides: 200,
          deeds: { 'delete-some': 14, 'delete-many': 6, undelete: 10 },
        },
      };
    case 'decisions':
      return {
        decisions: true,
        start: 'synced',
        hotNote: 0.9,
        devices: devices.map((device) => set(device, { conflicts: rng.pick(['ask', 'ask', 'keep-both']) })),
        theme: { hunts: 0.02, siteRate: 0.01, meddles: 0, ops: { sync: 60, undo: 150 } },
      };
    case 'damage':
      return {
        damage: true,
        large: true,
        start: rng.pick(['one', 'synced']),
        theme: { happens: { damage: 4 }, ops: { verify: 25 } },
      };
    case 'readable':
      return {
        externalEdits: true,
        large: true,
        start: 'synced',
        devices: devices.map((device) => set(device, { readableCopy: true })),
        theme: {
          happens: { external: 4 },
          deeds: { overwrite: 12, rename: 20, 'create-large': 15 },
          ops: { verify: 8 },
        },
      };
    case 'adoption':
      return {
        adoption: true,
        age: undefined,
        start: rng.pick(['one', 'distinct', 'copies']),
        devices: devices.map((device) => set(device, { readableCopy: true })),
      };
    case 'folders':
      return {
        start: 'synced',
        theme: {
          deeds: {
            'delete-folder': 12,
            'rename-folder': 15,
            'make-folder': 12,
            'remove-folder': 10,
            rename: 20,
            delete: 20,
          },
        },
      };
    case 'canvas':
      return {
        start: 'synced',
        devices: devices.map((device) => set(device, { conflicts: rng.pick(['merge', 'merge', 'ask']) })),
        theme: { deeds: { canvas: 60 } },
      };
  }
}

function set(device: DevicePlan, settings: Partial<DevicePlan['settings']>): DevicePlan {
  return { ...device, settings: { ...DEFAULT_SETTINGS, ...device.settings, ...settings } };
}
