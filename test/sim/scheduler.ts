import { setImmediate } from 'node:timers';

/*
 *   device's code ──step()──► parked ──driver picks──► effect on the memory port ──► answer
 *                                │                        │
 *                                │                        └─ an error instead (before or after the effect)
 *                                └─ dropped with its device: it never answers
 */

export type PortName = 'store' | 'backup' | 'vault' | 'state' | 'clock';

/** How the world may answer a call other than well; what each means is the port wrapper's to say. */
export type Fault = string;

export interface Call {
  readonly device: string;
  readonly port: PortName;
  readonly method: string;
  readonly detail: string;
  /** Faults that this call can meet. */
  readonly faults: readonly Fault[];
  readonly signal?: AbortSignal;
  /** What of the engine makes it; `undefined` while nobody counts. */
  readonly site?: string | undefined;
}

/** A call whose caller waits. */
export interface Parked {
  readonly id: number;
  readonly call: Call;
  /** Has the effect, or the fault, and answers the caller unless `silent`. */
  readonly run: (fault: Fault | undefined, silent: boolean) => void;
}

export interface Timer {
  readonly device: string;
  readonly wakeAtMs: number;
  readonly wake: () => void;
}

/** Holds every call of every device until the driver lets one go on. */
export class Scheduler {
  readonly parked: Parked[] = [];
  readonly timers: Timer[] = [];
  /** Requests whose callers have given up, still on their way. */
  readonly late: (() => Promise<unknown>)[] = [];
  #nextId = 1;

  /** Waits to be picked, then answers with what `perform` gives. */
  step<T>(call: Call, perform: (fault: Fault | undefined) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const run = (fault: Fault | undefined, silent: boolean): void => {
        const done = perform(fault);
        if (silent) done.catch(() => undefined);
        else done.then(resolve, reject);
      };
      this.parked.push({ id: this.#nextId, call, run });
      this.#nextId += 1;
    });
  }

  sleep(device: string, wakeAtMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = (): void => {
        signal?.removeEventListener('abort', stop);
        resolve();
      };
      const timer: Timer = { device, wakeAtMs, wake };
      const stop = (): void => {
        const index = this.timers.indexOf(timer);
        if (index >= 0) this.timers.splice(index, 1);
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the port promises the signal's reason
        reject(signal?.reason);
      };
      if (signal?.aborted === true) stop();
      else {
        this.timers.push(timer);
        signal?.addEventListener('abort', stop, { once: true });
      }
    });
  }

  take(parked: Parked): void {
    this.parked.splice(this.parked.indexOf(parked), 1);
  }

  /** Wakes all whose time has come. */
  wakeDue(nowMs: number): void {
    const due = this.timers.filter((timer) => timer.wakeAtMs <= nowMs);
    for (const timer of due) this.timers.splice(this.timers.indexOf(timer), 1);
    for (const timer of due) timer.wake();
  }

  nextWakeMs(): number | undefined {
    return this.timers.reduce<number | undefined>(
      (least, timer) => (least === undefined || timer.wakeAtMs < least ? timer.wakeAtMs : least),
      undefined,
    );
  }

  /** The device is gone: nothing that it waits for will ever answer. */
  drop(device: string): void {
    keepOnly(this.parked, (parked) => parked.call.device !== device);
    keepOnly(this.timers, (timer) => timer.device !== device);
  }

  /**
   * Until every device waits for a parked call, a timer, or nothing. Only microtasks may run between
   * two parked calls (the simulation's ports use nothing else), so one turn of the loop is enough.
   */
  settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }
}

function keepOnly<T>(list: T[], keep: (one: T) => boolean): void {
  const kept = list.filter(keep);
  list.length = 0;
  list.push(...kept);
}
