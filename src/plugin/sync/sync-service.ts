import type { VaultPath } from '../../core/model/vault-path.ts';
import type {
  HeldDecision,
  HeldItem,
  PreviewReport,
  Problem,
  Progress,
  SyncReport,
  VerifyReport,
  Version,
} from '../../engine/api.ts';
import type { Clock, Compression, Hashing } from '../../engine/ports.ts';
import type { Finding } from '../../storage/check-connection.ts';
import type { DeviceStore } from '../adapters/device-store.ts';
import type { SettingsFile } from '../adapters/settings-file.ts';
import type { LogEntry, SyncService, SyncState } from '../service.ts';
import { cloudId, NO_CLOUD } from '../settings/cloud.ts';
import type { DeviceRecord, Settings } from '../settings/model.ts';
import { TEXTS } from '../texts.ts';
import { BackupDesk } from './backup-desk.ts';
import { ConflictDesk } from './conflict-desk.ts';
import { EncryptionDesk } from './encryption-desk.ts';
import type { Conflicts } from './conflicts.ts';
import type { LogRing } from './log-ring.ts';
import { failureOf, messageFor, wasStopped } from './outcome.ts';
import { readVersion, writeVersion } from './past.ts';
import { Results } from './results.ts';
import { RunProgress } from './run-progress.ts';
import { eitherOf } from './either.ts';
import type { Opened, Session } from './session.ts';
import { Triggers } from './triggers.ts';
import { Turns } from './turns.ts';
import type { VaultKeys } from './vault-keys.ts';

export interface SyncServiceOptions {
  readonly session: Session;
  readonly settings: SettingsFile;
  readonly device: DeviceStore;
  readonly log: LogRing;
  readonly conflicts: Conflicts;
  readonly clock: Clock;
  readonly hashing: Pick<Hashing, 'sha256'>;
  readonly compression: Compression;
  readonly keys: VaultKeys;
  readonly isOnline: () => boolean;
}

const MINUTE_MS = 60_000;

interface Running {
  readonly report: Promise<SyncReport | undefined>;
  readonly abort: AbortController;
}

/**
 * The sync of this vault on this device: when it runs, one call at a time, and what it leaves to tell.
 *
 *   unset ─┐                 ┌─► synced ──edit──► waiting ─┐
 *   paused ├── start, edit, ─┤                            ├─► syncing ─► …
 *   offline┘   time, hand    └─► attention, offline ◄─────┘   (stop, close: aborted)
 */
export class PluginSync implements SyncService {
  readonly #options: SyncServiceOptions;
  readonly #triggers: Triggers;
  readonly #turns = new Turns();
  readonly #listeners = new Set<() => void>();
  readonly #closing = new AbortController();
  readonly #results: Results;
  readonly #desk: ConflictDesk;
  readonly encryption: EncryptionDesk;
  readonly backups: BackupDesk;
  #running: Running | undefined;
  readonly #progress: RunProgress;

