import { rm } from 'node:fs/promises';
import { CliError, EXIT, type ExitCode } from '../cli-error.mts';
import { defaultDeviceName, openStore, stateFolder, wrapped } from '../compose.mts';
import {
  changeConfig,
  checkedDeviceName,
  configFolder,
  newDeviceId,
  readConfig,
  withVault,
  type VaultConfig,
} from '../config.mts';
import { connected } from '../connection.mts';
import type { Context } from '../context.mts';
import type { ConflictStrategy } from '../../engine/api.ts';
import { acquireVaultLock } from '../platform/vault-lock.mts';
import { parseRemote, remoteName, remoteText, type RemoteSpec } from '../remote.mts';
import { Meter } from '../../storage/wrappers/with-metering.ts';
import { busy, setupOf, vaultFolder } from '../session.mts';

export interface InitOptions {
  readonly forget?: boolean;
  readonly ignore?: string[];
  readonly conflicts?: ConflictStrategy;
  readonly readableCopy?: boolean;
  readonly encrypt?: boolean;
}

/** Sets a vault up, or again with what is given anew. */
export async function init(context: Context, options: InitOptions): Promise<ExitCode> {
  const folder = configFolder(context.options.config, context.env);
  const vault = await vaultFolder(context);
  const known = (await readConfig(folder)).vaults.find((one) => one.vault === vault);
  if (options.forget === true) return forget(context, { folder, vault, known });
  const text = context.options.remote ?? known?.remote;
  if (text === undefined) {
    throw new CliError(
      'Say where to sync to: --remote folder:/path or --remote s3://bucket/prefix.',
      EXIT.usage,
    );
  }
  const remote = parseRemote(text, context);
  const wanted = { ...known, ...configOf(context, { vault, remote: remoteText(remote), options, known }) };
  const setup = setupOf({ config: wanted, remote, folder, isNew: known === undefined });
  const reached = await connected(setup.config, remote, context.signal);
  const config = await withKey(context, reached, { remote, isWanted: options.encrypt === true });
  await changeConfig(folder, (all) => withVault(all, config));
  const { console } = context;
  console.json({ vault, remote: config.remote, device: config.device, configFolder: folder });
  console.line(
    `${console.name(vault)} syncs with ${console.name(remoteName(remote))} as "${console.name(config.device.name)}".`,
  );
  if (config.encryption !== undefined) await tellEncrypted(context, config, remote);
  console.line('Look first with `twincloud preview`, or begin with `twincloud sync`.');
  return EXIT.done;
}

const ENCRYPTED =
  'Its cloud is encrypted. Write the recovery key down now, it is the one help when the passphrase is lost: twincloud encryption recovery-key';

async function tellEncrypted(
  { console, signal }: Context,
  config: VaultConfig,
  remote: RemoteSpec,
): Promise<void> {
  console.line(ENCRYPTED);
  const form = config.conditionForm ?? 'quoted';
  const store = wrapped(await openStore(remote, { conditionForm: form, create: false }), remote, new Meter());
  try {
    const { hasPlain } = await import('../encrypt.mts');
    if (await hasPlain(store, signal)) console.line(LEFT);
  } finally {
    await store.close();
  }
}

const LEFT =
  'Beside it lies what is not encrypted, such as of a device that was sending when it was turned on. To remove it: twincloud encryption on';

/** With the key of an encrypted vault, which is asked for anew: another cloud has another. */
async function withKey(
  { env, signal }: Context,
  { encryption: _former, ...config }: VaultConfig,
  { remote, isWanted }: { readonly remote: RemoteSpec; readonly isWanted: boolean },
): Promise<VaultConfig> {
  const { encryptionOf } = await import('../encrypt.mts');
  const form = config.conditionForm ?? 'quoted';
  const store = wrapped(await openStore(remote, { conditionForm: form, create: false }), remote, new Meter());
  try {
    const encryption = await encryptionOf(store, { isWanted, env, signal });
    return encryption === undefined ? config : { ...config, encryption };
  } finally {
    await store.close();
  }
}

function configOf(
  { options: global }: Context,
  parts: {
    readonly vault: string;
    readonly remote: string;
    readonly options: InitOptions;
    readonly known: VaultConfig | undefined;
  },
): VaultConfig {
  const { vault, remote, options, known } = parts;
  const name = global.deviceName === undefined ? undefined : checkedDeviceName(global.deviceName);
  const device = known?.device ?? { id: newDeviceId(), name: defaultDeviceName() };
  return {
    vault,
    remote,
    device: { ...device, name: name ?? device.name },
    ...(options.ignore === undefined ? {} : { ignore: options.ignore }),
    ...(options.conflicts === undefined ? {} : { conflicts: options.conflicts }),
    ...(options.readableCopy === undefined ? {} : { readableCopy: options.readableCopy }),
  };
}

/** Forgets what was synced when; the settings stay. Neither the notes nor the cloud are touched. */
async function forget(
  context: Context,
  parts: { readonly folder: string; readonly vault: string; readonly known: VaultConfig | undefined },
): Promise<ExitCode> {
  const { folder, vault, known } = parts;
  const { console } = context;
  const text = context.options.remote ?? known?.remote;
  if (text === undefined) {
    console.json({ vault, forgotten: false });
    console.line('Nothing is remembered of this vault.');
    return EXIT.done;
  }
  const lock = await acquireVaultLock(vault);
  if (lock.kind === 'busy') throw busy(lock.pid);
  try {
    const remote = remoteText(parseRemote(text, context));
    await rm(stateFolder(folder, vault, remote), { recursive: true, force: true });
  } finally {
    await lock.release();
  }
  console.json({ vault, forgotten: true });
  console.line('Forgotten on this device; the notes here and the cloud are as they were.');
  console.line('The next sync compares the two anew and deletes nothing by itself.');
  return EXIT.done;
}
