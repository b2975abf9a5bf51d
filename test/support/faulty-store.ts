import type { ObjectKey } from '../../src/core/model/ids.ts';
import type {
  CallOptions,
  GetOptions,
  GetResult,
  ListOptions,
  ListPage,
  ObjectBody,
  ObjectInfo,
  ObjectStore,
  ObjectVersion,
  PutOptions,
  StoreCapabilities,
  WriteOptions,
} from '../../src/storage/object-store.ts';
import { StoreError, type StoreErrorDetails, type StoreErrorKind } from '../../src/storage/store-error.ts';
import type { CallKind } from '../../src/storage/wrappers/intercept.ts';
import type { SeededRandom } from './seeded-random.ts';

/** What happens to one call. */
export type Fault =
  /** It fails without effect. */
  | {
      readonly kind: 'fail-before';
      readonly error?: StoreErrorKind;
      readonly details?: Partial<StoreErrorDetails>;
    }
  /** It has its effect, and the answer is lost. */
  | {
      readonly kind: 'fail-after';
      readonly error?: StoreErrorKind;
      readonly details?: Partial<StoreErrorDetails>;
    }
  /** A get's body comes with one bit turned over. */
  | { readonly kind: 'corrupt-body' }
  /** A get's body comes short. */
  | { readonly kind: 'cut-body' }
  /** It is held up, before its effect unless told. */
  | { readonly kind: 'delay'; readonly until: () => Promise<void>; readonly when?: 'before' | 'after' };

export interface FaultyCall {
  /** Counts the calls of this store, from 0; each page of a listing is one. */
  readonly index: number;
  readonly kind: CallKind;
  readonly key: string;
  readonly conditional: boolean;
}

/** Decides call by call. */
export type FaultScript = (call: FaultyCall) => Fault | undefined;

/** The fault at the calls with these indexes. */
export function atCalls(indexes: readonly number[], fault: Fault): FaultScript {
  return (call) => (indexes.includes(call.index) ? fault : undefined);
}

/** The fault at the first `times` calls that the predicate picks. */
export function whenever(
  picks: (call: FaultyCall) => boolean,
  fault: Fault,
  times = Number.POSITIVE_INFINITY,
): FaultScript {
  let left = times;
  return (call) => {
    if (left === 0 || !picks(call)) return undefined;
    left -= 1;
    return fault;
  };
}

/** Faults by chance, each with its probability; the same for the same seed and calls. */
export function byChance(
  random: SeededRandom,
  odds: readonly { readonly probability: number; readonly fault: Fault }[],
): FaultScript {
  return () => {
    let draw = random.fraction();
    for (const { probability, fault } of odds) {
      if (draw < probability) return fault;
      draw -= probability;
    }
    return undefined;
  };
}

/** A store on which calls go wrong as the script says. */
export class FaultyStore implements ObjectStore {
  readonly capabilities: StoreCapabilities;
  /** All calls so far. */
  readonly calls: FaultyCall[] = [];
  /** Decides from the next call on. */
  script: FaultScript;
  readonly #store: ObjectStore;

  constructor(store: ObjectStore, script: FaultScript = () => undefined) {
    this.#store = store;
    this.script = script;
    this.capabilities = store.capabilities;
  }

  async get(key: ObjectKey, options?: GetOptions): Promise<GetResult> {
    const { result, fault } = await this.#through({ kind: 'get', key }, () => this.#store.get(key, options));
    if (result.kind === 'unchanged' || result.body.length === 0) return result;
    if (fault?.kind === 'cut-body') return { ...result, body: result.body.slice(0, -1) };
    if (fault?.kind !== 'corrupt-body') return result;
    const body = result.body.slice();
    const middle = body.length >> 1;
    body[middle] = (body[middle] ?? 0) ^ 1;
    return { ...result, body };
  }

  async put(key: ObjectKey, body: ObjectBody, options: PutOptions = {}): Promise<ObjectVersion> {
    const conditional = options.ifMatch !== undefined || options.ifNoneMatch !== undefined;
    const call = { kind: 'put', key, conditional } as const;
    return (await this.#through(call, () => this.#store.put(key, body, options))).result;
  }

  async copy(from: ObjectKey, to: ObjectKey, options?: WriteOptions): Promise<ObjectVersion> {
    const call = { kind: 'copy', key: to } as const;
    return (await this.#through(call, () => this.#store.copy(from, to, options))).result;
  }

  async delete(key: ObjectKey, options?: CallOptions): Promise<void> {
    await this.#through({ kind: 'delete', key }, () => this.#store.delete(key, options));
  }

  async head(key: ObjectKey, options?: CallOptions): Promise<ObjectInfo> {
    return (await this.#through({ kind: 'head', key }, () => this.#store.head(key, options))).result;
  }

  async *list(prefix: string, options?: ListOptions): AsyncGenerator<ListPage> {
    for await (const page of this.#store.list(prefix, options)) {
      // Reading changes nothing, so before and after are one; the end of a listing is no call.
      yield (await this.#through({ kind: 'list', key: prefix }, () => Promise.resolve(page))).result;
    }
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  async #through<T>(
    what: { readonly kind: CallKind; readonly key: string; readonly conditional?: boolean },
    run: () => Promise<T>,
  ): Promise<{ readonly result: T; readonly fault: Fault | undefined }> {
    const call = { conditional: false, ...what, index: this.calls.length };
    this.calls.push(call);
    const fault = this.script(call);
    if (fault?.kind === 'fail-before') throw errorOf(fault, call.key);
    if (fault?.kind === 'delay' && fault.when !== 'after') await fault.until();
    const result = await run();
    if (fault?.kind === 'fail-after') throw errorOf(fault, call.key);
    if (fault?.kind === 'delay' && fault.when === 'after') await fault.until();
    return { result, fault };
  }
}

function errorOf(fault: Fault & { readonly kind: 'fail-before' | 'fail-after' }, key: string): StoreError {
  const about = { provider: 'faulty', ...(key === '' ? {} : { key }), detail: fault.kind };
  return new StoreError(fault.error ?? 'unavailable', { ...about, ...fault.details });
}
