import { isMet, limitsOf, type Limit, type StepResult } from './result.mts';

/** Two tables: what is the same on every machine, and what is not. */
export function tables(results: readonly StepResult[]): string {
  const counted = results.flatMap((result) => {
    const { counts } = result;
    if (counts === undefined) return [];
    const kinds = Object.entries(counts.byKind).map(([kind, count]) => `${count} ${kind}`);
    const packs = counts.packs === undefined ? '' : String(counts.packs);
    const { requests, bytesUp, bytesDown } = counts;
    return [
      [
        result.title,
        String(requests),
        kinds.join(', '),
        packs,
        bytesText(bytesUp),
        bytesText(bytesDown),
        marks(result, true),
      ],
    ];
  });
  const timed = results.map((result) => {
    const { seconds, cpuSeconds, peakRssBytes } = result.times;
    const cpu = cpuSeconds === undefined ? '' : secondsText(cpuSeconds);
    const peak = peakRssBytes === undefined ? '' : bytesText(peakRssBytes);
    return [result.title, secondsText(seconds), cpu, peak, marks(result, false)];
  });
  return [
    'Counts: the same on every machine',
    table([['step', 'requests', 'by kind', 'packs', 'up', 'down', 'wanted'], ...counted]),
    'Times: as loaded as this machine is now; beyond the start of a process',
    table([['step', 'time', 'CPU', 'peak memory', 'wanted'], ...timed]),
  ].join('\n\n');
}

function marks(result: StepResult, isExact: boolean): string {
  return limitsOf(result)
    .filter((limit) => limit.isExact === isExact)
    .map((limit) => `${limit.what} ≤ ${limitText(limit)} ${isMet(limit) ? 'met' : 'MISSED'}`)
    .join(', ');
}

function limitText({ limit, unit }: Limit): string {
  switch (unit) {
    case 'count':
      return String(limit);
    case 'bytes':
      return bytesText(limit);
    case 'seconds':
      return `${limit} s`;
    default:
      return unit satisfies never;
  }
}

function secondsText(seconds: number): string {
  return `${seconds.toFixed(2)} s`;
}

export function bytesText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
