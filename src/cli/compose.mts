import { mkdir } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { DeviceId } from '../core/model/ids.ts';
import { DEFAULT_SETTINGS, type Engine, type EngineSettings } from '../engine/api.ts';
import { createEngine } from '../engine/engine.ts';
import type { Log } from '../engine/ports.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { RemoteSpec } from '../storage/registry.ts';
import { withLimit } from '../storage/wrappers/with-limit.ts';
import { Meter, withMetering } from '../storage/wrappers/with-metering.ts';
import { withPrefix } from '../storage/wrappers/with-prefix.ts';
import { withRetry } from '../storage/wrappers/with-retry.ts';
import { withTimeout } from '../storage/wrappers/with-timeout.ts';
import type { VaultConfig } from './config.mts';
import { nodeClock } from './platform/clock.mts';
import { nodeCompression } from './platform/compression.mts';
import { FileState } from './platform/file-state.mts';
import { FolderVault } from './platform/folder-vault.mts';
import { nodeHashing } from './platform/hashing.mts';
import { nodeRandom } from './platform/random.mts';
import { s3Credentials } from './s3-credentials.mts';

const CONNECTIONS = 16;
const MIB = 1024 * 1024;

/** Where this device remembers what it knows of a vault and a cloud. */
export function stateFolder(configFolder: string, vault: string, remote: string): string {
  const name = createHash('sha256').update(`${vault}\n${remote}`).digest('hex').slice(0, 24);
  return join(configFolder, 'state', name);
}

export function defaultDeviceName(): string {
  return hostname().split('.')[0] ?? 'computer';
}

/** The bare store of a remote, without wrappers: for the probe. */
export async function openStore(remote: RemoteSpec, conditionForm: 'quoted' | 'bare'): Promise<ObjectStore> {
  if (remote.kind === 'folder') {
    const { FolderStore } = await import('../storage/folder/folder-store.mts');
    await mkdir(remote.folder, { recursive: true });
    return new FolderStore({ folder: remote.folder, clock: nodeClock, random: nodeRandom });
  }
  const { createS3Store } = await import('../storage/s3/s3-store.ts');
  const { bucket, region, endpoint, pathStyle } = remote;
  return createS3Store({
    bucket,
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    pathStyle,
    conditionForm,
    credentials: s3Credentials(process.env),
    now: () => nodeClock.now(),
  });
}

/** The order of the wrappers, outermost first: retry, limit, time-out, meter, prefix, store. */
export function wrapped(store: ObjectStore, remote: RemoteSpec, meter: Meter): ObjectStore {
  const prefixed = remote.prefix === '' ? store : withPrefix(store, remote.prefix);
  const timed = withTimeout(withMetering(prefixed, meter), nodeClock);
  return withRetry(withLimit(timed, CONNECTIONS), nodeClock, nodeRandom);
}

export interface EngineRequest {
  readonly config: VaultConfig;
  readonly remote: RemoteSpec;
  readonly configFolder: string;
  readonly log: Log;
}

export async function composeEngine(request: EngineRequest): Promise<{ engine: Engine; meter: Meter }> {
  const { config, remote, configFolder, log } = request;
  const meter = new Meter();
  const bare = await openStore(remote, config.conditionForm ?? 'quoted');
  const engine = createEngine({
    vault: new FolderVault(config.vault),
    store: wrapped(bare, remote, meter),
    state: await FileState.open(stateFolder(configFolder, config.vault, config.remote)),
    clock: nodeClock,
    random: nodeRandom,
    hashing: nodeHashing,
    compression: nodeCompression,
    log,
    device: { id: config.device.id as DeviceId, name: config.device.name },
    settings: settingsOf(config),
  });
  return { engine, meter };
}

function settingsOf(config: VaultConfig): EngineSettings {
  const scope = {
    ignore: config.ignore ?? DEFAULT_SETTINGS.scope.ignore,
    dotFolders: config.dotFolders ?? DEFAULT_SETTINGS.scope.dotFolders,
    maxFileBytes: config.maxFileMiB === undefined ? DEFAULT_SETTINGS.scope.maxFileBytes : config.maxFileMiB * MIB,
  };
  return {
    ...DEFAULT_SETTINGS,
    scope,
    readableCopy: config.readableCopy ?? DEFAULT_SETTINGS.readableCopy,
    conflicts: config.conflicts ?? DEFAULT_SETTINGS.conflicts,
    names: config.names ?? (process.platform === 'win32' ? 'windows' : 'posix'),
    concurrency: CONNECTIONS,
  };
}
