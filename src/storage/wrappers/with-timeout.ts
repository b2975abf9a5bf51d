import type { ObjectStore } from '../object-store.ts';
import { StoreError } from '../store-error.ts';
import type { Timer } from '../time.ts';
import { intercept, type StoreCall } from './intercept.ts';

export interface TimeoutOptions {
  /** For the answer itself, whatever its size. */
  readonly baseMs?: number;
  /** The slowest line that is waited for. */
  readonly minBytesPerSecond?: number;
  /** What a get without a range may have to bring. */
  readonly unknownBytes?: number;
}

const PROVIDER = 'timeout';

/**
 * Ends a call that takes longer than `baseMs` and its bytes at `minBytesPerSecond` with `unavailable`,
 * and one whose signal fires with `aborted`, also where the store underneath does not listen. What it
 * does afterwards is not waited for. Stands below limits, so that waiting for a turn costs no time.
 */
export function withTimeout(store: ObjectStore, timer: Timer, options: TimeoutOptions = {}): ObjectStore {
  const { baseMs = 30_000, minBytesPerSecond = 16 * 1024, unknownBytes = 8 * 1024 * 1024 } = options;
  const budgetMs = (call: StoreCall): number => {
    const asked = call.kind === 'get' ? (call.bytesAsked ?? unknownBytes) : 0;
    return baseMs + ((call.bytesUp + asked) / minBytesPerSecond) * 1000;
  };
  return intercept(store, (call, run) => within(timer, { call, budgetMs: budgetMs(call) }, run));
}

async function within<T>(
  timer: Timer,
  limit: { readonly call: StoreCall; readonly budgetMs: number },
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { call, budgetMs } = limit;
  const about = { provider: PROVIDER, ...(call.key === '' ? {} : { key: call.key }) };
  const inner = new AbortController();
  const settled = new AbortController();
  const ended = new Promise<never>((_resolve, reject) => {
    const abort = (): void => {
      inner.abort(call.signal?.reason);
      reject(new StoreError('aborted', { ...about, cause: call.signal?.reason }));
    };
    if (call.signal?.aborted === true) abort();
    call.signal?.addEventListener('abort', abort, { once: true, signal: settled.signal });
    timer.sleep(budgetMs, settled.signal).then(
      () => {
        const detail = `no answer within ${String(Math.round(budgetMs / 1000))} s`;
        reject(new StoreError('unavailable', { ...about, detail }));
        inner.abort(new Error(detail));
      },
      // The call settled first.
      () => undefined,
    );
  });
  try {
    return await Promise.race([ended, run(inner.signal)]);
  } finally {
    settled.abort();
  }
}
