import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../../engine/ports.ts';

/** A longer timer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const nodeClock: Clock = {
  now: () => Date.now(),
  async sleep(delayMs, signal) {
    signal?.throwIfAborted();
    try {
      for (let leftMs = delayMs; leftMs > 0; leftMs -= LONGEST_TIMER_MS) {
        await setTimeout(
          Math.min(leftMs, LONGEST_TIMER_MS),
          undefined,
          signal === undefined ? {} : { signal },
        );
      }
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
