import { Platform, requestUrl, type App, type Plugin } from 'obsidian';
import { MAIN } from '../core/model/backup-place.ts';
import { DEFAULT_SETTINGS, type Backup, type EngineDeps, type EngineSettings } from '../engine/api.ts';
import { createEngine } from '../engine/engine.ts';
import type { Vault } from '../engine/ports.ts';
import { currentPlace } from '../engine/replicas/places.ts';
import { unopenedStore } from '../engine/replicas/unopened-store.ts';
import { DeviceState } from '../engine/state.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { sealedStore, type HeldKey } from '../storage/sealed/held-key.ts';
import { BACKUP_PATIENCE, type RetryOptions } from '../storage/wrappers/with-retry.ts';
import { DeviceStore, type LocalStore } from './adapters/device-store.ts';
import type { SettingsFile } from './adapters/settings-file.ts';
import { deleteDatabase } from './adapters/state/connection.ts';
import { IdbState } from './adapters/state/idb-state.ts';
import { Typing } from './adapters/typing.ts';
import { ObsidianVault } from './adapters/vault/obsidian-vault.ts';
import { OwnWrites } from './adapters/vault/own-writes.ts';
import { createOpenAiSuggester } from './ai/openai-suggester.ts';
import { ModelSuggesting, type Suggesting } from './ai/suggesting.ts';
import { Clouds } from './clouds.ts';
import { pageFetch } from './platform/page-fetch.ts';
import { pageClock } from './platform/clock.ts';
import { webCompression } from './platform/compression.ts';
import { hold } from './platform/exclusive.ts';
import { webHashing } from './platform/hashing.ts';
import { openStream } from './platform/open-stream.ts';
import { webRandom } from './platform/random.ts';
import type { DeviceRecord, Settings } from './settings/model.ts';
import { Conflicts } from './sync/conflicts.ts';
import { EngineLog } from './sync/engine-log.ts';
import { LogRing } from './sync/log-ring.ts';
import type { BackupParts } from './sync/backups.ts';
import { Session, type CloudTools, type SessionParts } from './sync/session.ts';
import { PluginSync } from './sync/sync-service.ts';
import { VaultKeys } from './sync/vault-keys.ts';
import { TEXTS } from './texts.ts';

const MIB = 1024 * 1024;
/** A phone's app holds bodies as text in a small heap. S3 takes parts of 5 MiB and more. */
const PHONE = { bodyBytes: 4 * MIB, pieceBytes: 4 * MIB, s3PartBytes: 5 * MIB, connections: 4 };
const COMPUTER = {
  bodyBytes: DEFAULT_SETTINGS.bodyBytes,
  pieceBytes: 8 * MIB,
  s3PartBytes: 8 * MIB,
  connections: 16,
};

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
  const clouds = new Clouds({ ...limits(), clock, isPhone: Platform.isMobile });
  const keys = keysOf(app);
  const tools = (current: Settings, { id, name }: DeviceRecord): CloudTools => ({
    clock,
    random: webRandom,
    hashing: webHashing,
    compression: webCompression,
    log: new EngineLog(log, () => clock.now()),
    device: { id, name },
    settings: engineSettings(current, true),
  });
  const session = new Session({
    device,
    settings: () => settings.settings,
    secret: (name) => app.secretStorage.getSecret(name) ?? undefined,
    openState: (database) => IdbState.open(database),
    deleteDatabase,
    openVault: (current) => openVault(app, current, { own, typing }),
    hold: (database, signal) => hold(navigator.locks, database, signal),
    keys,
    openCloud: (cloud, way) => clouds.opened(cloud, way),
    tools,
    openEngine: async ({ vault, state, settings: current, device: record, ...parts }) =>
      createEngine({
        ...tools(current, record),
        vault,
        ...storesOf(clouds, await currentPlace(new DeviceState(state)), parts),
        state,
        settings: engineSettings(current, parts.vaultKey !== undefined),
      }),
    probe: (cloud, signal) => clouds.probe(cloud, signal),
    check: (cloud, signal) => clouds.check(cloud, signal),
    probeBackup: (cloud, signal) => clouds.probeBackup(cloud, signal),
    checkBackup: (cloud, signal) => clouds.checkBackup(cloud, signal),
  });
  const conflicts = new Conflicts(storage, (path) => app.vault.getFileByPath(path) !== null);
  const suggesting = suggestingOf(app, settings);
  const isOnline = (): boolean => navigator.onLine;
  const means = { clock, hashing: webHashing, compression: webCompression };
  const service = new PluginSync({ ...means, session, settings, device, log, conflicts, keys, isOnline });
  return { service, suggesting, own, typing };
}

function keysOf({ secretStorage }: App): VaultKeys {
  const secrets = {
    get: (name: string) => secretStorage.getSecret(name) ?? undefined,
    set: (name: string, secret: string) => secretStorage.setSecret(name, secret),
  };
  return new VaultKeys(secrets, webHashing);
}

function suggestingOf({ secretStorage }: App, settings: SettingsFile): Suggesting {
  return new ModelSuggesting({
    settings: () => settings.settings.ai,
    secret: (name) => secretStorage.getSecret(name) ?? undefined,
    suggester: createOpenAiSuggester({ fetch: pageFetch, requestUrl, clock }),
    random: webRandom,
  });
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

type CloudParts = Pick<Parameters<SessionParts['openEngine']>[0], 'cloud' | 'way' | 'backups' | 'vaultKey'>;

/** `current`: the name of the cloud that has authority; a person waits for no other for long. */
function storesOf(
  clouds: Clouds,
  current: string,
  { cloud, way, backups, vaultKey }: CloudParts,
): Pick<EngineDeps, 'store' | 'backups'> {
  const patience = (name: string): RetryOptions => (name === current ? {} : BACKUP_PATIENCE);
  const backupOf = (backup: BackupParts): Backup => {
    const { name } = backup;
    if (backup.cloud === undefined) return { name, store: unopenedStore(backup.why) };
    const store = clouds.openBackup(backup.cloud, backup.way, patience(name));
    return { name, store: storeOf(store, vaultKey) };
  };
  return {
    store: storeOf(clouds.open(cloud, way, patience(MAIN)), vaultKey),
    backups: backups.map(backupOf),
  };
}

function storeOf(store: ObjectStore, vaultKey: HeldKey | undefined): ObjectStore {
  return vaultKey === undefined ? store : sealedStore(store, vaultKey, webCompression);
}

function engineSettings(settings: Settings, isEncrypted: boolean): EngineSettings {
  const { bodyBytes, connections } = limits();
  const { ignore, dotFolders, maxFileMiB, readableCopy, conflicts } = settings;
  return {
    ...DEFAULT_SETTINGS,
    readableCopy: readableCopy && !isEncrypted,
    conflicts,
    scope: { ignore, dotFolders, maxFileBytes: maxFileMiB * MIB },
    names: Platform.isWin ? 'windows' : Platform.isAndroidApp ? 'portable' : 'posix',
    packBytes: Math.min(DEFAULT_SETTINGS.packBytes, bodyBytes),
    bodyBytes,
    concurrency: connections,
  };
}

function limits(): typeof PHONE {
  return Platform.isMobile ? PHONE : COMPUTER;
}

function deviceName(): string {
  const { deviceNames } = TEXTS.sync;
  if (Platform.isIosApp) return Platform.isTablet ? deviceNames.ipad : deviceNames.iphone;
  if (Platform.isAndroidApp) return Platform.isTablet ? deviceNames.tablet : deviceNames.phone;
  if (Platform.isMacOS) return deviceNames.mac;
  return Platform.isWin ? deviceNames.windows : deviceNames.other;
}
