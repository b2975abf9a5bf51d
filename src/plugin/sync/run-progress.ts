import type { Progress, SyncOptions } from '../../engine/api.ts';

/** Progress is shown so often at most. */
const PROGRESS_MS = 100;

/** How far the running sync is. */
export class RunProgress {
  last: Progress | undefined;
  /** What this device has to send is in the cloud. */
  isSaved = false;
  readonly #now: () => number;
  readonly #changed: () => void;
  #lastMs = 0;

  constructor(now: () => number, changed: () => void) {
    this.#now = now;
    this.#changed = changed;
  }

  /** Of a run that begins. */
  start(): void {
    this.last = undefined;
    this.isSaved = false;
  }

  /** What the engine is to tell. */
  get listeners(): Required<Pick<SyncOptions, 'onProgress' | 'onSaved'>> {
    return {
      onProgress: (progress) => {
        const nowMs = this.#now();
        const isSoon = progress.phase === this.last?.phase && nowMs - this.#lastMs < PROGRESS_MS;
        if (isSoon && progress.doneFiles !== progress.totalFiles) return;
        this.last = progress;
        this.#lastMs = nowMs;
        this.#changed();
      },
      onSaved: () => {
        this.isSaved = true;
        this.#changed();
      },
    };
  }
}
