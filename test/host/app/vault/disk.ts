/** What the device's file system tells of a name; links are followed, as the app does. Times in whole milliseconds. */
export interface DiskStat {
  readonly type: 'file' | 'folder';
  /** The path as it is spelled on the disk. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly ctimeMs: number;
  readonly mtimeMs: number;
}

export interface DiskTimes {
  readonly ctimeMs?: number | undefined;
  readonly mtimeMs?: number | undefined;
}

export type DiskErrorCode =
  'ENOENT' | 'EEXIST' | 'ENOTDIR' | 'EISDIR' | 'ENOTEMPTY' | 'ENOSPC' | 'EROFS' | 'EACCES' | 'EINVAL' | 'EIO';

/** Worded as Node words it, as that is what the desktop app passes on. */
export class DiskError extends Error {
  override readonly name = 'Error';
  readonly code: DiskErrorCode;

  constructor(code: DiskErrorCode, operation: string, path: string) {
    super(`${code}: ${MEANINGS[code]}, ${operation} '${path}'`);
    this.code = code;
  }
}

const MEANINGS: Readonly<Record<DiskErrorCode, string>> = {
  ENOENT: 'no such file or directory',
  EEXIST: 'file already exists',
  ENOTDIR: 'not a directory',
  EISDIR: 'illegal operation on a directory',
  ENOTEMPTY: 'directory not empty',
  ENOSPC: 'no space left on device',
  EROFS: 'read-only file system',
  EACCES: 'permission denied',
  EINVAL: 'invalid argument',
  EIO: 'i/o error',
};

/**
 * The file system that a vault lies on. Paths are relative to the vault's folder, parted by `/`; the
 * folder itself is `''`. Each call is whole or not at all; rejects with a `DiskError`.
 */
export interface Disk {
  stat(path: string): Promise<DiskStat | undefined>;
  /** What lies directly in a folder, by name. */
  list(path: string): Promise<readonly DiskStat[]>;
  /** Everything below, a folder before what is in it. */
  tree(): Promise<readonly DiskStat[]>;
  read(path: string, range?: { readonly offset: number; readonly length: number }): Promise<Uint8Array>;
  /** Makes or replaces a file; its folder must be there. */
  write(path: string, bytes: Uint8Array, times?: DiskTimes): Promise<void>;
  append(path: string, bytes: Uint8Array, times?: DiskTimes): Promise<void>;
  /** Replaces a file at `to`, as `rename(2)` does. */
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  rmdir(path: string, recursive: boolean): Promise<void>;
  /** With the folders above it; a folder that is there already is fine. */
  mkdir(path: string): Promise<void>;
  /** Away from the vault, where no one finds it; `false`: this device has no such trash. */
  trash(path: string): Promise<boolean>;
  /** Called with each path that changed, by whomever. Returns what ends it. */
  watch(listener: (path: string) => void): () => void;
}
