interface Seen {
  readonly mtime: number;
  readonly size: number;
}

const MOST_PATHS = 20_000;

/**
 * Tells the app's events for what the sync itself writes from those for what others do. The app raises
 * an event during the write already, and may raise another after it.
 */
export class OwnWrites {
  readonly #running = new Map<string, number>();
  readonly #left = new Map<string, Seen | 'absent'>();

  /** Events for these paths are the sync's own while `work` runs. */
  async during<T>(paths: readonly string[], work: () => Promise<T>): Promise<T> {
    for (const path of paths) this.#running.set(path, (this.#running.get(path) ?? 0) + 1);
    try {
      return await work();
    } finally {
      for (const path of paths) {
        const count = (this.#running.get(path) ?? 1) - 1;
        if (count === 0) this.#running.delete(path);
        else this.#running.set(path, count);
      }
    }
  }

  /** How the sync left the path. */
  left(path: string, stat: Seen | 'absent'): void {
    // An event that is not known for an echo costs a look at the head, no more.
    if (this.#left.size >= MOST_PATHS) this.#left.clear();
    this.#left.set(path, stat);
  }

  /** Whether an event for the path, which now has this stat, tells nothing new. */
  isEcho(path: string, stat: Seen | undefined): boolean {
    if (this.#running.has(path)) return true;
    const left = this.#left.get(path);
    if (left === undefined) return false;
    if (left === 'absent') return stat === undefined;
    return left.mtime === stat?.mtime && left.size === stat.size;
  }
}
