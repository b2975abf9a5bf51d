import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log, LogLevel } from '../engine/ports.ts';

/** One line of the log: what the engine said, when. No text of notes, no secret. */
export interface LogLine {
  readonly timeMs: number;
  readonly level: LogLevel;
  readonly event: string;
  readonly [field: string]: string | number | boolean;
}

/** The file that is written, and the one before it. */
const FILES = ['activity.ndjson', 'activity.1.ndjson'] as const;
const ROTATE_BYTES = 5 * 1024 * 1024;
const FLUSH_BYTES = 64 * 1024;
const FLUSH_MS = 1000;

export interface ActivityLogOptions {
  readonly now: () => number;
  /** Told of every line as it comes. */
  readonly onLine?: (line: LogLine) => void;
  readonly rotateBytes?: number;
}

/** The engine's events as lines of JSON, kept for `twincloud log`: about the last 5 to 10 MB. */
export class ActivityLog implements Log {
  readonly #folder: string;
  readonly #options: ActivityLogOptions;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #flushedMs = 0;

  constructor(folder: string, options: ActivityLogOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  write(
    level: LogLevel,
    event: string,
    fields: Readonly<Record<string, string | number | boolean>> = {},
  ): void {
    const timeMs = this.#options.now();
    const line: LogLine = { ...fields, timeMs, level, event };
    this.#options.onLine?.(line);
    const text = `${JSON.stringify(line)}\n`;
    this.#waiting.push(text);
    this.#waitingBytes += text.length;
    if (this.#waitingBytes >= FLUSH_BYTES || Math.abs(timeMs - this.#flushedMs) >= FLUSH_MS) this.flush();
  }

  /** A log that cannot be written must stop no sync. */
  flush(): void {
    this.#flushedMs = this.#options.now();
    const text = this.#waiting.join('');
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (text === '') return;
    const file = join(this.#folder, FILES[0]);
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      const { size } = statSync(file, { throwIfNoEntry: false }) ?? { size: 0 };
      if (size > (this.#options.rotateBytes ?? ROTATE_BYTES)) renameSync(file, join(this.#folder, FILES[1]));
      appendFileSync(file, text, { mode: 0o600 });
    } catch {
      return;
    }
  }
}

/** Newest first. Lines that a crash left torn are passed over. */
export async function readActivity(folder: string): Promise<readonly LogLine[]> {
  const lines: LogLine[] = [];
  for (const name of [...FILES].reverse()) {
    const text = await readFile(join(folder, name), 'utf8').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw error;
    });
    for (const line of text.split('\n')) {
      const parsed = parseLine(line);
      if (parsed !== undefined) lines.push(parsed);
    }
  }
  return lines.reverse();
}

function parseLine(text: string): LogLine | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isLine = typeof value === 'object' && value !== null && 'timeMs' in value && 'event' in value;
    return isLine ? (value as LogLine) : undefined;
  } catch {
    return undefined;
  }
}
