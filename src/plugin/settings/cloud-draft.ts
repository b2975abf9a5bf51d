import { checkBucket, checkEndpoint, checkPrefix, checkRegion, trimPrefix } from './checks.ts';
import { DEFAULTS } from './defaults.ts';
import type { S3Settings } from './model.ts';
import { TEXTS } from '../texts.ts';

export type CloudText = 'endpoint' | 'bucket' | 'region' | 'prefix';

const CHECKS: Readonly<Record<CloudText, (value: string) => string | undefined>> = {
  endpoint: (value) => checkEndpoint(value.trim()),
  bucket: (value) => checkBucket(value.trim()),
  region: (value) => checkRegion(value.trim()),
  prefix: checkPrefix,
};

/**
 * The cloud as it is being typed. It takes effect by `save` alone: a sync that starts in the midst of
 * the typing would go to a bucket or a folder whose name is half written.
 */
export class CloudDraft {
  readonly #saved: () => S3Settings;
  readonly #save: (s3: S3Settings) => Promise<void>;
  #edits: Partial<S3Settings> = {};
  readonly #wrong = new Set<CloudText>();
  readonly #listeners = new Set<() => void>();

  constructor(saved: () => S3Settings, save: (s3: S3Settings) => Promise<void>) {
    this.#saved = saved;
    this.#save = save;
  }

  get values(): S3Settings {
    return { ...this.#saved(), ...this.#edits };
  }

  get isDirty(): boolean {
    const saved = this.#saved();
    const values = this.values;
    return this.#wrong.size > 0 || KEYS.some((key) => values[key] !== saved[key]);
  }

  set<K extends keyof S3Settings>(key: K, value: S3Settings[K]): void {
    this.#edits = { ...this.#edits, [key]: value };
    this.#changed();
  }

  /** Says what is wrong with what was typed, and remembers that it is: `set` is not called with it. */
  check(key: CloudText, value: string): string | undefined {
    const message = CHECKS[key](value);
    const before = this.#wrong.size;
    if (message === undefined) this.#wrong.delete(key);
    else this.#wrong.add(key);
    if (this.#wrong.size !== before) this.#changed();
    return message;
  }

  /** What keeps it from being saved, in words; `undefined`: nothing does. */
  get obstacle(): string | undefined {
    const { cloud } = TEXTS.settings;
    if (this.#wrong.size > 0) {
      return cloud.save.invalid([...this.#wrong].map((key) => cloud[key].name).join(', '));
    }
    const { bucket, accessKeySecret, secretKeySecret } = this.values;
    const missing = [
      ...(bucket.trim() === '' ? [cloud.bucket.name] : []),
      ...(accessKeySecret === '' ? [cloud.accessKey.name] : []),
      ...(secretKeySecret === '' ? [cloud.secretKey.name] : []),
    ];
    return missing.length === 0 ? undefined : cloud.save.missing(missing.join(', '));
  }

  async save(): Promise<void> {
    const { endpoint, bucket, region, prefix, ...rest } = this.values;
    await this.#save({
      ...rest,
      endpoint: endpoint.trim().replace(/\/+$/u, ''),
      bucket: bucket.trim(),
      region: region.trim() || DEFAULTS.s3.region,
      prefix: trimPrefix(prefix),
    });
    this.discard();
  }

  discard(): void {
    this.#edits = {};
    this.#wrong.clear();
    this.#changed();
  }

  /** Called after each change; returns what ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

const KEYS = Object.keys(DEFAULTS.s3) as readonly (keyof S3Settings)[];
