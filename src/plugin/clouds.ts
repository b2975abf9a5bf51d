import { requestUrl } from 'obsidian';
import type { Clock } from '../engine/ports.ts';
import { readPastedKey } from '../storage/azure/access.ts';
import { createAzureStore } from '../storage/azure/azure-store.ts';
import { checkCloud, type OpenedCloud } from '../storage/check-cloud.ts';
import type { Check } from '../storage/check-connection.ts';
import { readKeyFile } from '../storage/gcs/credentials.ts';
import { createGcsStore } from '../storage/gcs/gcs-store.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { probeConditions, type ProbeOptions } from '../storage/probe.ts';
import { detectConditionForm } from '../storage/s3/detect-condition-form.ts';
import { createS3Store } from '../storage/s3/s3-store.ts';
import { BACKUP_PATIENCE, type RetryOptions } from '../storage/wrappers/with-retry.ts';
import { withTimeout } from '../storage/wrappers/with-timeout.ts';
import { withoutConditions } from '../storage/wrappers/without-conditions.ts';
import { wrapped } from '../storage/wrappers/wrapped.ts';
import { AnswerPatience } from './adapters/http/answer-patience.ts';
import { BodyGate } from './adapters/http/body-gate.ts';
import { fetchTransport } from './adapters/http/fetch-transport.ts';
import { roadIsOpen } from './adapters/http/probe-road.ts';
import { requestUrlTransport } from './adapters/http/request-url-transport.ts';
import type { Transport } from './adapters/http/wire.ts';
import { pageFetch } from './platform/page-fetch.ts';
import { webRandom } from './platform/random.ts';
import type { BackupWay } from './sync/backups.ts';
import type { CloudWithKeys } from './sync/cloud-keys.ts';
import type { SessionParts, Way } from './sync/session.ts';
import { TEXTS } from './texts.ts';

export interface CloudLimits {
  readonly connections: number;
  /** Larger bodies go in pieces of this size, bytes. */
  readonly pieceBytes: number;
  /** As `pieceBytes`, for S3, which takes none below 5 MiB. */
  readonly s3PartBytes: number;
  /** Large bodies pass one at a time. */
  readonly isPhone: boolean;
  readonly clock: Clock;
}

/** What stands in the way of no sync. */
const ASIDE: ReadonlySet<Check> = new Set(['clock', 'versioning']);
/** Google may answer 429 to more than one write a second of one object: a longer race takes minutes. */
const PACED_PROBE = { rounds: 1, racers: 2 };
/** As S3 and the standard have it; of the others it is the only form. */
const QUOTED = { conditionForm: 'quoted', transport: 'request-url' } as const satisfies Way;

/** Clouds as this device reaches them. */
export class Clouds {
  readonly #limits: CloudLimits;
  readonly #gate: BodyGate;
  readonly #patience: AnswerPatience;

  constructor(limits: CloudLimits) {
    this.#limits = limits;
    this.#gate = new BodyGate({ oneLarge: limits.isPhone });
    this.#patience = new AnswerPatience(limits.clock);
  }

  open(cloud: CloudWithKeys, way: Way, patience?: RetryOptions): ObjectStore {
    return this.opened(cloud, way, patience).store;
  }

  openBackup(
    cloud: CloudWithKeys,
    { conditionForm: form, transport }: BackupWay,
    patience?: RetryOptions,
  ): ObjectStore {
    if (form !== 'none') return this.open(cloud, { conditionForm: form, transport }, patience);
    return withoutConditions(this.open(cloud, { ...QUOTED, transport }, patience));
  }

  /** As `open`, with the provider's own store. */
  opened(cloud: CloudWithKeys, way: Way, patience?: RetryOptions): OpenedCloud {
    const { connections, clock } = this.#limits;
    const { prefix } = cloud.place;
    const bare = this.#bare(cloud, way);
    const store = wrapped(bare, {
      prefix: prefix === '' ? '' : `${prefix}/`,
      timer: clock,
      jitter: webRandom,
      connections,
      ...(patience === undefined ? {} : { patience }),
    });
    return { bare, store };
  }

