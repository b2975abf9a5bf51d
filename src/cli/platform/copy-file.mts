import { constants, fstatSync, fsync, futimesSync, rmSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { ContentHash } from '../../core/model/ids.ts';
import { hashFile, withFile, type Sighting } from './plain-file.mts';

const syncFile = promisify(fsync);

/** Such names lie beside their target for a moment; listings leave them out. */
export const SIBLING_PREFIX = '.twincloud-copy-';

/**
 * A durable copy beside `to`, for a vault that spans file systems: from there it can take its place
 * at once. Keeps the time. `undefined` when the contents were not those of the hash.
 */
export async function copyBeside(
  from: string,
  to: string,
  hash: ContentHash,
): Promise<{ readonly disk: string; readonly seen: Sighting } | undefined> {
  const folder = to.slice(0, to.lastIndexOf('/') + 1);
  const disk = `${folder}${SIBLING_PREFIX}${randomBytes(8).toString('hex')}`;
  const original = await withFile(from, 'read', (_, seen) => Promise.resolve(seen));
  try {
    await copyFile(from, disk, constants.COPYFILE_EXCL);
    const seen = await withFile(disk, 'write', async (fd, copied) => {
      if ((await hashFile(fd, copied.size)) !== hash) return undefined;
      setTime(fd, Math.floor(original.mtimeMs));
      await syncFile(fd);
      return fstatSync(fd);
    });
    if (seen !== undefined) return { disk, seen };
    rmSync(disk, { force: true });
    return undefined;
  } catch (error) {
    rmSync(disk, { force: true });
    throw error;
  }
}

/** Of a whole millisecond. The system cuts to microseconds what doubles cannot hold exactly: ten more keep the millisecond. */
export function setTime(fd: number, mtimeMs: number): void {
  const seconds = (mtimeMs + 0.01) / 1000;
  futimesSync(fd, seconds, seconds);
}
