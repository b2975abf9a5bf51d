import type { OpenConflict } from '../core/conflict/open-conflicts.ts';
import type { CommitId, ContentHash, DeviceId } from '../core/model/ids.ts';
import type { Plan } from '../core/plan/plan.ts';
import type { HeldItem } from '../core/policy/guard.ts';
import type { VaultPath } from '../core/model/vault-path.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { Clock, Compression, Hashing, ListingProblem, Log, Random, StateStore, Vault } from './ports.ts';

/** Everything that an engine can touch. */
export interface EngineDeps {
  readonly vault: Vault;
  /** Of the cloud, with all its wrappers; keys are relative to the vault's prefix. */
  readonly store: ObjectStore;
  readonly state: StateStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly hashing: Hashing;
  readonly compression: Compression;
  readonly log: Log;
  readonly device: { readonly id: DeviceId; readonly name: string };
  readonly settings: EngineSettings;
  /** Clouds that are kept in step with `store`; absent: none. */
  readonly backups?: readonly Backup[];
  /** What `store` is called among the vault's clouds; absent: it is the one that the settings name first. */
  readonly primary?: string;
}

/** What it takes to work on clouds alone, with no vault and no memory. */
export type CloudDeps = Omit<EngineDeps, 'vault' | 'state'>;

/** A cloud that holds what the primary holds, for the day on which that fails. */
export interface Backup {
  /** As the settings call it; no two have the same. */
  readonly name: string;
  /** With all its wrappers. Closed with the engine. */
  readonly store: ObjectStore;
}

/**
 * Where both sides changed a file. `ask`: both versions stay, and a person decides. `merge`: notes are merged
 * where that is clean, else it is asked. `keep-both`: both stay, and nobody is asked. `newest`: what is
 * committed last stays, the other is in the history; two files created apart are kept both.
 */
export type ConflictStrategy = (typeof CONFLICT_STRATEGIES)[number];
export const CONFLICT_STRATEGIES = ['ask', 'merge', 'keep-both', 'newest'] as const;

export interface EngineSettings {
  /** Write every note under its own path too. */
  readonly readableCopy: boolean;
  readonly conflicts: ConflictStrategy;
  readonly scope: {
    /** In gitignore form. */
    readonly ignore: readonly string[];
    readonly dotFolders: boolean;
    /** Larger files are shown and left alone. */
    readonly maxFileBytes: number;
  };
  readonly names: 'posix' | 'windows' | 'portable';
  readonly packBytes: number;
  /** The longest body read or fetched at once; packs and parts of an upload have limits of their own. */
  readonly bodyBytes: number;
  /** Files of one commit: a large upload commits this often, so that a restart goes on from there. */
  readonly commitFiles: number;
  /** Transfers at once. */
  readonly concurrency: number;
  /** Promote a backup when the primary has been away for so long; absent: only when a person says so. */
  readonly takeOverAfterMs?: number;
}

export const DEFAULT_SETTINGS: EngineSettings = {
  readableCopy: true,
  conflicts: 'merge',
  scope: { ignore: [], dotFolders: false, maxFileBytes: 5 * 1024 * 1024 * 1024 },
  names: 'portable',
  packBytes: 8 * 1024 * 1024,
  bodyBytes: 8 * 1024 * 1024,
  commitFiles: 2_000,
  concurrency: 8,
};

export interface Progress {
  readonly phase: 'scan' | 'fetch' | 'adopt' | 'upload' | 'download' | 'readable-copy' | 'audit';
  readonly doneFiles: number;
  readonly totalFiles: number;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface SyncOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Go ahead where the first sync of two non-empty sides would stop for its preview. */
  readonly acceptFirst?: boolean;
  /** Called once everything of this device is committed, before the readable copy is written. */
  readonly onSaved?: () => void;
  /** Audit: when due (daily), always, or never in this run. */
  readonly audit?: 'when-due' | 'always' | 'never';
  /** Backups that failed lately are asked again when their back-off is over, or in this run. */
  readonly backups?: 'when-due' | 'always';
}

/** One thing done, for the log that people read. `path` is the path it ends at. */
export interface SyncEvent {
  readonly kind:
    | 'uploaded'
    | 'deleted-in-cloud'
    | 'renamed-in-cloud'
    | 'downloaded'
    | 'trashed'
    | 'renamed-here'
    | 'merged'
    | 'conflict-copy'
    | 'kept-edit'
    | 'imported'
    | 'repaired'
    | 'newest-won'
    | 'resolved'
    | 'reopened';
  readonly path: VaultPath;
  /** The other path of a rename, or the copy of a conflict. */
  readonly other?: VaultPath;
  /** A conflict was settled: `undoResolution` with this opens it again. */
  readonly undo?: string;
  readonly reason: string;
}

export type { HeldItem };

/** A path that was left alone, with the remedy. */
export interface Problem {
  readonly path: string;
  readonly kind:
    | ListingProblem['reason']
    | 'changed-while-read'
    | 'too-large'
    | 'name-refused-here'
    | 'damaged-in-cloud'
    | 'deleted-elsewhere'
    | 'deferred'
    | 'write-failed'
    | 'readable-copy';
  readonly message: string;
}

