import type { Settings } from '../settings/model.ts';
import { readSettings } from '../settings/defaults.ts';

/** What of the plugin's own folder is needed; paths in the vault. */
export interface SettingsHost {
  load(): Promise<unknown>;
  save(settings: Settings): Promise<void>;
  /** Keeps what the file has now beside it; resolves with the copy's path. */
  keepAside(): Promise<string>;
}

/** `data.json`. Keys that this version does not know are kept; a file that cannot be read is kept aside. */
export class SettingsFile {
  readonly #host: SettingsHost;
  #settings: Settings = readSettings(undefined);
  #saving: Promise<void> = Promise.resolve();

  constructor(host: SettingsHost) {
    this.#host = host;
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** Resolves with the path under which a broken file was kept, if it was broken. */
  async load(): Promise<string | undefined> {
    let aside: string | undefined;
    let stored: unknown;
    try {
      stored = (await this.#host.load()) ?? undefined;
    } catch {
      aside = await this.#host.keepAside();
    }
    if (stored !== undefined && !isRecord(stored)) aside = await this.#host.keepAside();
    this.#settings = readSettings(isRecord(stored) ? stored : undefined);
    return aside;
  }

  /** Saves come one after another, so that the last call's values stay. */
  change(change: Partial<Settings>): Promise<void> {
    const settings = { ...this.#settings, ...change };
    this.#settings = settings;
    this.#saving = this.#saving.catch(() => undefined).then(() => this.#host.save(settings));
    return this.#saving;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
