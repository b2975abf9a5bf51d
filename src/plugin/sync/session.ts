import type { CloudDeps, Engine } from '../../engine/api.ts';
import { currentPlace } from '../../engine/replicas/places.ts';
import { DeviceState } from '../../engine/state.ts';
import type { StateStore, Vault } from '../../engine/ports.ts';
import type { OpenedCloud } from '../../storage/check-cloud.ts';
import type { Finding } from '../../storage/check-connection.ts';
import { isStoreError } from '../../storage/store-error.ts';
import type { DeviceStore } from '../adapters/device-store.ts';
import { cloudId } from '../settings/cloud.ts';
import type { BackupSettings, DeviceRecord, Settings } from '../settings/model.ts';
import { withKeys, type CloudWithKeys } from './cloud-keys.ts';
import { backupParts, rememberWay, type BackupMeans, type BackupParts, type BackupWay } from './backups.ts';
import type { VaultKeys } from './vault-keys.ts';

export type Probed = NonNullable<DeviceRecord['probed']>;
/** By which form and road a cloud is spoken to. */
export type Way = Omit<Probed, 'cloud' | 'isOld'>;

/** What a session is made of; `compose.ts` says of what kind. */
export interface SessionParts {
  readonly device: DeviceStore;
  readonly settings: () => Settings;
  readonly secret: (name: string) => string | undefined;
  readonly openState: (database: string) => Promise<StateStore>;
  readonly deleteDatabase: (database: string) => Promise<void>;
  readonly openVault: (settings: Settings) => Vault;
  /** Waits until no other instance of the plugin is at work; returns what ends the hold. */
  readonly hold: (database: string, signal: AbortSignal) => Promise<() => void>;
  readonly keys: VaultKeys;
  /** Without a seal. */
  readonly openCloud: (cloud: CloudWithKeys, way: Way) => OpenedCloud;
  readonly tools: (settings: Settings, device: DeviceRecord) => CloudTools;
  readonly openEngine: (parts: {
    readonly vault: Vault;
    readonly state: StateStore;
    readonly settings: Settings;
    readonly device: DeviceRecord;
    readonly cloud: CloudWithKeys;
    readonly way: Way;
    readonly backups: readonly BackupParts[];
    /** Of an encrypted cloud. */
    readonly vaultKey: Awaited<ReturnType<VaultKeys['get']>>;
  }) => Promise<Engine>;
  /** Rejects with an Error for people where the cloud cannot keep a vault. */
  readonly probe: (cloud: CloudWithKeys, signal: AbortSignal) => Promise<Way>;
  readonly check: (
    cloud: CloudWithKeys,
    signal: AbortSignal | undefined,
  ) => Promise<{ readonly findings: readonly Finding[]; readonly way: Way | undefined }>;
  readonly probeBackup: BackupMeans['probeBackup'];
  readonly checkBackup: (
    cloud: CloudWithKeys,
    signal: AbortSignal | undefined,
  ) => Promise<{ readonly findings: readonly Finding[]; readonly way: BackupWay | undefined }>;
}

/** What works on clouds beside the clouds themselves. */
export type CloudTools = Omit<CloudDeps, 'store' | 'backups' | 'primary'>;

/** The cloud as it is, without a seal, and by what it is known. */
export interface BareCloud extends OpenedCloud {
  readonly id: string;
  readonly tools: CloudTools;
}

export interface Opened {
  readonly engine: Engine;
  readonly vault: Vault;
  /** The name of the cloud that has authority, as far as this device knows. */
  readonly place: () => Promise<string>;
}