  /** Rejects with an Error for people where the cloud cannot keep a vault. */
  async probe(cloud: CloudWithKeys, signal: AbortSignal): Promise<Way> {
    const { form: conditionForm, detail } = await this.#form(cloud, signal);
    if (conditionForm === 'none') throw new Error(TEXTS.sync.noConditions(detail));
    return { conditionForm, transport: await this.#road(cloud, signal) };
  }

  /** As `probe`; a server that keeps no conditions will do. */
  async probeBackup(cloud: CloudWithKeys, signal: AbortSignal): Promise<BackupWay> {
    const { form: conditionForm } = await this.#form(cloud, signal, BACKUP_PATIENCE);
    return { conditionForm, transport: await this.#road(cloud, signal) };
  }

  async #form(
    cloud: CloudWithKeys,
    signal: AbortSignal,
    patience?: RetryOptions,
  ): Promise<{ readonly form: BackupWay['conditionForm']; readonly detail: string }> {
    const options = { random: webRandom, signal };
    if (cloud.kind === 's3') {
      const open = (conditionForm: Way['conditionForm']): ObjectStore =>
        this.open(cloud, { ...QUOTED, conditionForm }, patience);
      const { form, probe } = await detectConditionForm(open, options);
      return { form, detail: probe.detail };
    }
    const store = this.open(cloud, QUOTED, patience);
    try {
      const { conditions, detail } = await probeConditions(store, { ...options, ...paceOf(cloud) });
      return { form: conditions === 'honoured' ? 'quoted' : 'none', detail };
    } finally {
      await store.close();
    }
  }

  async check(cloud: CloudWithKeys, signal: AbortSignal | undefined): ReturnType<SessionParts['check']> {
    const stop = signal === undefined ? {} : { signal };
    const { findings, form } = await checkCloud(
      (conditionForm) => this.opened(cloud, { ...QUOTED, conditionForm }),
      cloud.kind === 's3' ? ['quoted', 'bare'] : ['quoted'],
      { random: webRandom, clock: this.#limits.clock, probe: paceOf(cloud), ...stop },
    );
    const isGood = findings.every(({ check, state }) => state === 'ok' || ASIDE.has(check));
    if (!isGood) return { findings, way: undefined };
    return { findings, way: { conditionForm: form, transport: await this.#road(cloud, signal) } };
  }

  async checkBackup(
    cloud: CloudWithKeys,
    signal: AbortSignal | undefined,
  ): ReturnType<SessionParts['checkBackup']> {
    const { findings, way } = await this.check(cloud, signal);
    const { backups } = TEXTS;
    const bad = findings.filter(({ check, state }) => state !== 'ok' && !ASIDE.has(check));
    if (bad.length !== 1 || bad[0]?.check !== 'conditions') return { findings, way };
    // Nobody but the devices' copying writes there, which does no harm twice.
    const told = findings.map((one) =>
      one === bad[0] ? ({ ...one, state: 'warning', remedy: backups.noConditions } as const) : one,
    );
    return { findings: told, way: { conditionForm: 'none', transport: await this.#road(cloud, signal) } };
  }

  async #road(cloud: CloudWithKeys, signal: AbortSignal | undefined): Promise<Way['transport']> {
    const bare = this.#bare(cloud, { ...QUOTED, transport: 'fetch' });
    const store = withTimeout(bare, this.#limits.clock);
    try {
      const stop = signal === undefined ? {} : { signal };
      return (await roadIsOpen(store, { random: webRandom, ...stop })) ? 'fetch' : 'request-url';
    } finally {
      await store.close();
    }
  }

  #bare(cloud: CloudWithKeys, way: Way): ObjectStore {
    const { pieceBytes, clock } = this.#limits;
    const transport = this.#transport(way);
    const means = { transport, timer: clock, random: webRandom, pieceBytes };
    const endpoint = cloud.place.endpoint === '' ? {} : { endpoint: cloud.place.endpoint };
    switch (cloud.kind) {
      case 's3':
        return this.#s3(cloud, way.conditionForm, transport);
      case 'azure': {
        const { account, container } = cloud.place;
        // Within a promise, so that a key that is none rejects as the port says.
        const access = async () =>
          Promise.resolve(readPastedKey(cloud.key, { account, container, ...endpoint }));
        return createAzureStore({ container, access, ...means });
      }
      case 'gcs': {
        const credentials = async () => Promise.resolve(readKeyFile(cloud.key));
        return createGcsStore({ bucket: cloud.place.bucket, credentials, ...endpoint, ...means });
      }
    }
  }

  #s3(
    { place, keys }: Extract<CloudWithKeys, { readonly kind: 's3' }>,
    conditionForm: Way['conditionForm'],
    requestHandler: Transport,
  ): ObjectStore {
    const { s3PartBytes, clock } = this.#limits;
    const { endpoint, bucket, region, pathStyle } = place;
    return createS3Store({
      bucket,
      region,
      pathStyle,
      ...(endpoint === '' ? {} : { endpoint }),
      credentials: () => Promise.resolve(keys),
      conditionForm,
      partBytes: s3PartBytes,
      requestHandler,
      now: () => clock.now(),
    });
  }

  #transport({ transport }: Way): Transport {
    return transport === 'fetch'
      ? fetchTransport(pageFetch, this.#gate, this.#patience)
      : requestUrlTransport(requestUrl, this.#gate, this.#patience);
  }
}

function paceOf({ kind }: CloudWithKeys): Pick<ProbeOptions, 'rounds' | 'racers'> {
  return kind === 'gcs' ? PACED_PROBE : {};
}
