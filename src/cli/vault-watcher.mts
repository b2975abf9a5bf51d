import { basename } from 'node:path';
import { watch, type FSWatcher } from 'chokidar';

/** Tells when something in the vault has changed and then been quiet for a while. */
export class VaultWatcher {
  readonly #watcher: FSWatcher;
  readonly #settleMs: number;
  #changedMs: number | undefined;
  #wake: (() => void) | undefined;

  private constructor(watcher: FSWatcher, settleMs: number) {
    this.#watcher = watcher;
    this.#settleMs = settleMs;
  }

  /** Resolves when all folders are watched. What cannot be watched is told, and goes unnoticed. */
  static async open(
    vault: string,
    settleMs: number,
    onTrouble: (message: string) => void,
  ): Promise<VaultWatcher> {
    const watcher = watch(vault, {
      ignoreInitial: true,
      followSymlinks: false,
      // The trash, staged files and other programs' settings are not synced.
      ignored: (path) => path !== vault && basename(path).startsWith('.'),
    });
    const self = new VaultWatcher(watcher, settleMs);
    let troubled = false;
    watcher.on('error', (error) => {
      if (!troubled) onTrouble(error instanceof Error ? error.message : String(error));
      troubled = true;
    });
    watcher.on('all', () => {
      self.#changedMs = performance.now();
      self.#wake?.();
    });
    await new Promise<void>((resolve) => {
      watcher.once('ready', resolve);
    });
    return self;
  }

  /** Waits for a change that has settled, at most `waitMs` where there is none. `true` when the signal fired. */
  async settled(waitMs: number, signal: AbortSignal): Promise<boolean> {
    const endMs = performance.now() + waitMs;
    for (;;) {
      if (signal.aborted) return true;
      const nowMs = performance.now();
      const readyMs = this.#changedMs === undefined ? endMs : this.#changedMs + this.#settleMs;
      if (nowMs >= readyMs) {
        this.#changedMs = undefined;
        return false;
      }
      await this.#nextEvent(readyMs - nowMs, signal);
    }
  }

  close(): Promise<void> {
    return this.#watcher.close();
  }

  /** A change, the time, or the signal: whatever comes first. */
  #nextEvent(waitMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, waitMs);
      this.#wake = done;
      signal.addEventListener('abort', done, { once: true });
    });
  }
}
