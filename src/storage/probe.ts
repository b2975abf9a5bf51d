import type { ObjectKey } from '../core/model/ids.ts';
import type { ObjectStore, PutOptions } from './object-store.ts';
import { isStoreError, StoreError, type StoreErrorKind } from './store-error.ts';

export interface ProbeResult {
  /** Whether conditions on `put` can be relied on: `ignored` is worse than `unsupported`, for it says nothing. */
  readonly conditions: 'honoured' | 'ignored' | 'unsupported';
  /** What showed it, a sentence. */
  readonly detail: string;
}

export interface ProbeOptions {
  readonly random: { hex(digits: number): string };
  readonly rounds?: number;
  readonly racers?: number;
  readonly signal?: AbortSignal;
}

export const PROBE_PREFIX = '.twincloud/probe/';
const PROVIDER = 'probe';

/**
 * Finds out by trying whether the store honours conditions on `put`, one after another and in races: some
 * servers answer as if they did, and only a race shows it. Uses keys of its own and removes them. Give it a
 * store whose limit lets all racers run at once. Rejects where the store cannot be asked, or where no race
 * came to a result (each said `unavailable` or `rate-limited`).
 */
export async function probeConditions(store: ObjectStore, options: ProbeOptions): Promise<ProbeResult> {
  const probe = new Probe(store, options);
  try {
    return (
      (await probe.oneByOne()) ??
      (await probe.race('create')) ??
      (await probe.race('replace')) ?? {
        conditions: 'honoured',
        detail: `Conditional writes hold, also when ${String(probe.racers)} writers race.`,
      }
    );
  } finally {
    await probe.cleanUp();
  }
}

/** How a put ended; `unknown`: it may have had its effect. */
type Outcome = { readonly won: true; readonly etag: string } | { readonly won: false | 'unknown' };

const LOST: ReadonlySet<StoreErrorKind> = new Set(['conflict', 'not-found']);
const UNKNOWN: ReadonlySet<StoreErrorKind> = new Set(['unavailable', 'rate-limited', 'corrupt']);

class Probe {
  readonly racers: number;
  readonly #store: ObjectStore;
  readonly #rounds: number;
  readonly #options: ProbeOptions;
  readonly #id: string;
  readonly #keys: ObjectKey[] = [];

  constructor(store: ObjectStore, options: ProbeOptions) {
    this.#store = store;
    this.#options = options;
    this.#rounds = options.rounds ?? 5;
    this.racers = options.racers ?? 8;
    this.#id = options.random.hex(16);
  }

