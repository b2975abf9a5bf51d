import * as v from 'valibot';
import type { DeviceId } from '../../core/model/ids.ts';
import type { Random } from '../../engine/ports.ts';
import type { DeviceRecord } from '../settings/model.ts';

/** The app's own storage of this vault on this device; JSON values. */
export interface LocalStore {
  load(key: string): unknown;
  save(key: string, value: unknown): void;
}

const KEY = 'twincloud-device';
const ID_DIGITS = 16;

const WAY = { cloud: v.string(), transport: v.picklist(['request-url', 'fetch']) };

const DeviceSchema = v.object({
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/u)),
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(60)),
  database: v.pipe(v.string(), v.regex(/^twincloud-[0-9a-f]{16}$/u)),
  paused: v.fallback(v.boolean(), false),
  probed: v.fallback(
    v.optional(
      v.object({
        ...WAY,
        conditionForm: v.picklist(['quoted', 'bare']),
        isOld: v.exactOptional(v.boolean()),
      }),
    ),
    undefined,
  ),
  probedBackups: v.fallback(
    v.array(v.object({ ...WAY, conditionForm: v.picklist(['quoted', 'bare', 'none']) })),
    [],
  ),
});

/** The record of this device; made anew where there is none or it makes no sense, which makes it another device. */
export class DeviceStore {
  readonly #store: LocalStore;
  readonly #random: Random;
  #record: DeviceRecord;

  constructor(store: LocalStore, random: Random, defaultName: string) {
    this.#store = store;
    this.#random = random;
    const parsed = v.safeParse(DeviceSchema, store.load(KEY));
    if (parsed.success) {
      const { probed, id, ...rest } = parsed.output;
      this.#record = { ...rest, id: id as DeviceId, ...(probed === undefined ? {} : { probed }) };
      return;
    }
    const id = random.hex(ID_DIGITS) as DeviceId;
    this.#record = { id, name: defaultName, database: this.#newDatabase(), paused: false, probedBackups: [] };
    this.change({});
  }

  get record(): DeviceRecord {
    return this.#record;
  }

  change(change: Partial<DeviceRecord>): void {
    this.#replace({ ...this.#record, ...change });
  }

  /** What was found out about the cloud's form and road is to be found out anew. */
  forgetWay(): void {
    const { probed } = this.#record;
    if (probed !== undefined) this.change({ probed: { ...probed, isOld: true } });
  }

  /** For another cloud, or none: what was learnt of the former does not count. Returns the former database. */
  startAfresh(): string {
    const { id, name, database, paused, probedBackups = [] } = this.#record;
    this.#replace({ id, name, paused, probedBackups, database: this.#newDatabase() });
    return database;
  }

  #replace(record: DeviceRecord): void {
    this.#record = record;
    this.#store.save(KEY, record);
  }

  #newDatabase(): string {
    return `twincloud-${this.#random.hex(ID_DIGITS)}`;
  }
}
