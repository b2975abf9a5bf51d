import type { ObjectKey } from '../core/model/ids.ts';
import { describeStoreError } from './messages.ts';
import type { ObjectStore } from './object-store.ts';
import { PROBE_PREFIX, probeConditions, type ProbeOptions } from './probe.ts';
import { isStoreError, type StoreError } from './store-error.ts';
import type { Now } from './time.ts';
import { tellsVersioning, type Versioning } from './versioning.ts';

/** What is looked at, in this order. */
export const CHECKS = [
  'reach',
  'key',
  'list',
  'write',
  'read',
  'delete',
  'conditions',
  'clock',
  'versioning',
] as const;
export type Check = (typeof CHECKS)[number];

/** `skipped`: an earlier failure leaves nothing to ask, or the cloud does not tell. */
export interface Finding {
  readonly check: Check;
  readonly state: 'ok' | 'warning' | 'failed' | 'skipped';
  /** A sentence. */
  readonly message: string;
  /** What to do about it; a sentence. */
  readonly remedy?: string;
}

export interface CheckOptions {
  readonly random: { hex(digits: number): string };
  readonly clock: Now;
  readonly signal?: AbortSignal;
  /** How long a race the store's limits allow; the probe's own unless told. */
  readonly probe?: Pick<ProbeOptions, 'rounds' | 'racers'>;
  /** The store without its wrappers, where it tells more than the port. */
  readonly bare?: ObjectStore;
}

/** S3 refuses at 15 minutes; the time of day on a conflict copy is wrong long before. */
const CLOCK_WARNING_MS = 2 * 60_000;

const GOOD: Readonly<Record<Exclude<Check, 'conditions' | 'clock' | 'versioning'>, string>> = {
  reach: 'The cloud answers.',
  key: 'The key is accepted.',
  list: 'Objects can be listed.',
  write: 'Objects can be written.',
  read: 'Objects can be read.',
  delete: 'Objects can be deleted.',
};

/**
 * Goes through all that syncing needs of a store, with an object of its own that it removes again, and says in
 * words what it found: one finding for each check. Rejects only with `aborted`.
 */
export async function checkConnection(
  store: ObjectStore,
  options: CheckOptions,
): Promise<readonly Finding[]> {
  const examination = new Examination(store, options);
  const findings: Finding[] = [];
  for (const finding of await examination.reach()) findings.push(finding);
  if (!findings.some(({ check, state }) => state === 'failed' && check !== 'list')) {
    findings.push(...(await examination.objects()));
    findings.push(await examination.conditions(findings));
  }
  findings.push(examination.clock(findings), await examination.versioning(findings));
  return CHECKS.map((check) => findings.find((finding) => finding.check === check) ?? skipped(check));
}

class Examination {
  readonly #store: ObjectStore;
  readonly #options: CheckOptions;
  /** How far the cloud's clock is ahead of ours. */
  #clockOffsetMs: number | undefined;

  constructor(store: ObjectStore, options: CheckOptions) {
    this.#store = store;
    this.#options = options;
  }

