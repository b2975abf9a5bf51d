/** The device's clock, milliseconds since 1970; may jump. */
export interface Now {
  now(): number;
}

export interface Timer extends Now {
  /** Rejects with the signal's reason when it fires. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** Randomness for jitter. */
export interface Jitter {
  /** 0 ≤ x < 1. */
  fraction(): number;
}