  constructor(options: SyncServiceOptions) {
    this.#options = options;
    const { session, log, conflicts, clock } = options;
    this.#progress = new RunProgress(
      () => clock.now(),
      () => this.#tell(),
    );
    this.#results = new Results({
      log,
      conflicts,
      now: () => clock.now(),
      checkSetup: () => void session.cloud(),
    });
    const done = (report: SyncReport): void => {
      this.#results.done(report);
      log.save();
      this.#tell();
    };
    this.#desk = new ConflictDesk({
      asked: (work) => this.#asked(({ engine }, signal) => work(engine, signal)),
      open: () => this.#results.openConflicts,
      done,
    });
    const shared = { turns: this.#turns, signal: this.#closing.signal };
    this.encryption = new EncryptionDesk({ ...options, ...shared, done });
    this.backups = new BackupDesk({
      ...{ session, ...shared, service: this },
      ...{ asked: (work) => this.#asked(work), changed: () => this.#changed() },
    });
    this.#triggers = new Triggers({
      clock,
      about: () => ({
        isOn: !this.device.paused && !this.#results.isBlocked,
        intervalMs: this.settings.intervalMinutes * MINUTE_MS,
        syncAfterEdit: this.settings.syncAfterEdit,
      }),
      sync: () => void this.syncNow(),
    });
  }

  get state(): SyncState {
    if (this.#running !== undefined) {
      const { last: progress, isSaved } = this.#progress;
      return { kind: 'syncing', progress, isSaved: isSaved && this.settings.backups.length > 0 };
    }
    const { state } = this.#results;
    if (state.kind === 'unset') return state;
    if (this.device.paused) return { kind: 'paused' };
    return state.kind === 'synced' && this.#triggers.isWaiting ? { kind: 'waiting' } : state;
  }

  get problems(): readonly Problem[] {
    return this.#results.problems;
  }

  get conflicts(): readonly VaultPath[] {
    return this.#results.conflicts;
  }

  get conflictDesk(): ConflictDesk {
    return this.#desk;
  }

  get log(): readonly LogEntry[] {
    return this.#options.log.entries;
  }

  get settings(): Settings {
    return this.#options.settings.settings;
  }

  get device(): DeviceRecord {
    return this.#options.device.record;
  }

  onState(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onLog(listener: () => void): () => void {
    return this.#options.log.onChange(listener);
  }

  /** The app has its files and has come to rest. */
  start(): void {
    void this.backups.look();
    this.#triggers.start(this.settings.syncOnStart);
    this.#tell();
  }

  /** A file of the vault is another than before. */
  edited(): void {
    this.#triggers.edited();
    this.#tell();
  }

  typed(): void {
    this.#triggers.typed();
  }

  /** The app came to the front again, or the network came back: what waited for that goes on. */
  woke(): void {
    this.#triggers.woke();
  }

  /** The app goes away, maybe for good. */
  rest(): void {
    this.#options.log.save();
  }

  syncNow(
    options: { readonly acceptFirst?: boolean; readonly byHand?: boolean } = {},
  ): Promise<SyncReport | undefined> {
    if (this.#closing.signal.aborted || this.device.paused) return Promise.resolve(undefined);
    if (this.#running !== undefined && options.acceptFirst !== true) return this.#running.report;
    this.#running?.abort.abort();
    const abort = new AbortController();
    const report = this.#turns
      .run(() => this.#sync(abort.signal, options))
      .finally(() => {
        if (this.#running !== running) return;
        this.#running = undefined;
        this.#triggers.rests();
        this.#tell();
      });
    const running = { report, abort };
    this.#running = running;
    this.#progress.start();
    this.#triggers.began();
    this.#tell();
    return report;
  }

  stop(): void {
    this.#running?.abort.abort();
  }

  setPaused(paused: boolean): void {
    this.#options.device.change({ paused });
    if (paused) this.stop();
    else this.#triggers.want();
    this.#changed();
  }

  preview(): Promise<PreviewReport> {
    return this.#asked(({ engine }, signal) => engine.preview(signal));
  }

  verify(onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<VerifyReport> {
    return this.#asked(
      ({ engine }, closing) => engine.verify({ onProgress, signal: closing, full: true }),
      signal,
    );
  }

  history(path: VaultPath): Promise<readonly Version[]> {
    return this.#asked(({ engine }, signal) => engine.history(path, signal));
  }

  contents(version: Version): Promise<Uint8Array> {
    return this.#asked(({ engine }, signal) => readVersion(engine, version, signal));
  }

  async restoreVersion(version: Version): Promise<void> {
    const bytes = await this.contents(version);
    // What stands there now is in history before anything is written over it.
    if ((await this.syncNow({ byHand: true })) === undefined) throw new Error(this.#whyNot());
    const { clock, log, hashing } = this.#options;
    const contents = { bytes, mtimeMs: clock.now() };
    await this.#asked(({ vault }) => writeVersion({ vault, hashing }, version, contents));
    log.add({ timeMs: clock.now(), level: 'info', text: TEXTS.sync.log.restored(version.path) });
    this.edited();
  }

  async held(): Promise<readonly HeldItem[]> {
    const { held } = await this.#asked(({ engine }) => engine.status());
    return held;
  }

  async answerHeld(decision: HeldDecision): Promise<void> {
    await this.#asked(({ engine }) => engine.decideHeld(decision));
    if (decision !== 'keep') await this.syncNow({ byHand: true });
  }

  async changeSettings(change: Partial<Settings>): Promise<void> {
    const { settings, session } = this.#options;
    this.backups.checkMain({ ...this.settings, ...change });
    const before = cloudId(this.settings);
    const saving = settings.change(change);
    const isOther = cloudId(this.settings) !== before;
    if (isOther) this.stop();
    await this.#turns.run(async () => {
      await session.close();
      if (isOther) await session.startAfresh();
    });
    if (isOther) {
      this.backups.forget();
      this.#results.forget();
    } else this.#results.lookAtSetup();
    this.#changed();
    await saving;
  }

  renameDevice(name: string): void {
    this.#options.device.change({ name });
    void this.#turns.run(() => this.#options.session.close()).catch(() => undefined);
    this.#changed();
  }

  async checkConnection(signal?: AbortSignal): Promise<readonly Finding[]> {
    const { session } = this.#options;
    try {
      const findings = await this.#turns.run(async () => {
        // What it finds out about the cloud holds from the next sync on.
        await session.close();
        return session.check(signal);
      });
      this.#results.lookAtSetup();
      return findings;
    } catch (error) {
      throw new Error(messageFor(error), { cause: error });
    } finally {
      this.#changed();
    }
  }

  async forgetCloud(): Promise<void> {
    const { settings, session, log, clock, keys } = this.#options;
    this.stop();
    await keys.forget(cloudId(this.settings));
    await settings.change({ ...NO_CLOUD, backups: [] });
    this.backups.forget();
    await this.#turns.run(async () => {
      await session.close();
      await session.startAfresh();
    });
    log.add({ timeMs: clock.now(), level: 'info', text: TEXTS.sync.log.forgotten });
    this.#results.forget();
    this.#changed();
  }

  /** Ends what runs and lets go of everything; safe in the midst of a sync. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('Twincloud is being turned off.'));
    this.#triggers.close();
    this.#running?.abort.abort();
    await this.#turns.close();
    await this.#options.session.close().catch(() => undefined);
    this.#options.log.save();
    this.#listeners.clear();
  }

  async #sync(
    signal: AbortSignal,
    { acceptFirst = false, byHand = false }: { readonly acceptFirst?: boolean; readonly byHand?: boolean },
  ): Promise<SyncReport | undefined> {
    const { session, log } = this.#options;
    try {
      const opened = await session.open(signal);
      const backups = byHand ? 'always' : 'when-due';
      const report = await opened.engine.sync({ ...this.#progress.listeners, signal, acceptFirst, backups });
      await this.backups.done(report, opened);
      this.#results.done(report);
      const deferred = report.problems.some(({ kind }) => kind === 'deferred');
      // While it only receives, the cloud is asked again as after a failure.
      this.#triggers.ended({ failed: report.away !== undefined, deferred });
      return report;
    } catch (error) {
      await this.#failed(error, signal);
      return undefined;
    } finally {
      log.save();
    }
  }

  async #failed(error: unknown, signal: AbortSignal): Promise<void> {
    const { session, clock, log, isOnline } = this.#options;
    if (signal.aborted || wasStopped(error)) {
      const isTurnedOff = this.#closing.signal.aborted;
      if (!isTurnedOff) log.add({ timeMs: clock.now(), level: 'info', text: TEXTS.sync.stopped });
      this.#triggers.ended({ failed: false, deferred: false });
      return;
    }
    const failure = failureOf(error, isOnline());
    this.#triggers.ended({ failed: failure.counts, deferred: false });
    this.#results.failed(failure);
    // The road by the page ends when the bucket's rules change: the next sync looks again.
    const isOutOfReach = failure.state.kind === 'offline' && isOnline();
    if (isOutOfReach && this.#triggers.failures === 2) session.forgetWay();
    // Whatever it was, the next sync begins with nothing half open.
    await session.close().catch(() => undefined);
  }

  /** What a person asked for: in its turn, with failures in words. */
  async #asked<T>(
    work: (opened: Opened, signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const either = eitherOf(this.#closing.signal, signal);
    try {
      return await this.#turns.run(async () =>
        work(await this.#options.session.open(either.signal), either.signal),
      );
    } catch (error) {
      throw new Error(messageFor(error), { cause: error });
    } finally {
      either.end();
    }
  }

  #whyNot(): string {
    const { state } = this;
    if (state.kind === 'paused') return TEXTS.sync.paused;
    return 'message' in state ? state.message : TEXTS.sync.stopped;
  }

  #changed(): void {
    this.#triggers.changed();
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
