import { backupObstacle, MAIN, placeObstacle } from '../../core/model/backup-place.ts';
import type { BackupStatus, Promoted, SyncReport } from '../../engine/api.ts';
import type { Finding } from '../../storage/check-connection.ts';
import type { BackupService, BackupView, SyncService } from '../service.ts';
import { cloudName, hasCloud, placeOf, placesOf } from '../settings/cloud.ts';
import type { BackupSettings, Settings } from '../settings/model.ts';
import { TEXTS } from '../texts.ts';
import { messageFor } from './outcome.ts';
import type { Opened, Session } from './session.ts';
import type { Turns } from './turns.ts';

export interface BackupDeskParts {
  readonly session: Session;
  readonly turns: Turns;
  /** Fires when the plugin is turned off. */
  readonly signal: AbortSignal;
  readonly service: Pick<SyncService, 'settings' | 'changeSettings'>;
  /** Does it in its turn; failures become an Error for people. */
  readonly asked: <T>(work: (opened: Opened, signal: AbortSignal) => Promise<T>) => Promise<T>;
  readonly changed: () => void;
}

/** The clouds of the vault, and what a person does about its backups. */
export class BackupDesk implements BackupService {
  readonly #parts: BackupDeskParts;
  #current: string = MAIN;
  #statuses: readonly BackupStatus[] = [];

  constructor(parts: BackupDeskParts) {
    this.#parts = parts;
  }

  get all(): readonly BackupView[] {
    const settings = this.#parts.service.settings;
    const clouds = hasCloud(settings) ? [{ ...settings, name: MAIN }, ...settings.backups] : [];
    return clouds.map((cloud) => {
      const { name } = cloud;
      const status = this.#statuses.find((one) => one.name === name);
      const isCurrent = name === this.#current;
      return { name, place: cloudName(cloud), isCurrent, ...(status === undefined ? {} : { status }) };
    });
  }

  /** Before the first sync of a session. */
  async look(): Promise<void> {
    const { session, turns, signal, service, changed } = this.#parts;
    if (service.settings.backups.length === 0) return;
    this.#current = await turns.run(() => session.place(signal)).catch(() => MAIN);
    if (!signal.aborted) changed();
  }

  /** What a sync left to tell of them; one that could only receive has looked at none. */
  async done({ backups, away }: SyncReport, { place }: Opened): Promise<void> {
    if (this.#parts.service.settings.backups.length === 0) return;
    if (away === undefined) this.#statuses = backups ?? [];
    this.#current = await place();
  }

  /** The cloud was forgotten, or is another. */
  forget(): void {
    this.#current = MAIN;
    this.#statuses = [];
  }

  async add(backup: BackupSettings): Promise<void> {
    const settings = this.#parts.service.settings;
    const obstacle = this.obstacle(backup);
    if (obstacle !== undefined) throw new Error(obstacle);
    await this.#parts.service.changeSettings({ backups: [...settings.backups, backup] });
  }

  obstacle(backup: BackupSettings): string | undefined {
    const places = placesOf(this.#parts.service.settings);
    const obstacle = backupObstacle({ name: backup.name, place: placeOf(backup) }, places);
    return obstacle === undefined ? undefined : TEXTS.backups.obstacle(obstacle);
  }

  /** Rejects where the vault's cloud would be in the place of a backup. */
  checkMain(settings: Settings): void {
    if (!hasCloud(settings)) return;
    const places = settings.backups.map((one) => ({ name: one.name, place: placeOf(one) }));
    const obstacle = placeObstacle(placeOf(settings), places);
    if (obstacle !== undefined) throw new Error(TEXTS.backups.obstacle(obstacle));
  }

  async remove(name: string): Promise<void> {
    const { session, turns, signal, service } = this.#parts;
    const current = await turns.run(() => session.place(signal));
    if (current === name) throw new Error(TEXTS.backups.remove.inUse(name));
    await service.changeSettings({ backups: service.settings.backups.filter((one) => one.name !== name) });
  }

  async check(name: string, signal?: AbortSignal): Promise<readonly Finding[]> {
    const { session, turns, service } = this.#parts;
    const backup = service.settings.backups.find((one) => one.name === name);
    if (backup === undefined) return [];
    try {
      return await turns.run(async () => {
        // It may have been opened in another form, or not at all.
        await session.close();
        return session.checkBackup(backup, signal);
      });
    } catch (error) {
      throw new Error(messageFor(error), { cause: error });
    }
  }

  async switchTo(name: string): Promise<Promoted> {
    const promoted = await this.#parts.asked(async ({ engine, place }, signal) => {
      const done = await engine.promote(name, signal);
      this.#current = await place();
      // Each cloud is waited for as what it is now.
      await this.#parts.session.close();
      return done;
    });
    this.#statuses = [];
    this.#parts.changed();
    return promoted;
  }
}
