import type { Stats } from 'node:fs';
import { realpath as realpathWithCallback } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rmdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { PIECE_BYTES } from '../body.ts';
import { codeOf, folderMissing } from './translate-error.mts';

/** Answers of a file system that mean: no such file can be there. */
const ABSENT: ReadonlySet<string> = new Set([
  'ENOENT',
  'ENOTDIR',
  'ENAMETOOLONG',
  'EINVAL',
  'EILSEQ',
  'ELOOP',
]);

export function meansAbsent(error: unknown): boolean {
  return ABSENT.has(codeOf(error) ?? '');
}

/** What `call` gives, or `undefined` where the file is absent. */
export async function unlessAbsent<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (meansAbsent(error)) return undefined;
    throw error;
  }
}

/** The file's stat, or `undefined` where there is none or it is no regular file. */
export async function statFile(file: string): Promise<Stats | undefined> {
  const stats = await unlessAbsent(lstat(file));
  return stats?.isFile() === true ? stats : undefined;
}

/** The path with links resolved and every name as the disk spells it. */
export const realpath: (file: string) => Promise<string> = promisify(realpathWithCallback.native);

/**
 * Tells contents apart without reading them. Whatever this store writes has a time of its own to the
 * microsecond (`Staging`), an edit by hand changes the time.
 */
export function fingerprint(sizeBytes: number, stats: Stats): string {
  return `${sizeBytes.toString(36)}-${Math.floor(stats.mtimeMs * 1000).toString(36)}`;
}

/** Makes a folder and its parents below `root`, durably. Never makes `root`: its disk may be unplugged. */
export async function makeFolders(root: string, folder: string): Promise<void> {
  if (folder === root) throw folderMissing(root);
  try {
    await mkdir(folder);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST' && (await unlessAbsent(lstat(folder)))?.isDirectory() === true) return;
    if (code !== 'ENOENT') throw error;
    await makeFolders(root, path.dirname(folder));
    await makeFolders(root, folder);
    return;
  }
  await syncFolder(path.dirname(folder));
}

/** Makes what was renamed, linked or removed in the folder durable, where the system can. */
export async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle;
  try {
    handle = await open(folder, 'r');
  } catch (error) {
    // Windows opens no folders; a folder that another process removed holds nothing to keep.
    if (process.platform === 'win32' || meansAbsent(error)) return;
    throw error;
  }
  try {
    await handle.sync();
  } catch (error) {
    // Some network and FUSE file systems have no such call for folders.
    if (!['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'EPERM', 'EBADF'].includes(codeOf(error) ?? '')) throw error;
  } finally {
    await handle.close();
  }
}

export async function removeFile(file: string): Promise<void> {
  await unlessAbsent(unlink(file));
}

/** Removes the folders from `folder` upwards that are empty, up to `root`. */
export async function removeEmptyFolders(root: string, folder: string): Promise<void> {
  let at = folder;
  while (at !== root && at.startsWith(root)) {
    try {
      await rmdir(at);
    } catch {
      // Not empty, or not ours to remove: an empty folder is no object, so nothing is wrong.
      return;
    }
    at = path.dirname(at);
  }
}

/** `length` bytes from `offset`; fewer only where the file ends. `onPiece` is called between pieces, to stop by throwing. */
export async function readFully(
  handle: FileHandle,
  range: { readonly offset: number; readonly length: number },
  onPiece: () => void,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(range.length);
  let done = 0;
  while (done < range.length) {
    onPiece();
    const length = Math.min(PIECE_BYTES, range.length - done);
    const { bytesRead } = await handle.read(bytes, done, length, range.offset + done);
    if (bytesRead === 0) return bytes.subarray(0, done);
    done += bytesRead;
  }
  return bytes;
}

export async function writeFully(handle: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, offset + done);
    done += bytesWritten;
  }
}