/** The engine, open from the first need to the next change of what it is made of. */
export class Session {
  readonly #parts: SessionParts;
  #opened: (Opened & { readonly release: () => void }) | undefined;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** Rejects with an `UnsetError` where something is missing. Calls come one after another. */
  async open(signal: AbortSignal): Promise<Opened> {
    if (this.#opened !== undefined) return this.#opened;
    const { device, settings: current, hold, openState, openVault, openEngine } = this.#parts;
    const settings = current();
    const cloud = this.cloud();
    const way = await this.#way(settings, cloud, signal);
    const release = await hold(device.record.database, signal);
    let state: StateStore | undefined;
    try {
      state = await openState(device.record.database);
      const vault = openVault(settings);
      const vaultKey = await this.#parts.keys.get(cloudId(settings));
      const backups = await Promise.all(settings.backups.map((one) => backupParts(one, this.#parts, signal)));
      const engine = await openEngine({
        vault,
        state,
        settings,
        device: device.record,
        cloud,
        way,
        backups,
        vaultKey,
      });
      const remembered = state;
      this.#opened = { engine, vault, release, place: () => currentPlace(new DeviceState(remembered)) };
      return this.#opened;
    } catch (error) {
      await state?.close();
      release();
      throw error;
    }
  }

  /** By what the cloud that is set up is known. */
  get cloudId(): string {
    return cloudId(this.#parts.settings());
  }

  /** The cloud as it lies there; whoever asks closes it. */
  async bareCloud(signal: AbortSignal): Promise<BareCloud> {
    const settings = this.#parts.settings();
    const cloud = this.cloud();
    const way = await this.#way(settings, cloud, signal);
    const { openCloud, tools, device } = this.#parts;
    return { id: cloudId(settings), tools: tools(settings, device.record), ...openCloud(cloud, way) };
  }

  /** As `Opened` has it, also where no cloud can be asked. */
  async place(signal: AbortSignal): Promise<string> {
    if (this.#opened !== undefined) return this.#opened.place();
    const { device, hold, openState } = this.#parts;
    const release = await hold(device.record.database, signal);
    try {
      const state = await openState(device.record.database);
      return await currentPlace(new DeviceState(state)).finally(() => state.close());
    } finally {
      release();
    }
  }

  /** The next `open` makes it anew. */
  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    try {
      await opened?.engine.close();
    } finally {
      opened?.release();
    }
  }

  /** What was found out about the cloud's form and road counts no more. */
  forgetWay(): void {
    this.#parts.device.forgetWay();
  }

  /** After `close`: forgets what this device knows of the cloud. */
  async startAfresh(): Promise<void> {
    const { device, deleteDatabase } = this.#parts;
    await deleteDatabase(device.startAfresh());
  }

  async check(signal: AbortSignal | undefined): Promise<readonly Finding[]> {
    const { device, settings, check } = this.#parts;
    const current = settings();
    const { findings, way } = await check(this.cloud(), signal);
    if (way !== undefined) device.change({ probed: { cloud: cloudId(current), ...way } });
    return findings;
  }

  async checkBackup(backup: BackupSettings, signal: AbortSignal | undefined): Promise<readonly Finding[]> {
    const { device, secret, checkBackup } = this.#parts;
    const { findings, way } = await checkBackup(withKeys(backup, secret), signal);
    if (way !== undefined) rememberWay(device, cloudId(backup), way);
    return findings;
  }

  /** Throws an `UnsetError`. */
  cloud(): CloudWithKeys {
    return withKeys(this.#parts.settings(), this.#parts.secret);
  }

  async #way(settings: Settings, cloud: CloudWithKeys, signal: AbortSignal): Promise<Way> {
    const { device, probe } = this.#parts;
    const id = cloudId(settings);
    const probed = device.record.probed?.cloud === id ? device.record.probed : undefined;
    if (probed !== undefined && probed.isOld !== true) return probed;
    try {
      const way = await probe(cloud, signal);
      device.change({ probed: { cloud: id, ...way } });
      return way;
    } catch (error) {
      // It may be away for good: the backups are there to go on with.
      const mayGoOn = settings.backups.length > 0 && isStoreError(error, 'unavailable');
      if (probed === undefined || !mayGoOn) throw error;
      return probed;
    }
  }
}
