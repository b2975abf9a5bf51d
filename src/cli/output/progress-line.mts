import type { Progress } from '../../engine/api.ts';
import { bytesText, numberText } from '../../core/text/words.ts';
import { secondsText } from './human.mts';

const REDRAW_MS = 100;
const PHASES: Record<Progress['phase'], string> = {
  scan: 'Reading the vault',
  fetch: 'Reading the cloud',
  adopt: 'Taking in the bucket’s files',
  upload: 'Sending',
  download: 'Receiving',
  'readable-copy': 'Writing the readable copy',
  audit: 'Checking the cloud',
};

export interface ProgressOutput {
  readonly isTTY: boolean;
  readonly columns: number;
  write(text: string): void;
}

/** One line that is drawn over on a terminal; elsewhere a plain line for each phase that takes long. */
export class ProgressLine {
  readonly #output: ProgressOutput;
  readonly #now: () => number;
  #phase: Progress['phase'] | undefined;
  #startedMs = 0;
  #drawnMs = 0;
  #drawn = false;

  constructor(output: ProgressOutput, now: () => number) {
    this.#output = output;
    this.#now = now;
  }

  show(progress: Progress): void {
    const nowMs = this.#now();
    if (progress.phase !== this.#phase) {
      this.#phase = progress.phase;
      this.#startedMs = nowMs;
      this.#drawnMs = 0;
      if (!this.#output.isTTY && progress.totalFiles >= 100)
        this.#output.write(`${PHASES[progress.phase]} …\n`);
    }
    if (!this.#output.isTTY || nowMs - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = nowMs;
    this.#drawn = true;
    this.#output.write(`\r\u001b[2K${text(progress, nowMs - this.#startedMs, this.#output.columns)}`);
  }

  /** Leaves the terminal as if nothing had been drawn. */
  clear(): void {
    if (this.#drawn) this.#output.write('\r\u001b[2K');
    this.#drawn = false;
  }
}

/** What fits: on a narrow terminal the rate goes first. */
function text(progress: Progress, elapsedMs: number, columns: number): string {
  const { phase, doneFiles, totalFiles, doneBytes, totalBytes } = progress;
  const seconds = elapsedMs / 1000;
  const rate = seconds > 0.5 ? doneBytes / seconds : 0;
  const parts = [`${PHASES[phase]}: ${numberText(doneFiles)} of ${numberText(totalFiles)}`];
  if (totalBytes > 0) parts.push(`${bytesText(doneBytes)} of ${bytesText(totalBytes)}`);
  const left =
    rate > 0 && totalBytes > doneBytes ? [`${secondsText((totalBytes - doneBytes) / rate)} left`] : [];
  const whole = [...parts, ...(rate > 0 ? [`${bytesText(rate)}/s`] : []), ...left].join(' · ');
  return whole.length < columns ? whole : fit([...parts, ...left].join(' · '), columns);
}

function fit(line: string, columns: number): string {
  return line.length < columns ? line : `${line.slice(0, Math.max(1, columns - 2))}…`;
}
