import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  open,
  openSync,
  read,
  readSync,
  type Stats,
} from 'node:fs';
import { promisify } from 'node:util';
import type { ContentHash } from '../../core/model/ids.ts';
import { codeOf } from './folder-errors.mts';
import { nodeHashing } from './hashing.mts';

/**
 * Descriptors and callbacks instead of `FileHandle`, and direct calls for what touches no contents:
 * over 10,000 small files the handles' own promises cost several times the system calls.
 */
const openLater = promisify(open);
const readLater = promisify(read);

/** Follows no link, and does not wait for the other end of a pipe. Windows knows neither flag. */
const PLAIN = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW | constants.O_NONBLOCK;
const BUFFER_BYTES = 1024 * 1024;
/** Up to here a near disk answers a direct call sooner than the thread pool would. */
const DIRECT_BYTES = 64 * 1024;
const SLOW_MS = 2;
const SLOW_FILES = 64;

/** How many of the next files are read without blocking, because the disk was slow. */
let awaited = 0;

/** Direct where the disk is near; a slow one (a network's) would let everything else wait. */
async function direct<T>(now: () => T, later: () => Promise<T>): Promise<T> {
  if (awaited > 0) {
    awaited--;
    return later();
  }
  const startMs = performance.now();
  const result = now();
  if (performance.now() - startMs > SLOW_MS) awaited = SLOW_FILES;
  return result;
}

/** What a directory showed at one moment; two that are the same are, but for a forged clock, one version. */
export type Sighting = Pick<Stats, 'dev' | 'ino' | 'size' | 'mtimeMs' | 'mode'>;

export function sameVersion(one: Sighting, other: Sighting): boolean {
  return (
    one.ino === other.ino && one.dev === other.dev && one.size === other.size && one.mtimeMs === other.mtimeMs
  );
}

/** What stands at a path; links are not followed. */
export function look(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Runs `use` on the open file. Rejects with the system's errors; with ELOOP on a link. */
export async function withFile<T>(
  path: string,
  access: 'read' | 'write',
  use: (fd: number, seen: Stats) => Promise<T>,
): Promise<T> {
  const flags = access === 'read' ? constants.O_RDONLY : constants.O_RDWR;
  const fd = await direct(
    () => openSync(path, flags | PLAIN),
    () => openLater(path, flags | PLAIN),
  );
  try {
    return await use(fd, fstatSync(fd));
  } finally {
    closeSync(fd);
  }
}

/** Up to `length` bytes from `offset`; fewer only at the end of the file. */
export async function readBytes(fd: number, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const bytesRead = await readInto(fd, bytes.subarray(filled), offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled === length ? bytes : bytes.subarray(0, filled);
}

async function readInto(fd: number, bytes: Uint8Array, offset: number): Promise<number> {
  const later = async (): Promise<number> => (await readLater(fd, bytes, 0, bytes.length, offset)).bytesRead;
  if (bytes.length > DIRECT_BYTES) return later();
  return direct(() => readSync(fd, bytes, 0, bytes.length, offset), later);
}

/** Of everything to the end of the file, in bounded memory. */
export async function hashFile(fd: number, sizeBytes: number): Promise<ContentHash> {
  const hash = nodeHashing.sha256Stream();
  const buffer = Buffer.allocUnsafe(Math.min(sizeBytes + 1, BUFFER_BYTES));
  for (let offset = 0; ;) {
    const bytesRead = await readInto(fd, buffer, offset);
    hash.update(buffer.subarray(0, bytesRead));
    offset += bytesRead;
    if (bytesRead === 0 || (bytesRead < buffer.length && offset >= sizeBytes)) return hash.digest();
  }
}

/** The version at the path if its contents have the hash and did not change meanwhile. */
export async function sightingOf(path: string, hash: ContentHash): Promise<Sighting | undefined> {
  if (look(path)?.isFile() !== true) return undefined;
  const seen = await withFile(path, 'read', async (fd, before) =>
    before.isFile() && (await hashFile(fd, before.size)) === hash ? before : undefined,
  );
  const after = look(path);
  return seen !== undefined && after !== undefined && sameVersion(seen, after) ? seen : undefined;
}
