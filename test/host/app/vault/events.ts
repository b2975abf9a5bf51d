import type { EventRef } from 'obsidian';

export type Callback = (...data: unknown[]) => unknown;

interface Registered extends EventRef {
  readonly events: Events;
  readonly name: string;
  readonly callback: Callback;
  readonly context: unknown;
}

/** Obsidian's emitter: a listener that throws hinders no other, and is reported as the window reports errors. */
export class Events {
  readonly #refs = new Map<string, Registered[]>();

  on(name: string, callback: Callback, context?: unknown): EventRef {
    const ref: Registered = { events: this, name, callback, context };
    this.#refs.set(name, [...(this.#refs.get(name) ?? []), ref]);
    return ref;
  }

  off(name: string, callback: Callback): void {
    this.#keep(name, (ref) => ref.callback !== callback);
  }

  offref(ref: EventRef): void {
    this.#keep((ref as Registered).name, (other) => other !== ref);
  }

  trigger(name: string, ...data: unknown[]): void {
    for (const ref of this.#refs.get(name) ?? []) this.tryTrigger(ref, data);
  }

  tryTrigger(ref: EventRef, data: unknown[]): void {
    const { callback, context } = ref as Registered;
    try {
      callback.apply(context, data);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  /** How many listen, so that a test sees what an unloaded plugin left behind. */
  listenerCount(name?: string): number {
    const counted = name === undefined ? [...this.#refs.values()] : [this.#refs.get(name) ?? []];
    return counted.reduce((sum, refs) => sum + refs.length, 0);
  }

  #keep(name: string, wanted: (ref: Registered) => boolean): void {
    this.#refs.set(name, (this.#refs.get(name) ?? []).filter(wanted));
  }
}

/** Ends a registration without knowing whose it is, as `Component.registerEvent` does. */
export function endEvent(ref: EventRef): void {
  (ref as Registered).events.offref(ref);
}
