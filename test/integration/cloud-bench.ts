import type { ObjectKey } from '../../src/core/model/ids.ts';
import type { ObjectStore } from '../../src/storage/object-store.ts';
import type { Bench, Finished } from '../cli/commands/command.ts';
import { openBucket } from '../support/servers/s3-bucket.mts';
import type { ServerAddress } from '../support/servers/server.mts';

interface Bucket {
  readonly bucket: string;
  readonly conditionForm: 'quoted' | 'bare';
}

/** The command on a bucket of its own, as the server's owner unless told otherwise. */
export class CloudBench {
  readonly remote: string;
  readonly store: ObjectStore;
  readonly #bench: Bench;
  readonly #server: ServerAddress;

  constructor(bench: Bench, server: ServerAddress, { bucket, conditionForm }: Bucket) {
    this.#bench = bench;
    this.#server = server;
    this.remote = `s3://${bucket}/my notes?endpoint=${server.endpoint}&region=${server.region}`;
    this.store = openBucket(server, { bucket, conditionForm });
  }

  get env(): NodeJS.ProcessEnv {
    const { accessKeyId, secretAccessKey } = this.#server;
    return {
      TWINCLOUD_S3_ACCESS_KEY_ID: accessKeyId,
      TWINCLOUD_S3_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_EC2_METADATA_DISABLED: 'true',
    };
  }

  run(args: readonly string[], device = 'a', env: NodeJS.ProcessEnv = {}): Promise<Finished> {
    return this.#bench.run(args, { device, env: { ...this.env, ...env } });
  }

  /** Sets the vault up at the first call. */
  sync(device = 'a', ...more: readonly string[]): Promise<Finished> {
    return this.run(['sync', '--remote', this.remote, '--device-name', device, ...more], device);
  }

  async keys(below: string): Promise<ObjectKey[]> {
    const keys: ObjectKey[] = [];
    for await (const { objects } of this.store.list(`my notes/${below}`))
      keys.push(...objects.map(({ key }) => key));
    return keys;
  }

  /** Other bytes of the same length under each of these keys. */
  async spoil(below: string): Promise<number> {
    const keys = await this.keys(below);
    for (const key of keys) {
      const { sizeBytes } = await this.store.head(key);
      await this.store.put(key, new Uint8Array(sizeBytes).fill(9));
    }
    return keys.length;
  }
}
