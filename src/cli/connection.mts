import { checkCloud, type OpenedCloud } from '../storage/check-cloud.ts';
import type { Finding } from '../storage/check-connection.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { DetectedForm } from '../storage/s3/detect-condition-form.ts';
import { probeConditions } from '../storage/probe.ts';
import { Meter } from '../storage/wrappers/with-metering.ts';
import { CliError } from './cli-error.mts';
import { backupEnv, openStore, wrapped } from './compose.mts';
import type { BackupConfig, VaultConfig } from './config.mts';
import { nodeClock } from './platform/clock.mts';
import { nodeRandom } from './platform/random.mts';
import type { GcsRemote } from './gcs-remote.mts';
import { remoteName, type RemoteSpec } from './remote.mts';

type FolderRemote = Extract<RemoteSpec, { kind: 'folder' }>;
type AzureRemote = Extract<RemoteSpec, { kind: 'azure' }>;
type S3Remote = Extract<RemoteSpec, { kind: 's3' }>;

/** A folder keeps its conditions by its file system, which needs no long race to show. */
const FOLDER_PROBE = { rounds: 1, racers: 3 };
/** Google may answer 429 to more than one write a second of one object: a longer race takes minutes. */
const PACED_PROBE = { rounds: 1, racers: 2 };

/** The vault's entry with what the probe of its cloud found; rejects with what is in the way, and the way out. */
export async function connected(
  config: VaultConfig,
  remote: RemoteSpec,
  signal: AbortSignal,
): Promise<VaultConfig> {
  if (remote.kind === 's3') return { ...config, conditionForm: await conditionFormOf(remote, signal) };
  await (remote.kind === 'folder' ? checkFolder(remote, signal) : checkExact(remote, signal));
  return config;
}

/** As `connected`, for a backup: a server that keeps no conditions will do, and is asked for none. */
export async function connectedBackup(
  backup: Pick<BackupConfig, 'name' | 'remote'>,
  remote: RemoteSpec,
  signal: AbortSignal,
): Promise<BackupConfig> {
  const env = backupEnv(backup.name);
  if (remote.kind === 's3') return { ...backup, conditionForm: (await detectForm(remote, signal, env)).form };
  await (remote.kind === 'folder' ? checkFolder(remote, signal) : checkExact(remote, signal, env));
  return backup;
}

async function conditionFormOf(remote: S3Remote, signal: AbortSignal): Promise<'quoted' | 'bare'> {
  const { form, probe } = await detectForm(remote, signal);
  if (form !== 'none') return form;
  throw new CliError(
    `${remoteName(remote)} cannot be a vault’s cloud. ${probe.detail} Two devices that write at once would overwrite each other there. Use a server that keeps conditional writes (AWS S3, Cloudflare R2, MinIO and Ceph do), or a folder.`,
  );
}

async function detectForm(
  remote: S3Remote,
  signal: AbortSignal,
  env?: NodeJS.ProcessEnv,
): Promise<DetectedForm> {
  const { detectConditionForm } = await import('../storage/s3/detect-condition-form.ts');
  return detectConditionForm((tried) => openForm(remote, tried, env), { random: nodeRandom, signal });
}

/** Of services whose conditions have one form. */
async function checkExact(
  remote: AzureRemote | GcsRemote,
  signal: AbortSignal,
  env?: NodeJS.ProcessEnv,
): Promise<void> {
  const store = await openForm(remote, 'quoted', env);
  try {
    const { conditions, detail } = await probeConditions(store, {
      random: nodeRandom,
      signal,
      ...paceOf(remote),
    });
    if (conditions === 'honoured') return;
    throw new CliError(
      `${remoteName(remote)} cannot be a vault’s cloud. ${detail} Two devices that write at once would overwrite each other there.`,
    );
  } finally {
    await store.close();
  }
}

async function checkFolder(remote: FolderRemote, signal: AbortSignal): Promise<void> {
  const store = await openStore(remote, { conditionForm: 'quoted', create: true });
  try {
    const { conditions, detail } = await probeConditions(store, {
      random: nodeRandom,
      signal,
      ...FOLDER_PROBE,
    });
    if (conditions === 'honoured') return;
    throw new CliError(
      `${remoteName(remote)} cannot be a vault’s cloud. ${detail} Its disk may be formatted without hard links (FAT, exFAT): choose a folder on another disk.`,
    );
  } finally {
    await store.close();
  }
}

/** What a connection check finds, in the form of conditions that this server keeps. */
export async function examine(remote: RemoteSpec, signal: AbortSignal): Promise<readonly Finding[]> {
  const open = async (conditionForm: 'quoted' | 'bare'): Promise<OpenedCloud> => {
    const bare = await openStore(remote, { conditionForm, create: false });
    return { bare, store: wrapped(bare, remote, new Meter()) };
  };
  const forms = remote.kind === 's3' ? (['quoted', 'bare'] as const) : (['quoted'] as const);
  const options = { random: nodeRandom, clock: nodeClock, signal, probe: paceOf(remote) };
  return (await checkCloud(open, forms, options)).findings;
}

function paceOf(remote: RemoteSpec): Partial<typeof PACED_PROBE> {
  return remote.kind === 'gcs' ? PACED_PROBE : {};
}

async function openForm(
  remote: RemoteSpec,
  conditionForm: 'quoted' | 'bare',
  env = process.env,
): Promise<ObjectStore> {
  return wrapped(await openStore(remote, { conditionForm, create: false, env }), remote, new Meter());
}
