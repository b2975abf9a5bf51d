import type { Clock } from '../../engine/ports.ts';

/** Gives up on what shows no sign of life for a time, or when it is told to. */
export class Patience {
  readonly #clock: Clock;
  readonly #patienceMs: number;
  readonly #abort = new AbortController();
  readonly #ended = new AbortController();
  #turn = new AbortController();
  #isAlive = false;
  #why: 'stopped' | 'timeout' | 'stalled' | undefined;

  constructor(clock: Clock, patienceMs: number, caller: AbortSignal) {
    this.#clock = clock;
    this.#patienceMs = patienceMs;
    const stop = (): void => this.#giveUp('stopped');
    if (caller.aborted) stop();
    else caller.addEventListener('abort', stop, { once: true, signal: this.#ended.signal });
    this.#wait();
  }

  /** Fires when it is given up. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** `timeout`: nothing ever came. `stalled`: no more came. */
  get why(): 'stopped' | 'timeout' | 'stalled' | undefined {
    return this.#why;
  }

  alive(): void {
    this.#isAlive = true;
    this.#turn.abort();
    this.#wait();
  }

  /** Rejects when it is given up, also where the work itself cannot be stopped. */
  during<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(new Error('given up'));
      if (this.signal.aborted) onAbort();
      else this.signal.addEventListener('abort', onAbort, { once: true, signal: this.#ended.signal });
      work.then(resolve, reject);
    });
  }

  end(): void {
    this.#ended.abort();
    this.#turn.abort();
  }

  #wait(): void {
    if (this.signal.aborted || this.#ended.signal.aborted) return;
    this.#turn = new AbortController();
    this.#clock.sleep(this.#patienceMs, this.#turn.signal).then(
      () => this.#giveUp(this.#isAlive ? 'stalled' : 'timeout'),
      () => undefined,
    );
  }

  #giveUp(why: 'stopped' | 'timeout' | 'stalled'): void {
    if (this.signal.aborted) return;
    this.#why = why;
    this.#turn.abort();
    this.#abort.abort();
  }
}
