import { lstatSync, type Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import pMap from 'p-map';
import type { DiskPace } from './disk-pace.mts';
import { codeOf } from './folder-errors.mts';

/** `vanished`: no plain file is there any more. */
export type FileStat = Stats | 'vanished' | Error;

const SLICE = 128;
const AT_ONCE = 32;

/** Looks at every file, in order. */
export async function statFiles(
  paths: readonly string[],
  pace: DiskPace,
  signal?: AbortSignal,
): Promise<FileStat[]> {
  const stats: FileStat[] = [];
  for (let start = 0; start < paths.length; start += SLICE) {
    await pace.rest();
    signal?.throwIfAborted();
    const slice = paths.slice(start, start + SLICE);
    const found = await pace.ask({
      now: () => slice.map(statNow),
      later: () => pMap(slice, statLater, { concurrency: AT_ONCE }),
      names: () => slice.length,
    });
    stats.push(...found);
  }
  return stats;
}

function statNow(path: string): FileStat {
  try {
    return plain(lstatSync(path));
  } catch (error) {
    return failed(error);
  }
}

async function statLater(path: string): Promise<FileStat> {
  try {
    return plain(await lstat(path));
  } catch (error) {
    return failed(error);
  }
}

function plain(stats: Stats): FileStat {
  return stats.isFile() ? stats : 'vanished';
}

function failed(error: unknown): FileStat {
  if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return 'vanished';
  return error instanceof Error ? error : new Error(String(error));
}
