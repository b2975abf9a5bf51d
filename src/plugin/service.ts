import type { Finding } from '../storage/check-connection.ts';
import type { VaultPath } from '../core/model/vault-path.ts';
import type {
  BackupStatus,
  ConflictContents,
  ConflictDecision,
  HeldDecision,
  HeldItem,
  OpenConflict,
  PreviewReport,
  Problem,
  Promoted,
  Progress,
  SyncEvent,
  SyncReport,
  VerifyReport,
  Version,
} from '../engine/api.ts';
import type { Cleared } from '../engine/sealing/clear-plain.ts';
import type { Versioning } from '../storage/versioning.ts';
import type { BackupSettings, DeviceRecord, Settings } from './settings/model.ts';
import type { Stage } from './sync/vault-keys.ts';

/** What the status bar shows. Times in milliseconds since 1970. */
export type SyncState =
  /** No cloud is set up, or a key is missing on this device: `message` says what and where to go, `inSettings` does so for those who are there. */
  | { readonly kind: 'unset'; readonly message: string; readonly inSettings: string }
  /** `backups`: one for each, where there are any. */
  | { readonly kind: 'synced'; readonly atMs: number | undefined; readonly backups?: readonly BackupStatus[] }
  /** Edits wait to settle. */
  | { readonly kind: 'waiting' }
  /** `isSaved`: what this device has to send is in the cloud. */
  | { readonly kind: 'syncing'; readonly progress: Progress | undefined; readonly isSaved?: boolean }
  | { readonly kind: 'paused' }
  /** `readFrom`: notes are received from this backup meanwhile. */
  | { readonly kind: 'offline'; readonly message: string; readonly readFrom?: string }
  /** A person is needed; `message` names the file and the remedy. */
  | {
      readonly kind: 'attention';
      readonly reason: 'failed' | 'held' | 'first-preview' | 'conflicts' | 'aside' | 'problems';
      readonly message: string;
      /** How many wait, where that is the reason. */
      readonly conflicts?: number;
    };

/** One line of the log that people read. */
export interface LogEntry {
  readonly timeMs: number;
  readonly level: 'info' | 'warn' | 'error';
  readonly text: string;
  readonly event?: SyncEvent;
}

/** Conflicts that wait for a person. What rejects does so with an Error whose message is for people. */
export interface ConflictService {
  /** Oldest first, as of the last sync. */
  readonly open: readonly OpenConflict[];
  read(copy: VaultPath): Promise<ConflictContents>;
  /** Syncs and commits the decision; rejects when a version has changed since it was seen. */
  resolve(decision: ConflictDecision): Promise<void>;
  /** Opens again what was settled; by the id of the log's entry. */
  undo(id: string): Promise<void>;
}

/**
 * What a cloud is. `has-key`: encrypted, and this device can open it; `leftovers`: so too, and beside it lies what is
 * not encrypted. `begun`: a device began to encrypt the vault in it; `begun-here`: this one did, and has the key.
 */
export type Encryption =
  'has-key' | 'leftovers' | 'sealed' | 'plain' | 'begun' | 'begun-here' | 'files' | 'empty';

