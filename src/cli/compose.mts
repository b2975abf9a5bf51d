import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { DeviceId } from '../core/model/ids.ts';
import {
  DEFAULT_SETTINGS,
  type Backup,
  type Engine,
  type EngineDeps,
  type EngineSettings,
} from '../engine/api.ts';
import { createEngine } from '../engine/engine.ts';
import { MAIN } from '../core/model/backup-place.ts';
import { currentPlace } from '../engine/replicas/places.ts';
import { unopenedStore } from '../engine/replicas/unopened-store.ts';
import { DeviceState } from '../engine/state.ts';
import type { Log, StateStore } from '../engine/ports.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { Meter, type MeterSink } from '../storage/wrappers/with-metering.ts';
import { BACKUP_PATIENCE, type RetryOptions } from '../storage/wrappers/with-retry.ts';
import type { TimeoutOptions } from '../storage/wrappers/with-timeout.ts';
import { withoutConditions } from '../storage/wrappers/without-conditions.ts';
import { wrapped as inOrder } from '../storage/wrappers/wrapped.ts';
import { CliError, EXIT } from './cli-error.mts';
import type { BackupConfig, VaultConfig } from './config.mts';
import type { GcsRemote } from './gcs-remote.mts';
import { makeFolder } from './make-folder.mts';
import { nodeClock } from './platform/clock.mts';
import { nodeCompression } from './platform/compression.mts';
import { fetchTransport } from './platform/fetch-transport.mts';
import { FolderVault } from './platform/folder-vault.mts';
import { nodeHashing } from './platform/hashing.mts';
import { nodeRandom } from './platform/random.mts';
import { withPlainReadableCopy } from './plain-readable-copy.mts';
import { parseRemote, remoteText, type RemoteSpec } from './remote.mts';
import { usageBook } from './usage.mts';
import { VaultSeal } from './vault-seal.mts';

const CONNECTIONS = 16;
const MIB = 1024 * 1024;
/** A server that does not even answer the call; what it sends afterwards has the time-out of `withTimeout`. */
const CONNECT_MS = 10_000;
/** For the beginning of an answer, as `withTimeout` has it for the whole of a small one. */
const ANSWER_MS = 30_000;
const MOST_TIMEOUT_SECONDS = 3600;
/** Bodies in parts take several at once. */
const SOCKETS = { keepAlive: true, maxSockets: 64 };

/** Where this device remembers what it knows of a vault and a cloud. */
export function stateFolder(configFolder: string, vault: string, remote: string): string {
  const name = createHash('sha256').update(`${vault}\n${remote}`).digest('hex').slice(0, 24);
  return join(configFolder, 'state', name);
}

export function defaultDeviceName(): string {
  return hostname().split('.')[0]?.trim().slice(0, 60) || 'computer';
}

export interface OpenOptions {
  readonly conditionForm: 'quoted' | 'bare';
  /** Where the keys are; this process's own unless told. */
  readonly env?: NodeJS.ProcessEnv;
  /** Make a folder that is not there: only for a vault that never synced with it. */
  readonly create: boolean;
}

/** Loads what the store's first call would wait for: the SDK takes longer than all the rest of a sync that finds nothing to do. */
export async function preloadStore(remote: RemoteSpec): Promise<void> {
  if (remote.kind === 's3') await import('../storage/s3/sdk.ts');
  if (remote.kind === 'azure') await import('../storage/azure/azure-store.ts');
  if (remote.kind === 'gcs') await import('../storage/gcs/gcs-store.ts');
}

