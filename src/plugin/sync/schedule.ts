import type { Clock } from '../../engine/ports.ts';
import { nextDue, type Situation } from './due.ts';

export interface ScheduleOptions {
  readonly clock: Clock;
  readonly situation: () => Situation;
  readonly sync: () => void;
}

/** Calls `sync` when it is due. `changed` is told whenever the situation may be another. */
export class Schedule {
  readonly #options: ScheduleOptions;
  #waiting: AbortController | undefined;
  #dueMs: number | undefined;
  #closed = false;

  constructor(options: ScheduleOptions) {
    this.#options = options;
  }

  /** Whether a sync is to begin by itself. */
  get isDue(): boolean {
    return this.#dueMs !== undefined;
  }

  changed(): void {
    if (this.#closed) return;
    const { clock, situation } = this.#options;
    const nowMs = clock.now();
    const dueMs = nextDue(situation(), nowMs);
    if (dueMs === this.#dueMs) return;
    this.#dueMs = dueMs;
    this.#waiting?.abort();
    this.#waiting = undefined;
    if (dueMs !== undefined) void this.#wait(dueMs - nowMs);
  }

  close(): void {
    this.#closed = true;
    this.#dueMs = undefined;
    this.#waiting?.abort();
  }

  async #wait(delayMs: number): Promise<void> {
    const waiting = new AbortController();
    this.#waiting = waiting;
    try {
      await this.#options.clock.sleep(Math.max(0, delayMs), waiting.signal);
    } catch {
      // Something came in between; `changed` has begun another wait.
      return;
    }
    if (waiting.signal.aborted || this.#closed) return;
    this.#dueMs = undefined;
    this.#options.sync();
  }
}
