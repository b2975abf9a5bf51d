import { isStoreError, StoreError, type StoreErrorKind } from '../store-error.ts';

export const PROVIDER = 'folder';

const KIND_BY_CODE: Readonly<Record<string, StoreErrorKind>> = {
  ENOSPC: 'quota',
  EDQUOT: 'quota',
  EFBIG: 'quota',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  EIO: 'unavailable',
  ENXIO: 'unavailable',
  ENODEV: 'unavailable',
  ESTALE: 'unavailable',
  ETIMEDOUT: 'unavailable',
  EHOSTDOWN: 'unavailable',
  EHOSTUNREACH: 'unavailable',
  ENOTCONN: 'unavailable',
  EBUSY: 'unavailable',
  EAGAIN: 'unavailable',
  EMFILE: 'unavailable',
  ENFILE: 'unavailable',
};

/** The system's code, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** What the file system said, as an error of the store. */
export function translateError(error: unknown, key: string | undefined): StoreError {
  if (isStoreError(error)) return error;
  const code = codeOf(error);
  const kind = KIND_BY_CODE[code ?? ''] ?? 'unexpected';
  const about = key === undefined ? {} : { key };
  const reason = kind === 'denied' ? { reason: 'forbidden' as const } : {};
  const detail = error instanceof Error ? error.message : String(error);
  return new StoreError(kind, { provider: PROVIDER, ...about, ...reason, detail, cause: error });
}

/** The folder that holds everything is not there: a disk that is not plugged in, or never made. */
export function folderMissing(folder: string): StoreError {
  const detail = `The folder ${folder} is not there. Connect its disk, or make the folder.`;
  return new StoreError('unavailable', { provider: PROVIDER, detail });
}