/** The bare store of a remote, without wrappers. */
export async function openStore(remote: RemoteSpec, options: OpenOptions): Promise<ObjectStore> {
  const { env = process.env } = options;
  if (remote.kind === 'folder') {
    const { FolderStore } = await import('../storage/folder/folder-store.mts');
    if (options.create) await makeFolder(remote.folder);
    return new FolderStore({ folder: remote.folder, clock: nodeClock, random: nodeRandom });
  }
  if (remote.kind === 'gcs') return openGcs(remote, env);
  if (remote.kind === 'azure') {
    const { createAzureStore } = await import('../storage/azure/azure-store.ts');
    const { azureAccess } = await import('./azure-credentials.mts');
    const { container } = remote;
    const access = azureAccess(remote, env);
    const getAnswer = { timer: nodeClock, ms: answerTime(process.env).baseMs ?? ANSWER_MS };
    return createAzureStore({
      container,
      access,
      getAnswer,
      transport: fetchTransport(),
      timer: nodeClock,
      random: nodeRandom,
    });
  }
  const { createS3Store } = await import('../storage/s3/s3-store.ts');
  const { s3Credentials } = await import('./s3-credentials.mts');
  const { bucket, region, endpoint, pathStyle } = remote;
  return createS3Store({
    bucket,
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    pathStyle,
    conditionForm: options.conditionForm,
    credentials: s3Credentials(env),
    getAnswerMs: answerTime(process.env).baseMs ?? ANSWER_MS,
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      throwOnRequestTimeout: true,
      httpAgent: SOCKETS,
      httpsAgent: SOCKETS,
    },
    now: () => nodeClock.now(),
  });
}

async function openGcs({ bucket, endpoint }: GcsRemote, env: NodeJS.ProcessEnv): Promise<ObjectStore> {
  const { createGcsStore } = await import('../storage/gcs/gcs-store.ts');
  const { gcsCredentials } = await import('./gcs-credentials.mts');
  const credentials = gcsCredentials(env, endpoint);
  return createGcsStore({
    bucket,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    transport: fetchTransport(),
    timer: nodeClock,
    answerMs: answerTime(process.env).baseMs ?? ANSWER_MS,
    random: nodeRandom,
  });
}

/** The remote's store as the engine has it. A folder bills nothing. */
export function wrapped(
  store: ObjectStore,
  remote: RemoteSpec,
  meter: MeterSink,
  patience: RetryOptions = {},
): ObjectStore {
  const isFolder = remote.kind === 'folder';
  return inOrder(store, {
    prefix: remote.prefix,
    meters: isFolder ? [meter] : [usageBook.of(remoteText(remote)), meter],
    ...(isFolder ? { fitting: withPlainReadableCopy } : {}),
    timer: nodeClock,
    jitter: nodeRandom,
    timeout: answerTime(process.env),
    connections: CONNECTIONS,
    patience,
  });
}

/** How long a cloud may take to answer; the wrapper's own time unless the person says otherwise. */
export function answerTime(env: NodeJS.ProcessEnv): TimeoutOptions {
  const text = env['TWINCLOUD_TIMEOUT_SECONDS'] ?? '';
  if (text === '') return {};
  const seconds = Number(text);
  if (seconds >= 1 && seconds <= MOST_TIMEOUT_SECONDS) return { baseMs: seconds * 1000 };
  throw new CliError(
    `TWINCLOUD_TIMEOUT_SECONDS is ${text}. Set it to seconds, 1 to ${String(MOST_TIMEOUT_SECONDS)}, or unset it.`,
    EXIT.usage,
  );
}

export interface EngineParts {
  readonly config: VaultConfig;
  readonly remote: RemoteSpec;
  readonly state: StateStore;
  readonly meter: MeterSink;
  readonly log: Log;
  readonly createRemote?: boolean;
  /** Instead of the remote's own, which is then not opened. */
  readonly store?: ObjectStore;
  /** Instead of one that this engine alone has. */
  readonly seal?: VaultSeal;
}