  async reach(): Promise<readonly Finding[]> {
    const error = await this.#attempt(async () => {
      for await (const page of this.#store.list(PROBE_PREFIX, { limit: 1, ...this.#call() })) {
        this.#learnTime(page.serverTimeMs);
        return;
      }
    });
    if (error === undefined) return [good('reach'), good('key'), good('list')];
    const { reason } = error.details;
    if (reason === undefined) {
      return error.kind === 'denied' ? [good('reach'), failed('key', error)] : [failed('reach', error)];
    }
    switch (reason) {
      case 'no-key':
        return [failed('key', error)];
      case 'expired-key':
      case 'wrong-key':
      case 'wrong-secret':
      case 'account-closed':
        return [good('reach'), failed('key', error)];
      case 'clock-skew':
        return [good('reach'), failed('clock', error)];
      case 'wrong-region':
      case 'no-bucket':
        return [failed('reach', error)];
      case 'forbidden':
      case 'not-sealed':
      case 'broken-seal':
        // The rights of a key are apart from each other: go on.
        return [good('reach'), good('key'), failed('list', error)];
    }
  }

  async objects(): Promise<readonly Finding[]> {
    const key = `${PROBE_PREFIX}${this.#options.random.hex(16)}` as ObjectKey;
    const body = new TextEncoder().encode('Twincloud checks the connection. This object may be deleted.\n');
    const writing = await this.#attempt(async () => {
      const { serverTimeMs } = await this.#store.put(key, body, this.#call());
      this.#learnTime(serverTimeMs);
    });
    if (writing !== undefined) return [failed('write', writing)];
    let same = false;
    const reading = await this.#attempt(async () => {
      const result = await this.#store.get(key, this.#call());
      same = result.kind === 'found' && equal(result.body, body);
    });
    const deleting = await this.#attempt(() => this.#store.delete(key, this.#call()));
    return [
      good('write'),
      reading === undefined ? compared(same) : failed('read', reading),
      found('delete', deleting),
    ];
  }

  async conditions(before: readonly Finding[]): Promise<Finding> {
    if (!before.some(({ check, state }) => check === 'write' && state === 'ok')) return skipped('conditions');
    const { random, probe } = this.#options;
    let finding = skipped('conditions');
    const error = await this.#attempt(async () => {
      const { conditions, detail } = await probeConditions(this.#store, {
        random,
        ...probe,
        ...this.#call(),
      });
      const message = detail;
      finding =
        conditions === 'honoured'
          ? { check: 'conditions', state: 'ok', message }
          : { check: 'conditions', state: 'warning', message, remedy: WITHOUT_CONDITIONS };
    });
    return error === undefined ? finding : failed('conditions', error);
  }

  clock(before: readonly Finding[]): Finding {
    const known = before.find(({ check }) => check === 'clock');
    if (known !== undefined) return known;
    const offsetMs = this.#clockOffsetMs;
    if (offsetMs === undefined) return skipped('clock');
    if (Math.abs(offsetMs) < CLOCK_WARNING_MS) {
      return { check: 'clock', state: 'ok', message: 'The clock of this device agrees with the cloud’s.' };
    }
    const minutes = String(Math.round(Math.abs(offsetMs) / 60_000));
    const direction = offsetMs > 0 ? 'behind' : 'ahead of';
    return {
      check: 'clock',
      state: 'warning',
      message: `The clock of this device is ${minutes} minutes ${direction} the cloud’s.`,
      remedy:
        'Set the date, time and time zone of this device to automatic; some clouds refuse at 15 minutes.',
    };
  }

  /** Asked after the writes, whose answers tell it with some clouds. Neither answer is a fault. */
  async versioning(before: readonly Finding[]): Promise<Finding> {
    const store = this.#options.bare;
    if (!before.some(({ check, state }) => check === 'write' && state === 'ok')) return skipped('versioning');
    let versioning: Versioning = 'unknown';
    if (store !== undefined && tellsVersioning(store)) {
      await this.#attempt(async () => {
        versioning = await store.versioning(this.#call());
      });
    }
    return { check: 'versioning', ...VERSIONING[versioning] };
  }

  #learnTime(serverTimeMs: number | undefined): void {
    if (serverTimeMs !== undefined) this.#clockOffsetMs = serverTimeMs - this.#options.clock.now();
  }

  /** What went wrong, if anything did; throws only `aborted` and what is no error of a store. */
  async #attempt(call: () => Promise<void>): Promise<StoreError | undefined> {
    try {
      await call();
      return undefined;
    } catch (error) {
      if (!isStoreError(error) || error.kind === 'aborted') throw error;
      return error;
    }
  }

  #call(): { readonly signal?: AbortSignal } {
    const { signal } = this.#options;
    return signal === undefined ? {} : { signal };
  }
}

const WITHOUT_CONDITIONS =
  'Use this cloud as a backup, or as the primary with one writing device only: two that write at once could overwrite each other.';

const VERSIONING: Readonly<Record<Versioning, Omit<Finding, 'check'>>> = {
  on: {
    state: 'ok',
    message:
      'The cloud keeps old versions of objects: what is replaced or deleted can be got back there, and is billed. A rule that ends old versions after some weeks is safe.',
  },
  off: {
    state: 'ok',
    message: 'The cloud keeps no old versions of objects: history is what Twincloud keeps.',
  },
  unknown: { state: 'skipped', message: 'The cloud does not tell whether it keeps old versions of objects.' },
};

function good(check: keyof typeof GOOD): Finding {
  return { check, state: 'ok', message: GOOD[check] };
}

function failed(check: Check, error: StoreError): Finding {
  return { check, state: 'failed', ...describeStoreError(error) };
}

function found(check: keyof typeof GOOD, error: StoreError | undefined): Finding {
  return error === undefined ? good(check) : failed(check, error);
}

function skipped(check: Check): Finding {
  return {
    check,
    state: 'skipped',
    message: 'Not looked at, because of what failed before or was not told.',
  };
}

function compared(same: boolean): Finding {
  if (same) return good('read');
  const message = 'What was read is not what was written.';
  return {
    check: 'read',
    state: 'failed',
    message,
    remedy: 'Look for a proxy or a rule in the bucket that changes objects.',
  };
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
