import type { Clock } from '../../engine/ports.ts';
import type { Situation } from './due.ts';
import { Schedule } from './schedule.ts';

/** Windows come and go; a sync that has just ended is good enough. */
const WOKE_AGAIN_MS = 10_000;

export interface TriggersOptions {
  readonly clock: Clock;
  /** What others know of the situation. */
  readonly about: () => Pick<Situation, 'isOn' | 'intervalMs' | 'syncAfterEdit'>;
  readonly sync: () => void;
}

/** What happened that may be a reason to sync, and when. */
export class Triggers {
  readonly #options: TriggersOptions;
  readonly #schedule: Schedule;
  #isStarted = false;
  #isRunning = false;
  #wanted = false;
  #edits: Situation['edits'];
  #isDeferred = false;
  #typedMs = 0;
  #lastEndMs: number | undefined;
  #failures = 0;

  constructor(options: TriggersOptions) {
    this.#options = options;
    this.#schedule = new Schedule({
      clock: options.clock,
      situation: () => this.#situation(),
      sync: options.sync,
    });
  }

  /** An edit waits to settle. */
  get isWaiting(): boolean {
    return this.#edits !== undefined && this.#schedule.isDue;
  }

  /** Failed syncs in a row. */
  get failures(): number {
    return this.#failures;
  }

  /** The app has its files and has come to rest. */
  start(wanted: boolean): void {
    this.#isStarted = true;
    this.#lastEndMs = this.#options.clock.now();
    this.#wanted = wanted;
    this.changed();
  }

  /** A file is another than before. */
  edited(): void {
    const nowMs = this.#options.clock.now();
    this.#edits = { firstMs: this.#edits?.firstMs ?? nowMs, lastMs: nowMs };
    this.changed();
  }

  typed(): void {
    this.#typedMs = this.#options.clock.now();
    if (this.#edits !== undefined) this.edited();
  }

  /** The app came to the front again, or the network came back. */
  woke(): void {
    const sinceMs = this.#options.clock.now() - (this.#lastEndMs ?? 0);
    if (this.#failures === 0 && Math.abs(sinceMs) < WOKE_AGAIN_MS) return;
    this.want();
  }

  /** Something that a person did is a reason to sync at once, whatever failed before. */
  want(): void {
    this.#wanted = true;
    this.#failures = 0;
    this.changed();
  }

  began(): void {
    this.#isRunning = true;
    this.#wanted = false;
    this.#edits = undefined;
    this.changed();
  }

  /** `deferred`: notes were left alone because somebody types in them. */
  ended(how: { readonly failed: boolean; readonly deferred: boolean }): void {
    this.#lastEndMs = this.#options.clock.now();
    this.#failures = how.failed ? this.#failures + 1 : 0;
    this.#isDeferred = how.deferred;
  }

  /** The last of the syncs that were asked for has ended. */
  rests(): void {
    this.#isRunning = false;
    this.changed();
  }

  changed(): void {
    this.#schedule.changed();
  }

  close(): void {
    this.#schedule.close();
  }

  #situation(): Situation {
    const { isOn, intervalMs, syncAfterEdit } = this.#options.about();
    return {
      isOn: this.#isStarted && isOn,
      isRunning: this.#isRunning,
      wanted: this.#wanted,
      edits: this.#edits,
      deferred: this.#isDeferred ? { typedMs: this.#typedMs } : undefined,
      lastEndMs: this.#lastEndMs,
      failures: this.#failures,
      intervalMs,
      syncAfterEdit,
    };
  }
}
