import { StoreError } from '../../../storage/store-error.ts';
import type { Timer } from '../../../storage/time.ts';
import { rangeBytes, type WireRequest } from './wire.ts';

/** For the beginning of an answer, as the command waits for it. */
const BEGIN_MS = 30_000;
/** Bytes a second that the line is taken to bring at first; and the least, with which a get has what `withTimeout` gives it. */
const GOOD_LINE = 128 * 1024;
const POOR_LINE = 8 * 1024;
/** Of a larger get nobody knows how much there is: ranges say what may come at most. */
const MOST_ASKED = 4 * 1024 * 1024;
/** Less says nothing of the line. */
const LEAST_MEASURED = 64 * 1024;

/** A get that is under way. */
interface Waiting {
  readonly bytes: number;
  /** The most that this one and those beside it asked for at once. */
  peakBytes: number;
}

/**
 * How long a get may take before it is given up with `unavailable`, and tried again by who asked. A request that
 * the page makes itself has to begin to answer. Of one that the app makes nothing is seen before all of it is
 * there: it has the time for what is asked for at that moment on a line that is not good, some one minute for one
 * piece. On a poorer line gets are given up once or twice, each time after longer; what then comes tells how fast it
 * is.
 */
export class AnswerPatience {
  readonly #timer: Timer;
  readonly #waiting = new Set<Waiting>();
  #lineBytesPerSecond = GOOD_LINE;

  constructor(timer: Timer) {
    this.#timer = timer;
  }

  /** `run` resolves when the answer begins; its signal holds for what comes after, too. */
  async untilBegun<T>(
    { method }: WireRequest,
    signal: AbortSignal | undefined,
    run: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const stop = new AbortController();
    if (signal?.aborted === true) stop.abort(signal.reason);
    signal?.addEventListener('abort', () => stop.abort(signal.reason), { once: true });
    if (method !== 'GET') return run(stop.signal);
    const settled = new AbortController();
    const late = this.#timer.sleep(BEGIN_MS, settled.signal).then(() => {
      if (!settled.signal.aborted) stop.abort();
      throw noAnswer(BEGIN_MS);
    });
    try {
      return await Promise.race([run(stop.signal), late]);
    } finally {
      settled.abort();
    }
  }

  /** `run` resolves when all is there. What comes of it after it was given up is not waited for. */
  async untilWhole<T extends { readonly arrayBuffer: ArrayBuffer }>(
    request: WireRequest,
    run: () => Promise<T>,
  ): Promise<T> {
    if (request.method !== 'GET') return run();
    const mine = { bytes: Math.min(rangeBytes(request) ?? MOST_ASKED, MOST_ASKED), peakBytes: 0 };
    this.#waiting.add(mine);
    const allBytes = [...this.#waiting].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const one of this.#waiting) one.peakBytes = Math.max(one.peakBytes, allBytes);
    const settled = new AbortController();
    const startMs = this.#timer.now();
    try {
      const answer = await Promise.race([run(), this.#tooLate(mine, settled.signal)]);
      this.#learn(answer.arrayBuffer.byteLength, this.#timer.now() - startMs);
      return answer;
    } finally {
      settled.abort();
      this.#waiting.delete(mine);
    }
  }

  async #tooLate(mine: Waiting, signal: AbortSignal): Promise<never> {
    const line = this.#lineBytesPerSecond;
    let waitedMs = 0;
    // Others that came later share the line, and give this one more time; there are as many as connections.
    for (;;) {
      const allMs = BEGIN_MS + (mine.peakBytes / line) * 1000;
      if (allMs <= waitedMs) break;
      await this.#timer.sleep(allMs - waitedMs, signal);
      waitedMs = allMs;
    }
    // Of those that were under way together one tells.
    if (this.#lineBytesPerSecond === line) this.#lineBytesPerSecond = Math.max(POOR_LINE, line / 2);
    throw noAnswer(waitedMs);
  }

  #learn(bytes: number, ms: number): void {
    const seen = (bytes / Math.max(1, ms)) * 1000;
    if (bytes >= LEAST_MEASURED && seen >= 2 * this.#lineBytesPerSecond)
      this.#lineBytesPerSecond = Math.min(GOOD_LINE, 2 * this.#lineBytesPerSecond);
  }
}

function noAnswer(ms: number): StoreError {
  const detail = `no answer within ${String(Math.round(ms / 1000))} s`;
  return new StoreError('unavailable', { provider: 'network', detail });
}
