import type { Engine } from '../../engine/api.ts';
import type { StateStore, Vault } from '../../engine/ports.ts';
import type { Finding } from '../../storage/check-connection.ts';
import type { DeviceStore } from '../adapters/device-store.ts';
import { isCloudNamed } from '../settings/defaults.ts';
import type { DeviceRecord, S3Settings, Settings } from '../settings/model.ts';
import { TEXTS } from '../texts.ts';
import { UnsetError } from './outcome.ts';

export type Probed = NonNullable<DeviceRecord['probed']>;
/** By which form and road a cloud is spoken to. */
export type Way = Omit<Probed, 'cloud'>;

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

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
  readonly openEngine: (parts: {
    readonly vault: Vault;
    readonly state: StateStore;
    readonly settings: Settings;
    readonly device: DeviceRecord;
    readonly keys: Keys;
    readonly way: Way;
  }) => Promise<Engine>;
  /** Rejects with an Error for people where the cloud cannot keep a vault. */
  readonly probe: (cloud: S3Settings, keys: Keys, signal: AbortSignal) => Promise<Way>;
  readonly check: (
    cloud: S3Settings,
    keys: Keys,
    signal: AbortSignal | undefined,
  ) => Promise<{ readonly findings: readonly Finding[]; readonly way: Way | undefined }>;
}

export interface Opened {
  readonly engine: Engine;
  readonly vault: Vault;
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
    const keys = this.keys();
    const way = await this.#way(settings.s3, keys, signal);
    const release = await hold(device.record.database, signal);
    let state: StateStore | undefined;
    try {
      state = await openState(device.record.database);
      const vault = openVault(settings);
      const engine = await openEngine({ vault, state, settings, device: device.record, keys, way });
      this.#opened = { engine, vault, release };
      return this.#opened;
    } catch (error) {
      await state?.close();
      release();
      throw error;
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
    const { s3 } = settings();
    const { findings, way } = await check(s3, this.keys(), signal);
    if (way !== undefined) device.change({ probed: { cloud: cloudId(s3), ...way } });
    return findings;
  }

  /** Throws an `UnsetError`. */
  keys(): Keys {
    const { s3 } = this.#parts.settings();
    if (!isCloudNamed(s3)) throw new UnsetError(TEXTS.sync.unset.cloud);
    return {
      accessKeyId: this.#secret(s3.accessKeySecret),
      secretAccessKey: this.#secret(s3.secretKeySecret),
    };
  }

  #secret(name: string): string {
    const secret = this.#parts.secret(name);
    if (secret === undefined || secret === '') throw new UnsetError(TEXTS.sync.unset.key(name));
    return secret;
  }

  async #way(s3: S3Settings, keys: Keys, signal: AbortSignal): Promise<Way> {
    const { device, probe } = this.#parts;
    const { probed } = device.record;
    const cloud = cloudId(s3);
    if (probed?.cloud === cloud) return probed;
    const way = await probe(s3, keys, signal);
    device.change({ probed: { cloud, ...way } });
    return way;
  }
}

/** Two settings with one id speak of one vault in one cloud. */
export function cloudId({ endpoint, bucket, region, prefix, pathStyle }: S3Settings): string {
  return JSON.stringify([endpoint, bucket, region, prefix, pathStyle]);
}
