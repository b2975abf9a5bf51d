import type { Progress, SyncEvent, SyncReport } from '../../../src/engine/api.ts';
import type { TwincloudPlugin } from '../../../src/plugin/plugin.ts';
import type { SyncState } from '../../../src/plugin/service.ts';
import { createBucket } from '../../support/servers/s3-bucket.mts';
import type { ServerAddress } from '../../support/servers/server.mts';
import { DeviceDriver, type OpenOptions } from '../driver.mts';
import { secretsFor, settingsFor, type CloudPlace } from '../server/cloud-set-up.mts';
import type { PluginFiles } from '../server/host-device.mts';

/** What a test wants to know of one sync. */
export interface Synced {
  readonly outcome: SyncReport['outcome'] | undefined;
  readonly events: readonly string[];
  readonly state: SyncState;
  readonly ms: number;
}

export interface DeviceOptions extends Omit<OpenOptions, 'plugins'> {
  /** Settings of the plugin besides those of the cloud. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** A bucket of its own, and devices that are set up for it; nothing syncs unless the test says so. */
export class CloudDevices {
  readonly place: CloudPlace;
  readonly #plugin: PluginFiles;
  readonly #open: DeviceDriver[] = [];

  private constructor(place: CloudPlace, plugin: PluginFiles) {
    this.place = place;
    this.#plugin = plugin;
  }

  static async start(server: ServerAddress, plugin: PluginFiles): Promise<CloudDevices> {
    return new CloudDevices({ server, bucket: await createBucket(server) }, plugin);
  }

  async device(
    name: string,
    { settings = {}, config = {}, files = {}, ...others }: DeviceOptions = {},
  ): Promise<DeviceDriver> {
    const quiet = { intervalMinutes: 0, syncOnStart: false, syncAfterEdit: false };
    const data = settingsFor(this.place, { ...quiet, ...settings });
    const driver = await DeviceDriver.open({
      name,
      plugins: [this.#plugin],
      files: { ...files, '.obsidian/plugins/twincloud/data.json': JSON.stringify(data) },
      config: { secrets: secretsFor(this.place), ...config },
      ...others,
    });
    this.#open.push(driver);
    return driver;
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.map((driver) => driver.close()));
  }
}

declare global {
  interface Window {
    /** Of the last sync that a test began and did not wait for. */
    lastSync?: Promise<unknown>;
  }
}

/** Sync now, as the command does, and what came of it. */
export async function sync(device: DeviceDriver, acceptFirst = true): Promise<Synced> {
  return device.page.evaluate(async (accept) => {
    const plugin = window.host.plugins.get('twincloud') as unknown as TwincloudPlugin;
    const service = plugin.service!;
    const startMs = performance.now();
    const report = await service.syncNow({ byHand: true, acceptFirst: accept });
    const described = (event: SyncEvent): string => `${event.kind} ${event.path}`;
    return {
      outcome: report?.outcome,
      events: report?.events.map(described) ?? [],
      state: service.state,
      ms: performance.now() - startMs,
    };
  }, acceptFirst);
}

/** Syncs in turn until neither has anything left to do. */
export async function settle(...devices: readonly DeviceDriver[]): Promise<void> {
  for (let round = 0; round < 6; round += 1) {
    let events = 0;
    for (const device of devices) events += (await sync(device)).events.length;
    if (events === 0) return;
  }
  throw new Error('The devices do not come to rest.');
}

/** Begins a sync and comes back once files are on their way. */
export async function beginSync(device: DeviceDriver, phase: Progress['phase'], files = 1): Promise<void> {
  await device.page.evaluate(
    async ([wanted, least]) => {
      const plugin = window.host.plugins.get('twincloud') as unknown as TwincloudPlugin;
      const service = plugin.service!;
      window.lastSync = service.syncNow({ byHand: true, acceptFirst: true }).catch(() => undefined);
      await new Promise<void>((resolve) => {
        const look = (): void => {
          const { state } = service;
          const progress = state.kind === 'syncing' ? state.progress : undefined;
          if (state.kind !== 'syncing' || (progress?.phase === wanted && progress.doneFiles >= least))
            resolve();
        };
        service.onState(look);
        look();
      });
    },
    [phase, files] as const,
  );
}

/** The app notices what other programs do a moment later. */
export async function hasNoticed(device: DeviceDriver, path: string): Promise<void> {
  const looks = (): Promise<boolean> =>
    device.page.evaluate((at) => window.host.app.vault.getFileByPath(at) !== null, path);
  await device.until(`${path} in the app`, looks, (there) => there);
}
