import { readdirSync, readFileSync } from 'node:fs';

/** The processes of pages that this process's browsers have, on Linux; none elsewhere. */
export function pageProcesses(): ReadonlySet<number> {
  const parentById = new Map<number, number>();
  const pages = new Set<number>();
  for (const name of readdirSync('/proc')) {
    const id = Number(name);
    const status = Number.isInteger(id) ? proc(id, 'status') : undefined;
    if (status === undefined) continue;
    parentById.set(id, numberAfter(status, 'PPid'));
    if (proc(id, 'cmdline')?.includes('--type=renderer') === true) pages.add(id);
  }
  const isOurs = (id: number): boolean => {
    for (let up: number | undefined = id; up !== undefined && up > 1; up = parentById.get(up))
      if (up === process.pid) return true;
    return false;
  };
  return new Set([...pages].filter(isOurs));
}

/** The most that the largest of them ever held in memory, in MB. */
export function peakMb(processes: ReadonlySet<number>): number {
  const peaks = [...processes].map((id) => numberAfter(proc(id, 'status') ?? '', 'VmHWM') * 1024);
  return Math.max(0, ...peaks) / 1e6;
}

function proc(id: number, file: 'status' | 'cmdline'): string | undefined {
  try {
    return readFileSync(`/proc/${String(id)}/${file}`, 'utf8');
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
}

function numberAfter(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s*(\\d+)`, 'mu').exec(status)?.[1] ?? 0);
}
