import { TORN } from './ports/sim-vault.ts';
import type { Prng } from './prng.ts';
import type { Call } from './scheduler.ts';

/** So many calls of a place that is hunted are likely to fail; the others are left alone, for syncs must end too. */
const TRIES = 8;
const RATE = 0.7;

/** When in a call its device dies; `torn`: an install is half done. */
export type Moment = 'before' | 'after' | typeof TORN;

/** What a call meets: a fault, or its device's death at a moment of it. */
export type Meeting =
  { readonly kind: 'fault'; readonly fault: string } | { readonly kind: 'crash'; readonly when: Moment };

/**
 * Chooses what fails so that each pair of call site and fault is met by some seed. A seed hunts some of the
 * places, and at each begins with another of all that can happen there, so that no place meets the same twice
 * before it has met all. What it chooses depends on its own number and on the place's name, on no other seed.
 */
export class Hunt {
  readonly #salt: number;
  readonly #share: number;
  readonly #rng: Prng;
  readonly #made = new Map<string, number>();
  readonly #met = new Map<string, number>();

  constructor(rng: Prng, share: number) {
    this.#rng = rng;
    this.#share = share;
    this.#salt = rng.word();
  }

  /** What this call is to meet, if anything; to be asked once for each call. */
  meeting({ port, method, site, faults }: Call): Meeting | undefined {
    if (site === undefined) return undefined;
    const place = `${port}.${method} ${site}`;
    const made = (this.#made.get(place) ?? 0) + 1;
    this.#made.set(place, made);
    const hash = hashOf(place, this.#salt);
    const isHunted = isRare(place) || hash / 0x1_0000_0000 < this.#share;
    if (!isHunted || made > TRIES || !this.#rng.chance(RATE)) return undefined;
    const met = this.#met.get(place) ?? 0;
    this.#met.set(place, met + 1);
    const all = meetingsAt(method, faults);
    return all[(hashOf(place, ~this.#salt) + met) % all.length];
  }
}

/**
 * Places to which few runs come: what comes there is always hunted. One that the engine no longer has, or has
 * under another name, is hunted as seldom as all others.
 */
const RARE = [
  'state.write sync.ts rememberDamage',
  'state.write sync.ts afterwards',
  'state.write engine.ts decideHeld',
  'state.write execute/observe.ts rejoin',
  'state.write conflicts/remember.ts forgetResolution',
  'state.write readable/import.ts importFindings',
  'store.get upkeep/devices.ts',
  'store.get history/chain.ts readRoot',
  'store.copy readable/project.ts write',
  'store.head cloud/head.ts fetchHead',
  'store.get cloud/content.ts start',
  'store.put upkeep/devices.ts putDeviceRecord',
  'store.delete upkeep/collect.ts',
  'state.write readable/audit.ts forgetDamage',
  'state.write readable/audit.ts doubtCopies',
  'state.write readable/audit.ts auditIfDue',
  'vault.stage execute/recover.ts healTorn',
  'vault.install execute/recover.ts healTorn',
  'vault.read execute/recover.ts readNow',
  'vault.read conflicts/read.ts readSide',
  'vault.set-folder execute/work-pass.ts removeEmptied',
];

function isRare(place: string): boolean {
  return RARE.includes(place);
}

function meetingsAt(method: string, faults: readonly string[]): readonly Meeting[] {
  const crashes =
    method === 'install' ? (['before', 'after', TORN] as const) : (['before', 'after'] as const);
  return [
    ...faults.map((fault) => ({ kind: 'fault', fault }) as const),
    ...crashes.map((when) => ({ kind: 'crash', when }) as const),
  ];
}

/** FNV-1a, stirred: names that differ in one letter must not be neighbours. */
function hashOf(text: string, salt: number): number {
  let hash = (0x811c9dc5 ^ salt) >>> 0;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
  return (hash ^ (hash >>> 15)) >>> 0;
}
