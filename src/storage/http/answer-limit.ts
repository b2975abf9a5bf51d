import { StoreError } from '../store-error.ts';
import type { Timer } from '../time.ts';

export interface AnswerLimit {
  readonly timer: Timer;
  readonly ms: number;
}

/**
 * Gives a request up with `unavailable` where `begun` was not called in time. From then on it may take as
 * long as whoever asked allows. The signal that it is given is the caller's as well.
 */
export async function withAnswerLimit<T>(
  provider: string,
  limit: AnswerLimit | undefined,
  signal: AbortSignal | undefined,
  run: (signal: AbortSignal | undefined, begun: () => void) => Promise<T>,
): Promise<T> {
  if (limit === undefined) return run(signal, () => undefined);
  const { timer, ms } = limit;
  const inner = new AbortController();
  const settled = new AbortController();
  const ended = new AbortController();
  const begun = (): void => settled.abort();
  const abort = (): void => inner.abort(signal?.reason);
  if (signal?.aborted === true) abort();
  signal?.addEventListener('abort', abort, { once: true, signal: ended.signal });
  const late = new AbortController();
  timer.sleep(ms, settled.signal).then(
    () => {
      if (settled.signal.aborted) return;
      late.abort();
      inner.abort();
    },
    // The answer began first.
    () => undefined,
  );
  try {
    return await run(inner.signal, begun);
  } catch (error) {
    if (!late.signal.aborted) throw error;
    const detail = `no answer within ${String(Math.round(ms / 1000))} s`;
    throw new StoreError('unavailable', { provider, detail });
  } finally {
    settled.abort();
    ended.abort();
  }
}
