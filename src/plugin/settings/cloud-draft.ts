import { TEXTS } from '../texts.ts';
import {
  CLOUD_KEYS,
  kindOf,
  SECRET_FIELDS,
  SECRET_KEYS,
  TEXT_FIELDS,
  TEXT_KEYS,
  valueOf,
  withValue,
  type CloudKey,
  type CloudTextKey,
} from './cloud-fields.ts';
import type { CloudKind, CloudSettings } from './model.ts';
import { S3_PRESETS, serviceAt, type S3Service } from './s3-services.ts';

/**
 * The cloud as it is being typed. It takes effect by `save` alone: a sync that starts in the midst of
 * the typing would go to a bucket or a folder whose name is half written.
 */
export class CloudDraft {
  readonly #saved: () => CloudSettings;
  readonly #save: (cloud: CloudSettings) => Promise<void>;
  #kind: CloudKind | undefined;
  #service: S3Service | undefined;
  readonly #edits = new Map<CloudKey, string | boolean>();
  readonly #wrong = new Set<CloudTextKey>();
  readonly #listeners = new Set<() => void>();

  constructor(saved: () => CloudSettings, save: (cloud: CloudSettings) => Promise<void>) {
    this.#saved = saved;
    this.#save = save;
  }

  get kind(): CloudKind {
    return this.#kind ?? this.#saved().cloudKind;
  }

  get isDirty(): boolean {
    const saved = this.#saved();
    const isOther = (key: CloudKey): boolean => this.get(key) !== valueOf(saved, key);
    return this.kind !== saved.cloudKind || this.#wrongHere.length > 0 || this.#of(CLOUD_KEYS).some(isOther);
  }

  get(key: CloudKey): string | boolean {
    return this.#edits.get(key) ?? valueOf(this.#saved(), key);
  }

  text(key: Exclude<CloudKey, 's3.pathStyle'>): string {
    return String(this.get(key));
  }

  set(key: CloudKey, value: string | boolean): void {
    this.#edits.set(key, value);
    this.#changed();
  }

  /** What was typed for the other kinds stays. */
  setKind(kind: CloudKind): void {
    this.#kind = kind;
    this.#changed();
  }

  /** As selected, else as the endpoint tells. Not kept: the endpoint is. */
  get service(): S3Service {
    return this.#service ?? serviceAt(this.text('s3.endpoint'));
  }

  /** Fills in what the service is known by; an endpoint of its own stays, with the region that goes with it. */
  setService(service: S3Service): void {
    this.#service = service;
    if (service !== 'other') {
      const { endpoint, region, pathStyle } = S3_PRESETS[service];
      const typed = this.text('s3.endpoint');
      if (serviceAt(typed) !== service || (service === 'amazon' && this.#wrong.has('s3.endpoint'))) {
        this.#edits.set('s3.endpoint', endpoint);
        this.#edits.set('s3.region', region);
        this.#wrong.delete('s3.endpoint');
        this.#wrong.delete('s3.region');
      }
      this.#edits.set('s3.pathStyle', pathStyle);
    }
    this.#changed();
  }

  /** Says what is wrong with what was typed, and remembers that it is: `set` is not called with it. */
  check(key: CloudTextKey, value: string): string | undefined {
    const message = TEXT_FIELDS[key].check(value);
    const before = this.#wrong.size;
    if (message === undefined) this.#wrong.delete(key);
    else this.#wrong.add(key);
    if (this.#wrong.size !== before) this.#changed();
    return message;
  }

  /** What keeps it from being saved, in words; `undefined`: nothing does. */
  get obstacle(): string | undefined {
    const { save } = TEXTS.settings.cloud;
    const wrong = this.#wrongHere;
    if (wrong.length > 0) return save.invalid(wrong.map((key) => TEXT_FIELDS[key].name).join(', '));
    const missing = [
      ...this.#of(TEXT_KEYS)
        .filter((key) => this.#isRequired(key) && this.text(key).trim() === '')
        .map((key) => TEXT_FIELDS[key].name),
      ...this.#of(SECRET_KEYS)
        .filter((key) => this.text(key) === '')
        .map((key) => SECRET_FIELDS[key].name),
    ];
    return missing.length === 0 ? undefined : save.missing(missing.join(', '));
  }

  /** As it would be saved now. */
  get cloud(): CloudSettings {
    let cloud: CloudSettings = { ...cloudOnly(this.#saved()), cloudKind: this.kind };
    for (const key of this.#of(CLOUD_KEYS)) cloud = withValue(cloud, key, this.get(key));
    for (const key of this.#of(TEXT_KEYS))
      cloud = withValue(cloud, key, TEXT_FIELDS[key].clean(this.text(key)));
    return cloud;
  }

  async save(): Promise<void> {
    await this.#save(this.cloud);
    this.discard();
  }

  discard(): void {
    this.#kind = undefined;
    this.#service = undefined;
    this.#edits.clear();
    this.#wrong.clear();
    this.#changed();
  }

  /** Called after each change; returns what ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Without an endpoint all would go to Amazon, whatever is selected. */
  #isRequired(key: CloudTextKey): boolean {
    return TEXT_FIELDS[key].isRequired || (key === 's3.endpoint' && this.service !== 'amazon');
  }

  get #wrongHere(): readonly CloudTextKey[] {
    return this.#of([...this.#wrong]);
  }

  /** Those of the kind that is shown. */
  #of<K extends CloudKey>(keys: readonly K[]): readonly K[] {
    return keys.filter((key) => kindOf(key) === this.kind);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function cloudOnly({ cloudKind, s3, azure, gcs }: CloudSettings): CloudSettings {
  return { cloudKind, s3, azure, gcs };
}