  /** What is wrong, or `undefined`. */
  async oneByOne(): Promise<ProbeResult | undefined> {
    const key = this.#freshKey();
    let first: string;
    try {
      ({ etag: first } = await this.#put(key, 'one', { ifNoneMatch: '*' }));
    } catch (error) {
      if (isStoreError(error, 'unsupported')) return unsupported('The store has no conditional writes.');
      if (isLost(error)) return unsupported('The store refuses to create an object that does not exist.');
      throw error;
    }
    if (await this.#passes(key, { ifNoneMatch: '*' })) {
      return ignored('The store created an object a second time although it existed.');
    }
    let second: string;
    try {
      ({ etag: second } = await this.#put(key, 'two', { ifMatch: first }));
    } catch (error) {
      if (isStoreError(error, 'unsupported')) return unsupported('The store cannot replace on a condition.');
      if (isLost(error)) return unsupported('The store refuses the tag that it gave itself.');
      throw error;
    }
    if (second === first || (await this.#passes(key, { ifMatch: first }))) {
      return ignored('The store replaced an object although the tag named an older one.');
    }
    if (await this.#passes(this.#freshKey(), { ifMatch: second })) {
      return ignored('The store replaced an object that does not exist.');
    }
    return undefined;
  }

  /** What is wrong, or `undefined` where every round that came to a result had exactly one winner. */
  async race(kind: 'create' | 'replace'): Promise<ProbeResult | undefined> {
    let results = 0;
    for (let round = 0; round < this.#rounds; round++) {
      const winners = await this.#raceOnce(kind);
      if (winners === 'unknown') continue;
      if (winners > 1) {
        return ignored(
          `Of ${String(this.racers)} writers that raced to ${kind} one object, ${String(winners)} won.`,
        );
      }
      if (winners === 0) return unsupported(`No writer wins when several ${kind} one object at once.`);
      results += 1;
    }
    if (results > 0) return undefined;
    const detail = 'the store was too busy to tell whether it honours conditions; try again later';
    throw new StoreError('unavailable', { provider: PROVIDER, detail });
  }

  async #raceOnce(kind: 'create' | 'replace'): Promise<number | 'unknown'> {
    const key = this.#freshKey();
    const condition: PutOptions =
      kind === 'create' ? { ifNoneMatch: '*' } : { ifMatch: (await this.#put(key, 'start', {})).etag };
    const outcomes = await Promise.all(
      Array.from({ length: this.racers }, (_, racer) =>
        this.#outcome(key, `racer ${String(racer)}`, condition),
      ),
    );
    const winners = outcomes.flatMap(({ won }, racer) => (won === true ? [racer] : []));
    if (!outcomes.some(({ won }) => won === 'unknown')) return winners.length;
    // Those who were not told may have written: what stands there now shows at most one of them.
    const standing = await this.#read(key);
    const hidden = outcomes.some(
      ({ won }, racer) => won === 'unknown' && standing === `racer ${String(racer)}`,
    );
    if (hidden) return winners.length + 1;
    return winners.length === 0 ? 'unknown' : winners.length;
  }

  async #outcome(key: ObjectKey, body: string, condition: PutOptions): Promise<Outcome> {
    try {
      return { won: true, etag: (await this.#put(key, body, condition)).etag };
    } catch (error) {
      if (isLost(error)) return { won: false };
      if (isStoreError(error) && UNKNOWN.has(error.kind)) return { won: 'unknown' };
      throw error;
    }
  }

  /** Whether a put goes through that must not. */
  async #passes(key: ObjectKey, condition: PutOptions): Promise<boolean> {
    try {
      await this.#put(key, 'must not be', condition);
      return true;
    } catch (error) {
      if (isLost(error)) return false;
      throw error;
    }
  }

  #put(key: ObjectKey, body: string, condition: PutOptions): Promise<{ readonly etag: string }> {
    return this.#store.put(key, new TextEncoder().encode(body), { ...condition, ...this.#call() });
  }

  async #read(key: ObjectKey): Promise<string | undefined> {
    try {
      const result = await this.#store.get(key, this.#call());
      return result.kind === 'found' ? new TextDecoder().decode(result.body) : undefined;
    } catch (error) {
      if (isStoreError(error, 'not-found')) return undefined;
      throw error;
    }
  }

  /** Removes what was made; an object that cannot be removed is small and named as what it is. */
  async cleanUp(): Promise<void> {
    await Promise.allSettled(this.#keys.map((key) => this.#store.delete(key)));
  }

  #freshKey(): ObjectKey {
    const key = `${PROBE_PREFIX}${this.#id}-${String(this.#keys.length)}` as ObjectKey;
    this.#keys.push(key);
    return key;
  }

  #call(): { readonly signal?: AbortSignal } {
    const { signal } = this.#options;
    return signal === undefined ? {} : { signal };
  }
}

/** Refused for the condition; not for a bucket that is missing, which says nothing of conditions. */
function isLost(error: unknown): boolean {
  return isStoreError(error) && LOST.has(error.kind) && error.details.reason === undefined;
}

function ignored(detail: string): ProbeResult {
  return { conditions: 'ignored', detail };
}

function unsupported(detail: string): ProbeResult {
  return { conditions: 'unsupported', detail };
}
