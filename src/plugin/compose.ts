import { Platform, requestUrl, type App, type Plugin } from 'obsidian';
import { DEFAULT_SETTINGS, type EngineSettings } from '../engine/api.ts';
import { createEngine } from '../engine/engine.ts';
import type { Vault } from '../engine/ports.ts';
import { checkCloud, type OpenedCloud } from '../storage/check-cloud.ts';
import type { Check } from '../storage/check-connection.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { detectConditionForm } from '../storage/s3/detect-condition-form.ts';
import { createS3Store } from '../storage/s3/s3-store.ts';
import { withLimit } from '../storage/wrappers/with-limit.ts';
import { withPrefix } from '../storage/wrappers/with-prefix.ts';
import { withRetry } from '../storage/wrappers/with-retry.ts';
import { withTimeout } from '../storage/wrappers/with-timeout.ts';
import { DeviceStore, type LocalStore } from './adapters/device-store.ts';
import { BodyGate } from './adapters/http/body-gate.ts';
import { fetchTransport } from './adapters/http/fetch-transport.ts';
import { roadIsOpen } from './adapters/http/probe-road.ts';
import { requestUrlTransport } from './adapters/http/request-url-transport.ts';
import type { SettingsFile } from './adapters/settings-file.ts';
import { deleteDatabase } from './adapters/state/connection.ts';
import { IdbState } from './adapters/state/idb-state.ts';
import { Typing } from './adapters/typing.ts';
import { ObsidianVault } from './adapters/vault/obsidian-vault.ts';
import { OwnWrites } from './adapters/vault/own-writes.ts';
import { createOpenAiSuggester } from './ai/openai-suggester.ts';
import { ModelSuggesting, type Suggesting } from './ai/suggesting.ts';
import { pageFetch } from './platform/page-fetch.ts';
import { pageClock } from './platform/clock.ts';
import { webCompression } from './platform/compression.ts';
import { hold } from './platform/exclusive.ts';
import { webHashing } from './platform/hashing.ts';
import { openStream } from './platform/open-stream.ts';
import { webRandom } from './platform/random.ts';
import type { S3Settings, Settings } from './settings/model.ts';
import { Conflicts } from './sync/conflicts.ts';
import { EngineLog } from './sync/engine-log.ts';
import { LogRing } from './sync/log-ring.ts';
import { Session, type Keys, type SessionParts, type Way } from './sync/session.ts';
import { PluginSync } from './sync/sync-service.ts';
import { TEXTS } from './texts.ts';

const MIB = 1024 * 1024;
/** A phone's app holds bodies as text in a small heap. S3 takes parts of 5 MiB and more. */
const PHONE = { bodyBytes: 4 * MIB, partBytes: 5 * MIB, connections: 4 };
const COMPUTER = { bodyBytes: DEFAULT_SETTINGS.bodyBytes, partBytes: 8 * MIB, connections: 16 };

/** What stands in the way of no sync. */
const ASIDE: ReadonlySet<Check> = new Set(['clock', 'versioning']);

const clock = pageClock();

/** The one place where the plugin's parts are chosen and put together. Opens nothing. */
export function compose(
  plugin: Plugin,
  settings: SettingsFile,
): {
  readonly service: PluginSync;
  readonly suggesting: Suggesting;
  readonly own: OwnWrites;
  readonly typing: Typing;
} {
  const { app } = plugin;
  const storage: LocalStore = {
    load: (key) => app.loadLocalStorage(key) as unknown,
    save: (key, value) => app.saveLocalStorage(key, value),
  };
  const own = new OwnWrites();
  const typing = new Typing(clock);
  const device = new DeviceStore(storage, webRandom, deviceName());
  const log = new LogRing(storage);
  const clouds = new Clouds();
  const session = new Session({
    device,
    settings: () => settings.settings,
    secret: (name) => app.secretStorage.getSecret(name) ?? undefined,
    openState: (database) => IdbState.open(database),
    deleteDatabase,
    openVault: (current) => openVault(app, current, { own, typing }),
    hold: (database, signal) => hold(navigator.locks, database, signal),
    openEngine: async ({ vault, state, settings: current, device: { id, name }, keys, way }) =>
      createEngine({
        vault,
        store: clouds.open(current.s3, keys, way),
        state,
        clock,
        random: webRandom,
        hashing: webHashing,
        compression: webCompression,
        log: new EngineLog(log, () => clock.now()),
        device: { id, name },
        settings: engineSettings(current),
      }),
    probe: (cloud, keys, signal) => clouds.probe(cloud, keys, signal),
    check: (cloud, keys, signal) => clouds.check(cloud, keys, signal),
  });
  const conflicts = new Conflicts(storage, (path) => app.vault.getFileByPath(path) !== null);
  const suggesting = suggestingOf(app, settings);
  const isOnline = (): boolean => navigator.onLine;
  const service = new PluginSync({
    session,
    settings,
    device,
    log,
    conflicts,
    clock,
    hashing: webHashing,
    isOnline,
  });
  return { service, suggesting, own, typing };
}

