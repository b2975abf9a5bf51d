import type { ObjectBody, ObjectStore, PutOptions } from '../object-store.ts';
import { isStoreError, StoreError } from '../store-error.ts';
import { intercept, type StoreCall } from './intercept.ts';

const PROVIDER = 'limit';

/**
 * Lets at most `max` calls run at once, in the order they came. The limit adapts: a success raises it a
 * little (by one for as many successes as it has places), `rate-limited` and `unavailable` halve it, once
 * for all calls that were under way together. A put gives its place away while the source of its body reads:
 * a source may itself call this store.
 */
export function withLimit(store: ObjectStore, max: number): ObjectStore {
  const places = new Places(max);
  const limited = intercept(store, (call, run) => places.hold(call, () => run(call.signal)));
  return {
    ...limited,
    put: (key, body: ObjectBody, options: PutOptions = {}) => {
      const place = places.place();
      const call = { key, signal: options.signal };
      return place.use(call, () => store.put(key, place.lentWhileRead(body, call), options));
    },
  };
}

type Caller = Pick<StoreCall, 'key' | 'signal'>;

class Places {
  readonly #max: number;
  /** Between 1 and `#max`; not whole, so that successes add up. */
  #limit: number;
  #taken = 0;
  /** Halvings so far: a failure counts only if none came since its call began. */
  #halvings = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(max: number) {
    this.#max = Math.max(1, max);
    this.#limit = this.#max;
  }

  hold<T>(call: Caller, run: () => Promise<T>): Promise<T> {
    return this.place().use(call, run);
  }

  place(): Place {
    return new Place(this);
  }

  /** Resolves when there is a place; `first` goes before all who wait. */
  async take(call: Caller, first: boolean): Promise<void> {
    if (call.signal?.aborted === true) throw aborted(call);
    if (this.#taken < this.#allowed() && (first || this.#waiting.length === 0)) {
      this.#taken += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const grant = (): void => {
        call.signal?.removeEventListener('abort', abort);
        resolve();
      };
      const abort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(grant), 1);
        reject(aborted(call));
      };
      call.signal?.addEventListener('abort', abort, { once: true });
      if (first) this.#waiting.unshift(grant);
      else this.#waiting.push(grant);
    });
  }

  give(): void {
    this.#taken -= 1;
    this.#grant();
  }

  /** To be handed to `learn` with the outcome. */
  get halvings(): number {
    return this.#halvings;
  }

  learn(halvingsBefore: number, error: unknown): void {
    const slowDown = isStoreError(error, 'rate-limited') || isStoreError(error, 'unavailable');
    if (error === undefined) {
      this.#limit = Math.min(this.#max, this.#limit + 1 / this.#limit);
      this.#grant();
    } else if (slowDown && halvingsBefore === this.#halvings) {
      this.#limit = Math.max(1, this.#limit / 2);
      this.#halvings += 1;
    }
  }

  #allowed(): number {
    return Math.floor(this.#limit);
  }

  #grant(): void {
    while (this.#taken < this.#allowed()) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#taken += 1;
      next();
    }
  }
}

/** One call's place, which it may lend while it waits for its own body. */
class Place {
  readonly #places: Places;
  #held = false;
  #reads = 0;

  constructor(places: Places) {
    this.#places = places;
  }

  async use<T>(call: Caller, run: () => Promise<T>): Promise<T> {
    await this.#take(call, false);
    const { halvings } = this.#places;
    try {
      const result = await run();
      this.#places.learn(halvings, undefined);
      return result;
    } catch (error) {
      this.#places.learn(halvings, error);
      throw error;
    } finally {
      this.#give();
    }
  }

  /** The body, during whose reads the place is somebody else's. Several may be read at once. */
  lentWhileRead(body: ObjectBody, call: Caller): ObjectBody {
    if (body instanceof Uint8Array) return body;
    return {
      sizeBytes: body.sizeBytes,
      read: async (offset, length) => {
        this.#reads += 1;
        this.#give();
        try {
          return await body.read(offset, length);
        } finally {
          this.#reads -= 1;
          if (this.#reads === 0) await this.#take(call, true);
        }
      },
    };
  }

  async #take(call: Caller, first: boolean): Promise<void> {
    await this.#places.take(call, first);
    this.#held = true;
  }

  #give(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#places.give();
  }
}

function aborted(call: Caller): StoreError {
  return new StoreError('aborted', { provider: PROVIDER, key: call.key, cause: call.signal?.reason });
}
