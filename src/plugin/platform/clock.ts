import type { Clock } from '../../engine/ports.ts';

/** A longer timer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What of `window` makes time; its timers stop while a phone has the page hidden. */
export interface TimerHost {
  setTimeout(callback: () => void, delayMs: number): number;
  clearTimeout(id: number): void;
}

/** The page's time. */
export function pageClock(): Clock {
  return webClock({
    setTimeout: (callback, delayMs) => window.setTimeout(callback, delayMs),
    clearTimeout: (id) => window.clearTimeout(id),
  });
}

export function webClock(host: TimerHost): Clock {
  const once = (delayMs: number, signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      const onAbort = (): void => {
        host.clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = host.setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, delayMs);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  return {
    now: () => Date.now(),
    async sleep(delayMs, signal) {
      signal?.throwIfAborted();
      for (let leftMs = delayMs; leftMs > 0; leftMs -= LONGEST_TIMER_MS) {
        await once(Math.min(leftMs, LONGEST_TIMER_MS), signal);
      }
    },
  };
}
