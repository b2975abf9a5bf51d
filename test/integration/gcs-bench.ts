import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectStore } from '../../src/storage/object-store.ts';
import type { Bench, Finished } from '../cli/commands/command.ts';
import { installRclone } from '../support/rclone.mts';
import { openBucket } from '../support/servers/gcs-bucket.mts';
import { runProgram } from '../support/servers/processes.mts';
import type { ServerAddress } from '../support/servers/server.mts';

/** The command on a bucket of its own of Google Cloud Storage, with the owner's key unless told otherwise. */
export class GcsBench {
  readonly remote: string;
  readonly store: ObjectStore;
  readonly #bench: Bench;
  readonly #server: ServerAddress;

  constructor(bench: Bench, server: ServerAddress, bucket: string) {
    this.#bench = bench;
    this.#server = server;
    this.remote = `gcs:${bucket}/my%20notes`;
    this.store = openBucket(server, { bucket });
  }

  get env(): NodeJS.ProcessEnv {
    return { TWINCLOUD_GCS_KEY: this.#server.secretAccessKey, STORAGE_EMULATOR_HOST: this.#server.endpoint };
  }

  run(args: readonly string[], device = 'a', env: NodeJS.ProcessEnv = {}): Promise<Finished> {
    return this.#bench.run(args, { device, env: { ...this.env, ...env } });
  }

  /** Sets the vault up at the first call. */
  sync(device = 'a', ...more: readonly string[]): Promise<Finished> {
    return this.run(['sync', '--remote', this.remote, '--device-name', device, ...more], device);
  }

  async keys(below: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const { objects } of this.store.list(`my notes/${below}`))
      keys.push(...objects.map(({ key }) => key));
    return keys;
  }
}

/** The real rclone on the server, `cloud:` being its remote. It signs, asks for tokens and uploads by Google's client for Go. */
export async function rcloneGcs(server: ServerAddress, args: readonly string[]): Promise<string> {
  await installRclone();
  const folder = await mkdtemp(join(tmpdir(), 'twincloud-rclone-'));
  try {
    const key = join(folder, 'key.json');
    await writeFile(key, server.secretAccessKey, { mode: 0o600 });
    const config = join(folder, 'rclone.conf');
    const lines = ['[cloud]', 'type = google cloud storage', `service_account_file = ${key}`];
    lines.push(`endpoint = ${server.endpoint}/storage/v1/`, 'no_check_bucket = true');
    await writeFile(config, `${lines.join('\n')}\n`, { mode: 0o600 });
    return await runProgram(
      'rclone',
      ['--config', config, '--use-cookies=false', '--low-level-retries=1', '--retries=1', ...args],
      {
        timeoutMs: 120_000,
      },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
