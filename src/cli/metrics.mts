import type { CallKind } from '../storage/wrappers/intercept.ts';
import type { Meter } from '../storage/wrappers/with-metering.ts';

const KINDS: readonly CallKind[] = ['get', 'put', 'copy', 'delete', 'head', 'list'];

/** What a run cost, as `--json` tells it. */
export interface Metrics {
  readonly seconds: number;
  /** Until all changes of this device were committed. */
  readonly savedSeconds: number;
  readonly cpuSeconds: number;
  readonly peakRssBytes: number;
  readonly requests: Readonly<Record<string, number>>;
  readonly bytesUp: number;
  readonly bytesDown: number;
}

export class Stopwatch {
  readonly #startMs = performance.now();
  #savedMs: number | undefined;

  saved(): void {
    this.#savedMs ??= performance.now();
  }

  seconds(): number {
    return rounded((performance.now() - this.#startMs) / 1000);
  }

  metrics(meter: Meter): Metrics {
    const { user, system } = process.cpuUsage();
    const counts = KINDS.map((kind): [string, number] => [kind, meter.reading(kind).requests]);
    const { requests, bytesUp, bytesDown } = meter.total();
    const seconds = this.seconds();
    return {
      seconds,
      savedSeconds: this.#savedMs === undefined ? seconds : rounded((this.#savedMs - this.#startMs) / 1000),
      cpuSeconds: rounded((user + system) / 1e6),
      // KiB on every platform.
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
      requests: { ...Object.fromEntries(counts), total: requests },
      bytesUp,
      bytesDown,
    };
  }
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
