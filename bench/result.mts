/** What a step took. Counts hang on the code alone; times on the machine too. */
export interface Counts {
  readonly requests: number;
  readonly byKind: Readonly<Record<string, number>>;
  /** Of bodies. */
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** New objects with contents of notes in them, where that was looked at. */
  readonly packs?: number;
}

export interface Times {
  /** Of a command, beyond the start of a process: less what `--version` takes. */
  readonly seconds: number;
  readonly cpuSeconds?: number;
  readonly peakRssBytes?: number;
}

export interface StepResult {
  readonly step: string;
  /** What was done, in words. */
  readonly title: string;
  readonly counts?: Counts;
  readonly times: Times;
}

export interface Limit {
  readonly what: string;
  readonly value: number;
  readonly limit: number;
  readonly unit: 'count' | 'bytes' | 'seconds';
  /** Whether another machine must come to the same value. */
  readonly isExact: boolean;
}

interface Target {
  readonly requests?: number;
  readonly packs?: number;
  readonly bytes?: number;
  readonly seconds?: number;
  readonly cpuSeconds?: number;
  readonly peakRssBytes?: number;
}

const MB = 1_000_000;

/** For 10,000 notes and 200 attachments, each request held 50 ms, on two cores of their own. */
export const TARGETS: Readonly<Record<string, Target>> = {
  upload: { requests: 150, seconds: 6, cpuSeconds: 6, peakRssBytes: 250 * MB },
  download: { requests: 150, seconds: 10 },
  'no-op': { requests: 1, bytes: 1_000, seconds: 0.15 },
  edit: { requests: 4, seconds: 0.4 },
  'edit-received': { requests: 4, seconds: 0.4 },
  rename: { requests: 4, packs: 0, seconds: 0.4 },
  'rename-received': { requests: 4, seconds: 0.4 },
  'no-op-running': { requests: 1, bytes: 1_000, seconds: 0.15 },
  'edit-running': { requests: 4, seconds: 0.4 },
  'rename-running': { requests: 4, packs: 0, seconds: 0.4 },
  'no-op-large': { requests: 1, bytes: 1_000, seconds: 0.2 },
  plan: { seconds: 2 },
  scan: { seconds: 1 },
};

/** What was wanted of the step, beside what it took. */
export function limitsOf({ step, counts, times }: StepResult): readonly Limit[] {
  const target = TARGETS[step] ?? {};
  const bytes = counts === undefined ? undefined : counts.bytesUp + counts.bytesDown;
  const limits: Limit[] = [];
  const add = (
    limit: number | undefined,
    value: number | undefined,
    rest: Omit<Limit, 'limit' | 'value'>,
  ): void => {
    if (limit !== undefined && value !== undefined) limits.push({ ...rest, limit, value });
  };
  add(target.requests, counts?.requests, { what: 'requests', unit: 'count', isExact: true });
  add(target.packs, counts?.packs, { what: 'packs', unit: 'count', isExact: true });
  add(target.bytes, bytes, { what: 'bytes', unit: 'bytes', isExact: true });
  add(target.seconds, times.seconds, { what: 'time', unit: 'seconds', isExact: false });
  add(target.cpuSeconds, times.cpuSeconds, { what: 'CPU', unit: 'seconds', isExact: false });
  add(target.peakRssBytes, times.peakRssBytes, { what: 'peak', unit: 'bytes', isExact: false });
  return limits;
}

export function isMet({ value, limit }: Limit): boolean {
  return value <= limit;
}
