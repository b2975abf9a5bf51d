import { setImmediate } from 'node:timers/promises';

/** Local disks answer from memory in a few microseconds a name. */
const SLOW_MS_PER_NAME = 0.3;
/** A call for few names may wait once for a disk to wake. */
const NAMES_AT_LEAST = 16;
/** Nobody notices that the program did nothing else for so long. */
const WORK_MS = 12;

/**
 * How to ask a disk: directly while it is quick, which is several times faster than by promises; side
 * by side and without waiting once it has been slow, as network drives are.
 */
export class DiskPace {
  #isSlow = false;
  #restedAtMs = performance.now();

  get isSlow(): boolean {
    return this.#isSlow;
  }

  /** Asks directly, and remembers how long that took for so many names. */
  direct<T>(ask: () => T, namesIn: (answer: T) => number): T {
    const startMs = performance.now();
    const answer = ask();
    const names = Math.max(NAMES_AT_LEAST, namesIn(answer));
    this.#isSlow ||= performance.now() - startMs > names * SLOW_MS_PER_NAME;
    return answer;
  }

  /** Lets everything else have its turn when that is due. */
  async rest(): Promise<void> {
    if (performance.now() - this.#restedAtMs < WORK_MS) return;
    await setImmediate();
    this.#restedAtMs = performance.now();
  }
}
