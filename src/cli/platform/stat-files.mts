import { lstatSync, type Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import pMap from 'p-map';
import { codeOf } from './folder-errors.mts';

/** `vanished`: no plain file is there any more. */
export type FileStat = Stats | 'vanished' | Error;

const SLICE = 128;
const AT_ONCE = 32;
/** Local disks answer from memory in a few microseconds; slower ones are asked side by side. */
const SLOW_MS_PER_FILE = 0.3;

/** Looks at every file, in order. Direct calls are six times faster than promises while the disk is near. */
export async function statFiles(paths: readonly string[], signal?: AbortSignal): Promise<FileStat[]> {
  const stats: FileStat[] = [];
  let slow = false;
  for (let start = 0; start < paths.length; start += SLICE) {
    if (start > 0) await setImmediate();
    signal?.throwIfAborted();
    const slice = paths.slice(start, start + SLICE);
    if (slow) {
      stats.push(...(await pMap(slice, statLater, { concurrency: AT_ONCE })));
      continue;
    }
    const startMs = performance.now();
    for (const path of slice) stats.push(statNow(path));
    slow = performance.now() - startMs > slice.length * SLOW_MS_PER_FILE;
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