export async function composeEngine(parts: EngineParts): Promise<Engine> {
  const { config, remote, state, meter, log } = parts;
  const options = { conditionForm: config.conditionForm ?? 'quoted', create: parts.createRemote ?? false };
  const primary = await currentPlace(new DeviceState(state));
  const patienceFor = (name: string): RetryOptions => (name === primary ? {} : BACKUP_PATIENCE);
  const seal = parts.seal ?? sealOf(config);
  const store = parts.store ?? wrapped(await openStore(remote, options), remote, meter, patienceFor(MAIN));
  return createEngine({
    ...toolsOf(config, log),
    store: (await seal?.around(store, primary !== MAIN)) ?? store,
    state,
    backups: await Promise.all(
      (config.backups ?? []).map((one) => openOrExplain(one, { seal, patience: patienceFor(one.name) })),
    ),
  });
}

/** What an engine works with, beside its clouds and its memory. */
export function toolsOf(config: VaultConfig, log: Log): Omit<EngineDeps, 'store' | 'state' | 'backups'> {
  return {
    vault: new FolderVault(config.vault),
    clock: nodeClock,
    random: nodeRandom,
    hashing: nodeHashing,
    compression: nodeCompression,
    log,
    device: { id: config.device.id as DeviceId, name: config.device.name },
    settings: settingsOf(config),
  };
}

/** `undefined`: the vault is not encrypted. */
export function sealOf({ encryption }: VaultConfig): VaultSeal | undefined {
  return encryption === undefined ? undefined : new VaultSeal(encryption);
}

/** One that cannot be opened, for its keys are not there, is behind like one that cannot be reached. */
async function openOrExplain(
  backup: BackupConfig,
  { seal, patience }: { readonly seal: VaultSeal | undefined; readonly patience: RetryOptions },
): Promise<Backup> {
  try {
    const { name, store } = await openBackup(backup, patience);
    return { name, store: (await seal?.around(store, true)) ?? store };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { name: backup.name, store: unopenedStore(error.message) };
  }
}

/** A backup, and the provider's own store inside. */
export interface OpenedBackup extends Backup {
  readonly bare: ObjectStore;
}

/** A backup's store; what it costs is not counted with the primary's. */
export async function openBackup(
  backup: BackupConfig,
  patience: RetryOptions = BACKUP_PATIENCE,
): Promise<OpenedBackup> {
  const { name, conditionForm = 'quoted' } = backup;
  const remote = parseRemote(backup.remote, { cwd: '/', env: process.env });
  const form = conditionForm === 'none' ? 'quoted' : conditionForm;
  const bare = await openStore(remote, { conditionForm: form, create: false, env: backupEnv(name) });
  const store = wrapped(bare, remote, new Meter(), patience);
  return { name, store: conditionForm === 'none' ? withoutConditions(store) : store, bare };
}

/** Keys of a backup's own stand before those of the primary: TWINCLOUD_BACKUP_SPARE_S3_SECRET_ACCESS_KEY. */
export function backupEnv(name: string, env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const own = `TWINCLOUD_BACKUP_${name.toUpperCase().replaceAll('-', '_')}_`;
  const keys = Object.entries(env).filter(([key]) => key.startsWith(own));
  return {
    ...env,
    ...Object.fromEntries(keys.map(([key, value]) => [`TWINCLOUD_${key.slice(own.length)}`, value])),
  };
}

export function settingsOf(config: VaultConfig): EngineSettings {
  const { scope } = DEFAULT_SETTINGS;
  return {
    ...DEFAULT_SETTINGS,
    scope: {
      ignore: config.ignore ?? scope.ignore,
      dotFolders: config.dotFolders ?? scope.dotFolders,
      maxFileBytes: config.maxFileMiB === undefined ? scope.maxFileBytes : config.maxFileMiB * MIB,
    },
    readableCopy: config.encryption === undefined && (config.readableCopy ?? DEFAULT_SETTINGS.readableCopy),
    conflicts: config.conflicts ?? DEFAULT_SETTINGS.conflicts,
    ...(config.takeOverAfterMinutes === undefined
      ? {}
      : { takeOverAfterMs: config.takeOverAfterMinutes * 60_000 }),
    names: config.names ?? (process.platform === 'win32' ? 'windows' : 'posix'),
    concurrency: CONNECTIONS,
  };
}
