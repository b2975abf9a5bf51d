import { appendFileSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { monthOf, NO_USAGE, sum, withCall, type Usage } from '../core/cost/usage.ts';
import { PIECE_BYTES } from '../storage/body.ts';
import type { MeterSink } from '../storage/wrappers/with-metering.ts';

const FILE = 'usage.ndjson';
/** Larger, it is written anew: a line for each cloud and month. */
const MOST_BYTES = 256 * 1024;
const MOST_MONTHS = 24;

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const UsageSchema = v.object({
  get: Count,
  put: Count,
  copy: Count,
  delete: Count,
  head: Count,
  list: Count,
  bytesUp: Count,
  bytesDown: Count,
});
const LineSchema = v.object({
  month: v.pipe(v.string(), v.regex(/^\d{4}-\d\d$/u)),
  cloud: v.string(),
  usage: UsageSchema,
});

/** What this device used of one cloud in one month. `cloud`: the remote as the configuration has it. */
export type UsageLine = v.InferOutput<typeof LineSchema>;

/** Counts all that this process asks of clouds, to be written down by `keep`. */
export class UsageBook {
  readonly #lines = new Map<string, UsageLine>();

  /** A sink for one cloud's calls. Innermost in the wrappers: each try counts. */
  of(cloud: string): MeterSink {
    // S3 is told of a large upload's begin and end, Azure of its end, Google of its begin.
    const pieces = { sizeBytes: PIECE_BYTES, around: cloud.startsWith('s3:') ? 2 : 1 };
    return {
      record: (call) => {
        this.#add({ month: monthOf(Date.now()), cloud, usage: withCall(NO_USAGE, call, pieces) });
      },
    };
  }

  /**
   * Adds what was counted since the last time to the file of this device. A meter that cannot be kept fails
   * nothing; where a refused set-up left no folder, none is made.
   */
  keep(configFolder: string): void {
    if (this.#lines.size === 0) return;
    // After a line that a crash cut off, too, the first of these stands on its own.
    const text = [...this.#lines.values()].map((line) => `\n${JSON.stringify(line)}`).join('');
    const file = join(configFolder, FILE);
    try {
      // One short append: processes that end together do not mix their lines.
      appendFileSync(file, text, { mode: 0o600 });
      this.#lines.clear();
      if (statSync(file).size > MOST_BYTES) rewrite(file, readUsage(configFolder));
    } catch {
      // A full disk is told of by what matters more.
    }
  }

  #add(line: UsageLine): void {
    const key = `${line.month} ${line.cloud}`;
    const usage = sum(this.#lines.get(key)?.usage ?? NO_USAGE, line.usage);
    this.#lines.set(key, { ...line, usage });
  }
}

/** Of all months that are kept, the newest first, a line a cloud. A line that cannot be read counts nothing. */
export function readUsage(configFolder: string): readonly UsageLine[] {
  const sums = new Map<string, UsageLine>();
  for (const line of textOf(join(configFolder, FILE)).split('\n')) {
    const parsed = parsedLine(line);
    if (parsed === undefined) continue;
    const key = `${parsed.month} ${parsed.cloud}`;
    const usage: Usage = sum(sums.get(key)?.usage ?? NO_USAGE, parsed.usage);
    sums.set(key, { ...parsed, usage });
  }
  const months = [...new Set([...sums.values()].map(({ month }) => month))].sort().slice(-MOST_MONTHS);
  return [...sums.values()]
    .filter(({ month }) => months.includes(month))
    .sort((a, b) => (a.month === b.month ? (a.cloud < b.cloud ? -1 : 1) : a.month < b.month ? 1 : -1));
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function parsedLine(line: string): UsageLine | undefined {
  try {
    const parsed = v.safeParse(LineSchema, JSON.parse(line));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

function rewrite(file: string, lines: readonly UsageLine[]): void {
  const aside = `${file}.${String(process.pid)}`;
  writeFileSync(aside, lines.map((line) => `\n${JSON.stringify(line)}`).join(''), { mode: 0o600 });
  renameSync(aside, file);
}

/** This process’s. */
export const usageBook = new UsageBook();
