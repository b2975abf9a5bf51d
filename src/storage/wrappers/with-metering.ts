import type { ListPage, ObjectStore } from '../object-store.ts';
import { isStoreError, type StoreErrorKind } from '../store-error.ts';
import { type CallKind, intercept } from './intercept.ts';

/** One call that came to an end; of a listing, one page. */
export interface MeteredCall {
  readonly kind: CallKind;
  /** Bytes of bodies, without headers. Of a failed call, what it was to send. */
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** `foreign`: not an error of the store (the body's source failed). */
  readonly outcome: 'done' | StoreErrorKind | 'foreign';
}

export interface MeterSink {
  record(call: MeteredCall): void;
}

/** Tells the sink of every call. Innermost, it counts what is paid for: retries too. */
export function withMetering(store: ObjectStore, sink: MeterSink): ObjectStore {
  return intercept(store, async (call, run) => {
    const { kind, bytesUp } = call;
    try {
      const result = await run(call.signal);
      if (!isEndOfList(kind, result))
        sink.record({ kind, bytesUp, bytesDown: bytesIn(result), outcome: 'done' });
      return result;
    } catch (error) {
      const outcome = isStoreError(error) ? error.kind : 'foreign';
      sink.record({ kind, bytesUp, bytesDown: 0, outcome });
      throw error;
    }
  });
}

export interface MeterReading {
  readonly requests: number;
  readonly failed: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
}

const NOTHING: MeterReading = { requests: 0, failed: 0, bytesUp: 0, bytesDown: 0 };

/** Adds calls up by kind. */
export class Meter implements MeterSink {
  readonly #byKind = new Map<CallKind, MeterReading>();

  record(call: MeteredCall): void {
    const sum = this.reading(call.kind);
    this.#byKind.set(call.kind, {
      requests: sum.requests + 1,
      failed: sum.failed + (call.outcome === 'done' ? 0 : 1),
      bytesUp: sum.bytesUp + call.bytesUp,
      bytesDown: sum.bytesDown + call.bytesDown,
    });
  }

  reading(kind: CallKind): MeterReading {
    return this.#byKind.get(kind) ?? NOTHING;
  }

  total(): MeterReading {
    return [...this.#byKind.values()].reduce(
      (sum, of) => ({
        requests: sum.requests + of.requests,
        failed: sum.failed + of.failed,
        bytesUp: sum.bytesUp + of.bytesUp,
        bytesDown: sum.bytesDown + of.bytesDown,
      }),
      NOTHING,
    );
  }
}

/** The last step of an iteration brings no page: no request was made for it. */
function isEndOfList(kind: CallKind, result: unknown): boolean {
  return kind === 'list' && (result as IteratorResult<ListPage, unknown>).done === true;
}

function bytesIn(result: unknown): number {
  if (typeof result !== 'object' || result === null || !('body' in result)) return 0;
  return result.body instanceof Uint8Array ? result.body.length : 0;
}