export interface SyncReport {
  /**
   * `done`: vault and cloud agree but for `problems`. `held`: the guard keeps some back.
   * `first-preview`: nothing was done; run again with `acceptFirst` after looking at `plan`.
   */
  readonly outcome: 'done' | 'held' | 'first-preview';
  readonly events: readonly SyncEvent[];
  readonly problems: readonly Problem[];
  readonly held: readonly HeldItem[];
  /** Conflict copies that stand in the vault after this run (made by it). */
  readonly conflicts: readonly VaultPath[];
  /** All that wait for a person, oldest first, whichever device or run they are from. */
  readonly open: readonly OpenConflict[];
  /** What `first-preview` would do. */
  readonly plan?: Plan;
  readonly head: { readonly commit: CommitId; readonly generation: number } | undefined;
  /** One for each backup; absent where there are none. */
  readonly backups?: readonly BackupStatus[];
  /** The primary could not be reached: this run only received, and from this backup. */
  readonly away?: { readonly readFrom: string; readonly sinceMs: number; readonly waiting: number };
}

/** How far a backup is, as this device last saw it. */
export interface BackupStatus {
  readonly name: string;
  /** `protected`: it has the commit that this device knows. `behind`: an older one, or none. `stopped`: it holds what must not be replaced. */
  readonly state: 'protected' | 'behind' | 'stopped';
  /** What it holds; absent: nothing yet. */
  readonly holds?: { readonly commit: CommitId; readonly generation: number; readonly seenMs: number };
  /** Commits and bytes of files that it lacks. */
  readonly behindCommits: number;
  readonly behindBytes: number;
  /** Why it is not protected, with the remedy, or what could not be copied. */
  readonly message?: string;
}

/** `joined`: another device had promoted it before. `already`: it had authority. */
export interface Promoted {
  readonly kind: 'promoted' | 'joined' | 'already';
  readonly name: string;
  /** Commits that this device knows of and the cloud lacks; what of them is in the vault is sent by the next sync. */
  readonly behindCommits: number;
}

/** What a look into a backup found. */
export interface BackupScrub {
  readonly name: string;
  /** Objects that the primary holds of the vault, and their bytes. */
  readonly objects: number;
  readonly bytes: number;
  /** Objects of the backup that were downloaded and proven. */
  readonly lookedInto: number;
  /** Put again into the backup: they lacked, or were spoilt. */
  readonly repaired: number;
  /** Put again into the primary from the backup. */
  readonly mendedInPrimary: number;
  /** Keys of what neither cloud has as it should be. */
  readonly lost: readonly string[];
}

export interface PreviewReport {
  readonly plan: Plan;
  readonly held: readonly HeldItem[];
  readonly problems: readonly Problem[];
  /** A first sync with files on both sides: `sync` will ask for acceptance. */
  readonly needsAcceptance: boolean;
  /** The bucket holds plain files and no head: `sync` adopts it; so many would be imported. */
  readonly adopts: number;
}

export interface StatusReport {
  readonly vaultId: string | undefined;
  readonly device: { readonly id: DeviceId; readonly name: string };
  readonly observed: { readonly commit: CommitId; readonly generation: number } | undefined;
  readonly files: number;
  readonly held: readonly HeldItem[];
  readonly problems: readonly Problem[];
  readonly lastSyncMs: number | undefined;
  readonly lastAuditMs: number | undefined;
  /** Notes whose readable copy is still to be written. */
  readonly pendingReadable: number;
  /** The name of the cloud that has authority, where it is not the one that the settings name first. */
  readonly primary?: string;
  readonly backups: readonly BackupStatus[];
}

export type { OpenConflict };

/** One side of an open conflict as it is in the vault now. */
export interface ConflictSide {
  readonly hash: ContentHash;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  /** Absent above 16 MiB. */
  readonly bytes?: Uint8Array;
}

export interface ConflictContents {
  readonly conflict: OpenConflict;
  readonly note: ConflictSide;
  readonly copy: ConflictSide;
  /** What both come from; absent where it is not known, no longer kept, or out of reach. */
  readonly base?: Uint8Array;
  /** Which of them was committed last. */
  readonly newest: 'note' | 'copy';
}

/** What shall become of an open conflict. `seen`: what the sides were when it was decided. */
export interface ConflictDecision {
  readonly copy: VaultPath;
  readonly seen: { readonly note: ContentHash; readonly copy: ContentHash };
  /** `both`: the copy stays as a note of its own, under a plain name. */
  readonly take:
    { readonly kind: 'note' | 'copy' | 'both' } | { readonly kind: 'text'; readonly bytes: Uint8Array };
}

/** `apply`: do them this time. `restore`: bring the files back. `keep`: go on holding. */
export type HeldDecision = 'apply' | 'restore' | 'keep';