/** What takes long tells how far it is, and ends soon when told to: the next call goes on from there. */
export interface LongWork {
  readonly onProgress: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

/** `versioning`: whether the cloud keeps versions of what was removed, as far as it tells. */
export interface ClearReport extends Cleared {
  readonly versioning: Versioning;
}

/** What rejects does so with an Error whose message is for people. */
export interface EncryptionService {
  look(): Promise<Encryption>;
  /** With the passphrase or the recovery key; `false`: it is neither, and nothing was changed. */
  join(secret: string): Promise<boolean>;
  /** Encrypts an empty cloud; the recovery key. */
  begin(passphrase: string): Promise<string>;
  recoveryKey(): Promise<string | undefined>;
  /**
   * The first step of encrypting a vault that lies in a cloud: syncs, and agrees on the key; the recovery key.
   * `undefined`: another device has begun with another passphrase, and nothing was changed.
   */
  prepare(passphrase: string, work: LongWork): Promise<string | undefined>;
  /** The second: all is encrypted and read back, and from its end on no device goes on in the clear. */
  seal(work: LongWork): Promise<void>;
  /** The last: removes what lies unencrypted beside an encrypted vault. May be done at any later time, too. */
  clear(work: LongWork): Promise<ClearReport>;
  /** What of this has been begun here and is still to do. Asks no cloud. */
  unfinished(): Promise<Stage | undefined>;
  /** Another passphrase for the same key. */
  changePassphrase(passphrase: string): Promise<void>;
}

/** A cloud of the vault: the one that the settings name first, or a backup. */
export interface BackupView {
  readonly name: string;
  /** As a person knows it. */
  readonly place: string;
  /** It is the one that notes are sent to. */
  readonly isCurrent: boolean;
  /** As the last sync left it. */
  readonly status?: BackupStatus;
}

/** What rejects does so with an Error whose message is for people. */
export interface BackupService {
  /** The cloud that the settings name first, then the backups; none where no cloud is set up. */
  readonly all: readonly BackupView[];
  /** Why this one may not be added, in words. */
  obstacle(backup: BackupSettings): string | undefined;
  add(backup: BackupSettings): Promise<void>;
  /** What it holds stays there. Rejects while it is the one in use. */
  remove(name: string): Promise<void>;
  check(name: string, signal?: AbortSignal): Promise<readonly Finding[]>;
  /** Makes the cloud of this name the one in use, whether the other answers or not. */
  switchTo(name: string): Promise<Promoted>;
}

/**
 * All that commands, settings and views may ask of the sync. Nothing here throws but where said; a
 * failure ends in `state` and `log`. One call works at a time; later ones wait for it.
 */
export interface SyncService {
  readonly state: SyncState;
  /** Problems of the last sync: files that were left alone, each with the remedy. */
  readonly problems: readonly Problem[];
  /** Files that were set aside under another name. */
  readonly conflicts: readonly VaultPath[];
  readonly conflictDesk: ConflictService;
  readonly encryption: EncryptionService;
  readonly backups: BackupService;
  /** Called after each change of `state`; returns what ends it. */
  onState(listener: () => void): () => void;

  /** Newest last, of this device, kept over restarts up to a bound. */
  readonly log: readonly LogEntry[];
  onLog(listener: () => void): () => void;

  /** Syncs now, joining one that runs. `undefined`: it could not, see `state`. */
  syncNow(options?: {
    readonly acceptFirst?: boolean;
    readonly byHand?: boolean;
  }): Promise<SyncReport | undefined>;
  /** Ends the running sync soon; the next goes on from there. */
  stop(): void;
  /** Rejects with an Error whose message is for people. */
  preview(): Promise<PreviewReport>;
  setPaused(paused: boolean): void;
  /** Rejects with an Error whose message is for people. */
  verify(onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<VerifyReport>;
  /** Versions in kept history, newest first. Rejects with an Error whose message is for people. */
  history(path: VaultPath): Promise<readonly Version[]>;
  /** The text or bytes of a version. Rejects with an Error whose message is for people. */
  contents(version: Version): Promise<Uint8Array>;
  /** Writes the version's contents over the note as an edit of its own, so that it syncs; the former text stays in history (it is synced first). */
  restoreVersion(version: Version): Promise<void>;
  held(): Promise<readonly HeldItem[]>;
  /** Answers for all that is held, then syncs. */
  answerHeld(decision: HeldDecision): Promise<void>;

  readonly settings: Settings;
  readonly device: DeviceRecord;
  /** Saves and takes effect at the next sync; a change of the cloud starts afresh with it (the first-sync preview again). */
  changeSettings(change: Partial<Settings>): Promise<void>;
  renameDevice(name: string): void;
  /** What the connection is like, in words; finds the condition form and the road and remembers both. */
  checkConnection(signal?: AbortSignal): Promise<readonly Finding[]>;
  /** Forgets the cloud on this device: settings, secrets' names, database. Touches neither vault nor bucket. */
  forgetCloud(): Promise<void>;
}
