import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContainer } from '../../support/servers/azure-container.mts';
import * as azurite from '../../support/servers/azurite.mts';
import { createBucket } from '../../support/servers/gcs-bucket.mts';
import * as gcs from '../../support/servers/gcs.mts';
import type { RunningServer } from '../../support/servers/server.mts';
import * as versitygw from '../../support/servers/versitygw.mts';
import type { SeededRandom } from '../../support/seeded-random.ts';
import { FaultProxy } from '../fault-proxy.mts';

/** As the settings call them; `main` is the one that they name first. */
export const CLOUDS = ['main', 'azure', 'google'] as const;
export type CloudName = (typeof CLOUDS)[number];

const PORT = (server: RunningServer): number => Number(new URL(server.endpoint).port);

/**
 * A server of each kind, each behind a proxy of its own: versitygw on a folder, which is really killed; Azurite on
 * a folder, whose connections are cut and which is then asked to end, since killed it would forget; and the front of
 * the emulator of Google, which loses connections, tokens and uploads, while the emulator keeps its objects.
 */
export class ThreeClouds {
  readonly proxies: Readonly<Record<CloudName, FaultProxy>>;
  readonly backups: Readonly<Record<'azure' | 'google', string>>;
  /** Keys of the backups, and where Google is found. */
  readonly env: NodeJS.ProcessEnv;
  readonly #folder: string;
  readonly #google: gcs.RunningGcs;
  readonly #down = new Set<CloudName>();
  #main: RunningServer;
  #azure: RunningServer;

  private constructor(parts: Parts, proxies: Record<CloudName, FaultProxy>, names: Names) {
    this.#folder = parts.folder;
    this.#main = parts.main;
    this.#azure = parts.azure;
    this.#google = parts.google;
    this.proxies = proxies;
    const account = parts.azure.accessKeyId;
    this.backups = {
      azure: `azure://${account}/${names.container}/spare?endpoint=${proxies.azure.endpoint}/${account}`,
      google: `gcs:${names.bucket}/spare`,
    };
    this.env = {
      TWINCLOUD_AZURE_ACCOUNT_KEY: parts.azure.secretAccessKey,
      TWINCLOUD_GCS_KEY: parts.google.secretAccessKey,
      STORAGE_EMULATOR_HOST: proxies.google.endpoint,
    };
  }

  static async start(random: SeededRandom): Promise<ThreeClouds> {
    const folder = await mkdtemp(join(tmpdir(), 'twincloud-clouds-'));
    const [main, azure, google] = await Promise.all([
      versitygw.startServer({ dataFolder: join(folder, 'main') }),
      azurite.startServer({ dataFolder: join(folder, 'azure') }),
      gcs.startServer(),
    ]);
    const [container, bucket] = await Promise.all([createContainer(azure), createBucket(google)]);
    const proxies = {
      main: await FaultProxy.start(main.endpoint, random),
      azure: await FaultProxy.start(new URL(azure.endpoint).origin, random),
      google: await FaultProxy.start(google.endpoint, random),
    };
    return new ThreeClouds({ folder, main, azure, google }, proxies, { container, bucket });
  }

  /** The server that `main` is. */
  get address(): RunningServer {
    return this.#main;
  }

  async kill(name: CloudName): Promise<void> {
    this.#down.add(name);
    this.proxies[name].cut();
    if (name === 'google') await this.#google.crash();
    else await (name === 'main' ? this.#main : this.#azure).stop();
  }

  async rise(name: CloudName): Promise<void> {
    if (!this.#down.delete(name)) return;
    const dataFolder = join(this.#folder, name);
    if (name === 'google') await this.#google.rise();
    else if (name === 'main')
      this.#main = await versitygw.startServer({ dataFolder, port: PORT(this.#main) });
    else this.#azure = await azurite.startServer({ dataFolder, port: PORT(this.#azure) });
    this.proxies[name].mend();
  }

  /** All servers are there, and nothing is in the way of any. */
  async clear(): Promise<void> {
    for (const name of CLOUDS) {
      this.proxies[name].calm();
      await this.rise(name);
    }
  }

  async stop(): Promise<void> {
    for (const name of CLOUDS) await this.proxies[name].stop();
    await Promise.all([this.#main.stop(), this.#azure.stop(), this.#google.stop()]);
    await rm(this.#folder, { recursive: true, force: true });
  }
}

interface Parts {
  readonly folder: string;
  readonly main: RunningServer;
  readonly azure: RunningServer;
  readonly google: gcs.RunningGcs;
}

interface Names {
  readonly container: string;
  readonly bucket: string;
}
