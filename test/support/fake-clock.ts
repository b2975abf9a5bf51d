import type { Clock } from '../../src/engine/ports.ts';

interface Sleeper {
  readonly wakeMs: number;
  readonly order: number;
  readonly wake: () => void;
}

/** Time that moves only when told to: by `advance`, or with `auto` by whoever sleeps. */
export class FakeClock implements Clock {
  readonly #auto: boolean;
  readonly #sleepers = new Set<Sleeper>();
  /** Time that never jumps, by which sleepers wait. */
  #elapsedMs = 0;
  #offsetMs: number;
  #order = 0;

  constructor(options: { readonly startMs?: number; readonly auto?: boolean } = {}) {
    this.#offsetMs = options.startMs ?? Date.UTC(2026, 0, 1);
    this.#auto = options.auto ?? false;
  }

  now(): number {
    return this.#offsetMs + this.#elapsedMs;
  }

  async sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#auto) {
      this.#elapsedMs += Math.max(0, delayMs);
      await Promise.resolve();
      signal?.throwIfAborted();
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const abort = (): void => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason as Error);
      };
      const sleeper: Sleeper = {
        wakeMs: this.#elapsedMs + delayMs,
        order: this.#order++,
        wake: () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#sleepers.add(sleeper);
    });
  }

  /** How many wait. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  /** Moves time on, waking whoever is due in order; what they do at once is done when it resolves. */
  async advance(byMs: number): Promise<void> {
    const endMs = this.#elapsedMs + byMs;
    await settle();
    for (let due = this.#nextDue(endMs); due !== undefined; due = this.#nextDue(endMs)) {
      this.#elapsedMs = Math.max(this.#elapsedMs, due.wakeMs);
      this.#sleepers.delete(due);
      due.wake();
      await settle();
    }
    this.#elapsedMs = endMs;
  }

  /** The device's clock is set to another time; whoever sleeps wakes no sooner or later. */
  jump(byMs: number): void {
    this.#offsetMs += byMs;
  }

  #nextDue(endMs: number): Sleeper | undefined {
    return [...this.#sleepers]
      .filter((sleeper) => sleeper.wakeMs <= endMs)
      .sort((a, b) => a.wakeMs - b.wakeMs || a.order - b.order)[0];
  }
}

/** Lets every promise that is already settled run its course. */
async function settle(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}