export interface VerifyReport {
  readonly entries: number;
  readonly bytes: number;
  /** Contents that are missing or wrong, by path; `repaired` were put again from this vault. */
  readonly damaged: readonly {
    readonly path: VaultPath;
    readonly repaired: boolean;
    readonly detail: string;
  }[];
  readonly readable: {
    readonly good: number;
    readonly rewritten: number;
    readonly imported: readonly VaultPath[];
  };
  readonly problems: readonly Problem[];
}

export interface Version {
  readonly path: VaultPath;
  readonly commit: CommitId | undefined;
  readonly generation: number;
  readonly timeMs: number | undefined;
  readonly deviceName: string | undefined;
  readonly deleted: boolean;
  readonly hash: ContentHash;
  readonly sizeBytes: number;
}

/** The moment to go back to: the last commit at or before the time, or a commit by id. */
export type Moment =
  | { readonly kind: 'now' }
  | { readonly kind: 'time'; readonly timeMs: number }
  | { readonly kind: 'commit'; readonly commit: CommitId };

export interface RestoreOptions {
  /** One path, or all. A folder's path (with `/`) restores all below it. */
  readonly path?: VaultPath;
  readonly at: Moment;
  /** Receives every restored file; the CLI writes it under `--to`. Chunks are verified only at the end: `done` tells. */
  readonly write: (
    file: { readonly path: VaultPath; readonly sizeBytes: number; readonly mtimeMs: number },
    chunks: AsyncIterable<Uint8Array>,
  ) => Promise<void>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

export interface RestoreReport {
  readonly commit: CommitId;
  readonly generation: number;
  readonly files: number;
  readonly bytes: number;
  readonly failed: readonly { readonly path: VaultPath; readonly message: string }[];
}

/**
 * One vault, one cloud, one device. Calls are made one after another; a second while one runs is a
 * `EngineError` of kind `busy`. After `signal` fires, a call ends soon and rejects with kind
 * `aborted`; the next `sync` goes on where it was.
 */
export interface Engine {
  sync(options?: SyncOptions): Promise<SyncReport>;
  /** What `sync` would do; changes nothing, here or there. */
  preview(signal?: AbortSignal): Promise<PreviewReport>;
  /** From what this device remembers; no request. */
  status(): Promise<StatusReport>;
  /** Takes effect at the next `sync`. */
  decideHeld(decision: HeldDecision): Promise<readonly HeldItem[]>;
  /** The audit: contents present, readable copy in step; repairs what it can. */
  verify(options?: {
    readonly signal?: AbortSignal;
    readonly onProgress?: (progress: Progress) => void;
    readonly full?: boolean;
  }): Promise<VerifyReport>;
  /** Brings each backup up, then compares what it holds with the primary; rejects with kind `cloud` where one cannot be brought up. */
  scrubBackups(options?: {
    readonly signal?: AbortSignal;
    readonly full?: boolean;
    /** Only the backup of this name. */
    readonly name?: string;
  }): Promise<readonly BackupScrub[]>;
  /**
   * Makes the cloud of this name the one that has authority (`main`: the one that the settings name first), also
   * where the one that had it cannot be reached. Other devices follow by themselves. Rejects with kind
   * `not-found` where there is no such cloud or nothing in it.
   */
  promote(name: string, signal?: AbortSignal): Promise<Promoted>;
  /** Versions of a path in kept history, newest first. */
  history(path: VaultPath, signal?: AbortSignal): Promise<readonly Version[]>;
  restore(options: RestoreOptions): Promise<RestoreReport>;
  /** Conflicts that wait for a person, oldest first, as of the last sync; no request. */
  conflicts(): Promise<readonly OpenConflict[]>;
  /** Rejects with kind `not-found` when the conflict is over. */
  readConflict(copy: VaultPath, signal?: AbortSignal): Promise<ConflictContents>;
  /**
   * Syncs, commits the decision in one commit, and brings it here. Rejects with kind `changed`, and nothing is
   * decided, when a side is no longer what was seen.
   */
  resolveConflict(decision: ConflictDecision, options?: SyncOptions): Promise<SyncReport>;
  /**
   * Opens a settled conflict again, by a new commit: the note and the copy are what they were before. Rejects
   * with kind `changed` when somebody has worked on since, `not-found` when it is not remembered or a version
   * has left the history.
   */
  undoResolution(id: string, options?: SyncOptions): Promise<SyncReport>;
  close(): Promise<void>;
}

/**
 * Why a run could not go on; always with a sentence for people in `message`.
 * `cloud`: see `cause` (a StoreError). `format`: the cloud's data is of a newer or broken format.
 */
export type EngineErrorKind =
  | 'busy'
  | 'aborted'
  | 'cloud'
  | 'vault'
  | 'state'
  | 'format'
  | 'head-vanished'
  | 'moved'
  | 'other-vault'
  | 'encrypted-bucket'
  | 'no-conditions'
  | 'contended'
  | 'changed'
  | 'not-found';

export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly kind: EngineErrorKind;

  constructor(kind: EngineErrorKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}
