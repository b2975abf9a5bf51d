import { checkConnection, type Finding } from '../storage/check-connection.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { probeConditions } from '../storage/probe.ts';
import { Meter } from '../storage/wrappers/with-metering.ts';
import { CliError } from './cli-error.mts';
import { openStore, wrapped } from './compose.mts';
import type { VaultConfig } from './config.mts';
import { nodeClock } from './platform/clock.mts';
import { nodeRandom } from './platform/random.mts';
import type { GcsRemote } from './gcs-remote.mts';
import { remoteName, type RemoteSpec } from './remote.mts';

type FolderRemote = Extract<RemoteSpec, { kind: 'folder' }>;
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
  await (remote.kind === 'gcs' ? checkGcs(remote, signal) : checkFolder(remote, signal));
  return config;
}

async function checkGcs(remote: GcsRemote, signal: AbortSignal): Promise<void> {
  const store = await openForm(remote, 'quoted');
  try {
    const { conditions, detail } = await probeConditions(store, {
      random: nodeRandom,
      signal,
      ...PACED_PROBE,
    });
    if (conditions === 'honoured') return;
    throw new CliError(
      `${remoteName(remote)} cannot be a vault’s cloud. ${detail} Two devices that write at once would overwrite each other there. Check the endpoint.`,
    );
  } finally {
    await store.close();
  }
}

async function conditionFormOf(remote: S3Remote, signal: AbortSignal): Promise<'quoted' | 'bare'> {
  const { detectConditionForm } = await import('../storage/s3/detect-condition-form.ts');
  const { form, probe } = await detectConditionForm((tried) => openForm(remote, tried), {
    random: nodeRandom,
    signal,
  });
  if (form !== 'none') return form;
  throw new CliError(
    `${remoteName(remote)} cannot be a vault’s cloud. ${probe.detail} Two devices that write at once would overwrite each other there. Use a server that keeps conditional writes (AWS S3, Cloudflare R2, MinIO and Ceph do), or a folder.`,
  );
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
  const findings = await examineForm(remote, 'quoted', signal);
  if (remote.kind !== 's3' || keepsConditions(findings)) return findings;
  const bare = await examineForm(remote, 'bare', signal);
  return keepsConditions(bare) ? bare : findings;
}

/** Also where that was not looked at: another form would not change what is in the way. */
function keepsConditions(findings: readonly Finding[]): boolean {
  return findings.every(({ check, state }) => check !== 'conditions' || state !== 'warning');
}

async function examineForm(
  remote: RemoteSpec,
  form: 'quoted' | 'bare',
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const store = await openForm(remote, form);
  try {
    const probe = remote.kind === 'gcs' ? PACED_PROBE : {};
    return await checkConnection(store, { random: nodeRandom, clock: nodeClock, signal, probe });
  } finally {
    await store.close();
  }
}

async function openForm(remote: RemoteSpec, conditionForm: 'quoted' | 'bare'): Promise<ObjectStore> {
  return wrapped(await openStore(remote, { conditionForm, create: false }), remote, new Meter());
}
