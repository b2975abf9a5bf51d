import { isVaultError, VaultError, type VaultErrorKind } from '../../engine/ports.ts';

/** The system's short name for what went wrong, or `''`. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

type Doing = 'read' | 'write';

const KINDS: Readonly<Record<string, Readonly<Record<Doing, VaultErrorKind>>>> = {
  ENOENT: { read: 'not-found', write: 'not-found' },
  ENOTDIR: { read: 'not-found', write: 'blocked' },
  EISDIR: { read: 'not-found', write: 'blocked' },
  EEXIST: { read: 'unexpected', write: 'blocked' },
  ENOSPC: { read: 'unexpected', write: 'disk-full' },
  EDQUOT: { read: 'unexpected', write: 'disk-full' },
  EROFS: { read: 'unexpected', write: 'read-only' },
  EACCES: { read: 'unreadable', write: 'read-only' },
  EPERM: { read: 'unreadable', write: 'read-only' },
  ENAMETOOLONG: { read: 'unreadable', write: 'illegal-name' },
  EILSEQ: { read: 'unreadable', write: 'illegal-name' },
  EINVAL: { read: 'unreadable', write: 'illegal-name' },
};

const SENTENCES: Readonly<Record<VaultErrorKind, string>> = {
  'not-found': 'there is no such file',
  changed: 'it changed while it was read; the next sync takes it',
  unreadable: 'it cannot be read; check its permissions and the disk',
  'read-only': 'it cannot be written; check the permissions, and that the disk is not mounted read-only',
  'disk-full': 'the disk is full; make room',
  'illegal-name': 'this system refuses the name; rename it on the device that made it',
  blocked: 'a file stands where a folder must be, or the reverse; rename one of them',
  corrupt: 'the staged contents are not what was staged; check the disk',
  deferred: 'a program is at work on it; the next sync takes it',
  unexpected: 'the system refused',
};

export function newVaultError(kind: VaultErrorKind, path: string, cause?: unknown): VaultError {
  const code = codeOf(cause);
  return new VaultError(kind, path, code === '' ? SENTENCES[kind] : `${SENTENCES[kind]} (${code})`, cause);
}

/** The vault's word for a system's error that came up while reading or writing at `path`. */
export function toVaultError(error: unknown, path: string, doing: Doing): VaultError {
  if (isVaultError(error)) return error;
  const kind = KINDS[codeOf(error)]?.[doing] ?? (doing === 'read' ? 'unreadable' : 'unexpected');
  return newVaultError(kind, path, error);
}
