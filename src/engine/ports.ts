import type { ContentHash } from '../core/model/ids.ts';
import type { VaultPath } from '../core/model/vault-path.ts';

/** A file as the host's directory shows it. */
export interface VaultFile {
  readonly path: VaultPath;
  readonly sizeBytes: number;
  /** Whole milliseconds. */
  readonly mtimeMs: number;
}

/** A name in the vault that cannot be synced as it is; never planned as absent. */
export interface ListingProblem {
  /** As the host spells it; shown to people. */
  readonly name: string;
  /** The key it stands on, where it has one; ends in `/` when all below is unknown. */
  readonly path?: VaultPath;
  readonly reason: 'unreadable' | 'illegal-name' | 'twin' | 'special-file' | 'placeholder';
  /** A sentence with the remedy. */
  readonly message: string;
}

export interface VaultListing {
  readonly files: readonly VaultFile[];
  /** Each ends in `/`. */
  readonly emptyFolders: readonly VaultPath[];
  readonly problems: readonly ListingProblem[];
}

export interface ListOptions {
  /** Asked for every file and, with a trailing `/`, every folder; `false` leaves it out unread. */
  readonly include: (path: VaultPath) => boolean;
  readonly signal?: AbortSignal;
}

/** Bytes and the stat that was seen both before and after they were read. */
export interface ReadResult {
  readonly bytes: Uint8Array;
  readonly file: VaultFile;
}

export type Expected = ContentHash | 'absent';

/** `changed`: the target is not what was expected; nothing was done. */
export type WriteResult = { readonly kind: 'done'; readonly file: VaultFile } | { readonly kind: 'changed' };

/** Names staged bytes; survives a restart of the process. */
export type StagedId = string & { readonly __brand: 'StagedId' };

export interface InstallOptions {
  readonly expected: Expected;
  /** The hash of the staged bytes: verified by reading them back. */
  readonly hash: ContentHash;
  readonly mtimeMs: number;
}

/**
 * The folder of notes. Methods reject with a `VaultError` and nothing else. Staged files, the trash
 * and the host's own folders are never listed. Two calls on one path are not made at once; a person
 * and other programs may change anything at any time.
 */
export interface Vault {
  /** Everything there is. Rejects with `unreadable` when the vault itself cannot be listed. */
  list(options: ListOptions): Promise<VaultListing>;

  /** The file, or `length` bytes from `offset` (length 0: only the stat). Rejects with `not-found`, `changed` (while read), `unreadable`. */
  read(path: VaultPath, range?: { readonly offset: number; readonly length: number }): Promise<ReadResult>;

  /** Keeps bytes aside, durable when it resolves. */
  stage(chunks: AsyncIterable<Uint8Array>): Promise<StagedId>;

  /** Moves staged bytes to `path` if that is still what is expected; makes its folders. The staged bytes are gone when it resolves with `done`. */
  install(staged: StagedId, path: VaultPath, options: InstallOptions): Promise<WriteResult>;

  /** Renames if `from` still has `expected` and `to` is free (a case-only rename is free). Makes folders. */
  move(from: VaultPath, to: VaultPath, expected: ContentHash): Promise<WriteResult>;

  /** Moves the file into the trash if it still has `expected`; absent already is `done` for the caller's purpose: `absent`. */
  moveToTrash(
    path: VaultPath,
    expected: ContentHash,
  ): Promise<{ readonly kind: 'done' | 'changed' | 'absent' }>;

  /** Makes the folder, or removes it if it is empty on disk (else leaves it). `path` ends in `/`. */
  setFolder(path: VaultPath, state: 'present' | 'absent'): Promise<void>;

  /** Forgets staged files but those named; called after recovery. */
  discardStaged(keep: ReadonlySet<StagedId>): Promise<void>;
}

export type VaultErrorKind =
  | 'not-found'
  | 'changed'
  | 'unreadable'
  | 'read-only'
  | 'disk-full'
  | 'illegal-name'
  | 'blocked'
  | 'corrupt'
  | 'deferred'
  | 'unexpected';

/**
 * `blocked`: a file stands where a folder must be, or the reverse. `corrupt`: staged bytes are not what was staged.
 * `deferred`: somebody is at work on the file in an editor; nothing was done, and it works once they have saved.
 */
export class VaultError extends Error {
  override readonly name = 'VaultError';
  readonly kind: VaultErrorKind;
  readonly path: string;

  constructor(kind: VaultErrorKind, path: string, detail: string, cause?: unknown) {
    super(`${path}: ${detail}`, { cause });
    this.kind = kind;
    this.path = path;
  }
}

export function isVaultError(error: unknown, kind?: VaultErrorKind): error is VaultError {
  return error instanceof VaultError && (kind === undefined || error.kind === kind);
}

export const STATE_TABLES = ['meta', 'base', 'local', 'remote', 'intents', 'skipped', 'projected'] as const;
export type StateTable = (typeof STATE_TABLES)[number];

/** JSON values only. `undefined` removes the row. */
export interface StateWrite {
  readonly table: StateTable;
  readonly key: string;
  readonly value: unknown;
}

/**
 * What a device remembers: tables of JSON rows. A cache; losing it loses nothing.
 * Rejects with a `StateError`; one that is damaged opens empty and says so by `damaged`.
 */
export interface StateStore {
  /** What was found broken when it was opened, for the log; the store then starts empty. */
  readonly damaged: string | undefined;
  /** All rows of a table. The map is the caller's own; its values nobody may change. */
  rows(table: StateTable): Promise<Map<string, unknown>>;
  /** All or none of them, durable when it resolves; later writes of a key win. `clear` empties tables first. */
  write(batch: readonly StateWrite[], options?: { readonly clear?: readonly StateTable[] }): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}

export class StateError extends Error {
  override readonly name = 'StateError';
  readonly kind: 'disk-full' | 'unwritable' | 'damaged' | 'closed' | 'unexpected';

  constructor(kind: StateError['kind'], detail: string, cause?: unknown) {
    super(detail, { cause });
    this.kind = kind;
  }
}

export interface Clock {
  /** Milliseconds since 1970 by this device; may jump. */
  now(): number;
  /** Rejects with the signal's reason when it fires. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

export interface Random {
  /** `digits` hexadecimal digits, unpredictable. */
  hex(digits: number): string;
  /** 0 ≤ x < 1, for jitter. */
  fraction(): number;
}

export interface Sha256 {
  update(bytes: Uint8Array): void;
  digest(): ContentHash;
}

export interface Hashing {
  sha256(bytes: Uint8Array): Promise<ContentHash>;
  /** For contents that are not in memory at once. */
  sha256Stream(): Sha256;
  /** Hexadecimal; only to compare with what a listing tells. */
  md5(bytes: Uint8Array): string;
}

/** RFC 1951 and 1952. Decoders reject with `CompressionError` on damage, or when more than `limitBytes` would come out. */
export interface Compression {
  gzip(bytes: Uint8Array): Promise<Uint8Array>;
  gunzip(bytes: Uint8Array, limitBytes: number): Promise<Uint8Array>;
  deflate(bytes: Uint8Array): Promise<Uint8Array>;
  inflate(bytes: Uint8Array, limitBytes: number): Promise<Uint8Array>;
}

export class CompressionError extends Error {
  override readonly name = 'CompressionError';
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** No secret and no note text ever goes into a log. */
export interface Log {
  write(level: LogLevel, event: string, fields?: Readonly<Record<string, string | number | boolean>>): void;
}
