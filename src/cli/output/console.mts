import { plainText } from '../../core/text/words.ts';
import { describeRest } from './human.mts';
import { ProgressLine, type ProgressOutput } from './progress-line.mts';
import type { Progress } from '../../engine/api.ts';

export interface ConsoleOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly color: boolean;
  /** Whether more than ASCII can be shown. */
  readonly unicode: boolean;
}

export interface Streams {
  readonly out: { write(text: string): unknown };
  readonly err: ProgressOutput;
  readonly now: () => number;
}

const PAINTS = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 } as const;
export type Paint = keyof typeof PAINTS;

/**
 * Where a command speaks: its answer on stdout, progress and complaints on stderr. With `--json`
 * stdout has the one object and nothing else; with `--quiet` only complaints are left.
 */
export class Console {
  readonly options: ConsoleOptions;
  readonly #streams: Streams;
  readonly #progress: ProgressLine;

  constructor(streams: Streams, options: ConsoleOptions) {
    this.#streams = streams;
    this.options = options;
    this.#progress = new ProgressLine(streams.err, streams.now);
  }

  /** A line of the answer. */
  line(text = ''): void {
    if (this.options.json || this.options.quiet) return;
    this.#progress.clear();
    this.#streams.out.write(`${text}\n`);
  }

  lines(texts: readonly string[]): void {
    if (texts.length > 0) this.line(texts.join('\n'));
  }

  /** At most `most` of them, and how many more there are. */
  some(texts: readonly string[], most = 20): void {
    this.lines(texts.slice(0, most));
    if (texts.length > most) this.line(`  ${describeRest(texts.length - most)}`);
  }

  /** Something that is wrong; also said with `--quiet` and `--json`, on stderr. */
  complain(text: string): void {
    this.#progress.clear();
    this.#streams.err.write(`${text}\n`);
  }

  json(value: unknown): void {
    if (this.options.json) this.#streams.out.write(`${JSON.stringify(value)}\n`);
  }

  progress(progress: Progress): void {
    if (!this.options.json && !this.options.quiet) this.#progress.show(progress);
  }

  endProgress(): void {
    this.#progress.clear();
  }

  paint(text: string, paint: Paint): string {
    return this.options.color ? `\u001b[${String(PAINTS[paint])}m${text}\u001b[0m` : text;
  }

  /** A name of the vault or the cloud: what could steer a terminal is made visible. */
  name(text: string): string {
    return plainText(text);
  }
}
