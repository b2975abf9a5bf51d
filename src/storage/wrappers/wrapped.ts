import type { ObjectStore } from '../object-store.ts';
import type { Jitter, Timer } from '../time.ts';
import { withLimit } from './with-limit.ts';
import { withMetering, type MeterSink } from './with-metering.ts';
import { withPrefix } from './with-prefix.ts';
import { withRetry, type RetryOptions } from './with-retry.ts';
import { withTimeout, type TimeoutOptions } from './with-timeout.ts';

export interface Wrapping {
  /** Empty, or ends in `/`. */
  readonly prefix: string;
  /** Each is told of every try. */
  readonly meters?: readonly MeterSink[];
  /** What one kind of store needs beside. */
  readonly fitting?: (store: ObjectStore) => ObjectStore;
  readonly timer: Timer;
  readonly jitter: Jitter;
  readonly timeout?: TimeoutOptions;
  /** Calls at once. */
  readonly connections: number;
  readonly patience?: RetryOptions;
}

/**
 * A provider's store as the engine has it. The order of the wrappers, outermost first:
 *
 *   retry ─► limit ─► time-out ─► fitting ─► meters ─► prefix ─► store
 *
 * So a call that waits for its next try takes no place of another, a try that waits for its place is not out
 * of time, and the meters see every try.
 */
export function wrapped(store: ObjectStore, wrapping: Wrapping): ObjectStore {
  const { timer, jitter, fitting = (one: ObjectStore): ObjectStore => one } = wrapping;
  let inner = withPrefix(store, wrapping.prefix);
  for (const meter of wrapping.meters ?? []) inner = withMetering(inner, meter);
  const timed = withTimeout(fitting(inner), timer, wrapping.timeout);
  return withRetry(withLimit(timed, wrapping.connections), { timer, jitter }, wrapping.patience);
}
