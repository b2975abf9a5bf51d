import { isVaultError, VaultError, type VaultErrorKind } from '../../../engine/ports.ts';

/** What the app passes on from the system, by the system's short name. */
const KIND_BY_CODE: Readonly<Record<string, VaultErrorKind>> = {
  ENOENT: 'not-found',
  ENOTDIR: 'blocked',
  EISDIR: 'blocked',
  EEXIST: 'blocked',
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  EROFS: 'read-only',
  EACCES: 'read-only',
  EPERM: 'read-only',
  ENAMETOOLONG: 'illegal-name',
  EILSEQ: 'illegal-name',
  EINVAL: 'illegal-name',
};

/** A phone's app has words only, of the system or its own. */
const KIND_BY_WORDS: readonly (readonly [RegExp, VaultErrorKind])[] = [
  [/no space|not enough space|quota/iu, 'disk-full'],
  [/read-only file system/iu, 'read-only'],
  [/cannot contain|invalid (?:file )?name|name too long|illegal/iu, 'illegal-name'],
  [/does not exist|not exist|no such file/iu, 'not-found'],
];

const SENTENCES: Readonly<Record<VaultErrorKind, string>> = {
  'not-found': 'there is no such file',
  changed: 'it changed while it was read; the next sync takes it',
  unreadable: 'it cannot be read; check its permissions and the disk',
  'read-only': 'it cannot be written; check the permissions, and that the disk is not read-only',
  'disk-full': 'there is no room left; make some',
  'illegal-name': 'this device refuses the name; rename it on the device that made it',
  blocked: 'a file stands where a folder must be, or the reverse; rename one of them',
  corrupt: 'the contents kept aside are not what was received; check the disk',
  deferred: 'it is open with unsaved changes; it is taken once they are saved',
  unexpected: 'the app refused',
};

export function vaultError(kind: VaultErrorKind, path: string, cause?: unknown): VaultError {
  const detail = kind === 'unexpected' && cause instanceof Error ? ` (${cause.message})` : '';
  return new VaultError(kind, path, `${SENTENCES[kind]}${detail}`, cause);
}

/** The vault's word for an error of the app that came up while reading or writing at `path`. */
export function toVaultError(error: unknown, path: string, doing: 'read' | 'write'): VaultError {
  if (isVaultError(error)) return error;
  const kind = kindOf(error);
  if (doing === 'write') return vaultError(kind ?? 'unexpected', path, error);
  return vaultError(kind === 'not-found' || kind === 'blocked' ? 'not-found' : 'unreadable', path, error);
}

function kindOf(error: unknown): VaultErrorKind | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return KIND_BY_CODE[code] ?? KIND_BY_WORDS.find(([words]) => words.test(error.message))?.[1];
}
