import { setImmediate } from 'node:timers/promises';

/** Local disks answer from memory in a few microseconds a name. */
const SLOW_MS_PER_NAME = 0.3;
/** Side by side a name may not take longer than this for the disk to count as quick again. */
const QUICK_MS_PER_NAME = 0.1;
/** A call for few names may wait once for a disk to wake. */
const NAMES_AT_LEAST = 16;
/** Nobody notices that the program did nothing else for so long. */
const WORK_MS = 12;

/** One question to a disk. */
interface Question<T> {
  now(): T;
  later(): Promise<T>;
  /** How many names an answer is about. */
  names(answer: T): number;
}

/**
 * How to ask a disk: directly while it is quick, which is several times faster than by promises; side
 * by side and without waiting while it is slow, as network drives are. A busy machine makes a quick
 * disk look slow for a moment, so what was asked later is timed too.
 */
export class DiskPace {
  #isSlow = false;
  #restedAtMs = performance.now();

  async ask<T>(question: Question<T>): Promise<T> {
    const startMs = performance.now();
    const answer = this.#isSlow ? await question.later() : question.now();
    const names = Math.max(NAMES_AT_LEAST, question.names(answer));
    const most = this.#isSlow ? QUICK_MS_PER_NAME : SLOW_MS_PER_NAME;
    this.#isSlow = performance.now() - startMs > names * most;
    return answer;
  }

  /** Lets everything else have its turn when that is due. */
  async rest(): Promise<void> {
    if (performance.now() - this.#restedAtMs < WORK_MS) return;
    await setImmediate();
    this.#restedAtMs = performance.now();
  }
}