function suggestingOf({ secretStorage }: App, settings: SettingsFile): Suggesting {
  return new ModelSuggesting({
    settings: () => settings.settings.ai,
    secret: (name) => secretStorage.getSecret(name) ?? undefined,
    suggester: createOpenAiSuggester({ fetch: pageFetch, requestUrl, clock }),
    random: webRandom,
  });
}

/** S3 as this device reaches it. */
class Clouds {
  readonly #limits = Platform.isMobile ? PHONE : COMPUTER;
  readonly #gate = new BodyGate({ oneLarge: Platform.isMobile });

  /** The order of the wrappers, outermost first: retry, limit, time-out, prefix, store. */
  open(cloud: S3Settings, keys: Keys, way: Way): ObjectStore {
    return this.#opened(cloud, keys, way).store;
  }

  #opened(cloud: S3Settings, keys: Keys, way: Way): OpenedCloud {
    const prefix = cloud.prefix === '' ? '' : `${cloud.prefix}/`;
    const bare = this.#bare(cloud, keys, way);
    const limited = withLimit(withTimeout(withPrefix(bare, prefix), clock), this.#limits.connections);
    return { bare, store: withRetry(limited, { timer: clock, jitter: webRandom }) };
  }

  async probe(cloud: S3Settings, keys: Keys, signal: AbortSignal): Promise<Way> {
    const { form, probe } = await detectConditionForm(
      (conditionForm) => this.open(cloud, keys, { conditionForm, transport: 'request-url' }),
      { random: webRandom, signal },
    );
    if (form === 'none') throw new Error(TEXTS.sync.noConditions(probe.detail));
    return { conditionForm: form, transport: await this.#road(cloud, keys, signal) };
  }

  async check(
    cloud: S3Settings,
    keys: Keys,
    signal: AbortSignal | undefined,
  ): ReturnType<SessionParts['check']> {
    const stop = signal === undefined ? {} : { signal };
    const { findings, form } = await checkCloud(
      (conditionForm) => this.#opened(cloud, keys, { conditionForm, transport: 'request-url' }),
      ['quoted', 'bare'],
      { random: webRandom, clock, ...stop },
    );
    const isGood = findings.every(({ check, state }) => state === 'ok' || ASIDE.has(check));
    const way = isGood
      ? { conditionForm: form, transport: await this.#road(cloud, keys, signal) }
      : undefined;
    return { findings, way };
  }

  async #road(cloud: S3Settings, keys: Keys, signal: AbortSignal | undefined): Promise<Way['transport']> {
    const store = withTimeout(
      this.#bare(cloud, keys, { conditionForm: 'quoted', transport: 'fetch' }),
      clock,
    );
    try {
      const isOpen = await roadIsOpen(store, {
        random: webRandom,
        ...(signal === undefined ? {} : { signal }),
      });
      return isOpen ? 'fetch' : 'request-url';
    } finally {
      await store.close();
    }
  }

  #bare(cloud: S3Settings, keys: Keys, { conditionForm, transport }: Way): ObjectStore {
    const { endpoint, bucket, region, pathStyle } = cloud;
    return createS3Store({
      bucket,
      region,
      pathStyle,
      ...(endpoint === '' ? {} : { endpoint }),
      credentials: () => Promise.resolve(keys),
      conditionForm,
      partBytes: this.#limits.partBytes,
      requestHandler:
        transport === 'fetch'
          ? fetchTransport(pageFetch, this.#gate)
          : requestUrlTransport(requestUrl, this.#gate),
      now: () => clock.now(),
    });
  }
}

function openVault(
  app: App,
  { dotFolders }: Settings,
  shared: { readonly own: OwnWrites; readonly typing: Typing },
): Vault {
  return new ObsidianVault({
    app,
    hashing: webHashing,
    clock,
    random: webRandom,
    openStream: (url, offset) => openStream(pageFetch, url, offset),
    dotFolders,
    ...shared,
  });
}

function engineSettings(settings: Settings): EngineSettings {
  const { bodyBytes, connections } = Platform.isMobile ? PHONE : COMPUTER;
  const { ignore, dotFolders, maxFileMiB, readableCopy, conflicts } = settings;
  return {
    ...DEFAULT_SETTINGS,
    readableCopy,
    conflicts,
    scope: { ignore, dotFolders, maxFileBytes: maxFileMiB * MIB },
    names: Platform.isWin ? 'windows' : Platform.isAndroidApp ? 'portable' : 'posix',
    packBytes: Math.min(DEFAULT_SETTINGS.packBytes, bodyBytes),
    bodyBytes,
    concurrency: connections,
  };
}

function deviceName(): string {
  const { deviceNames } = TEXTS.sync;
  if (Platform.isIosApp) return Platform.isTablet ? deviceNames.ipad : deviceNames.iphone;
  if (Platform.isAndroidApp) return Platform.isTablet ? deviceNames.tablet : deviceNames.phone;
  if (Platform.isMacOS) return deviceNames.mac;
  return Platform.isWin ? deviceNames.windows : deviceNames.other;
}
