import { stat, realpath } from 'node:fs/promises';
import { relative, resolve, isAbsolute } from 'node:path';
import type { Engine } from '../engine/api.ts';
import { Meter } from '../storage/wrappers/with-metering.ts';
import { ActivityLog, type LogLine } from './activity-log.mts';
import { CliError, EXIT } from './cli-error.mts';
import { composeEngine, defaultDeviceName, preloadStore, sealOf, stateFolder } from './compose.mts';
import {
  changeConfig,
  checkedDeviceName,
  configFolder,
  newDeviceId,
  readConfig,
  withVault,
  type VaultConfig,
} from './config.mts';
import type { Context } from './context.mts';
import { nodeClock } from './platform/clock.mts';
import { FileState } from './platform/file-state.mts';
import { acquireVaultLock } from './platform/vault-lock.mts';
import { parseRemote, remoteName, remoteText, type RemoteSpec } from './remote.mts';

/** The vault that a command is about, and all that is remembered of it. */
export interface VaultSetup {
  readonly config: VaultConfig;
  readonly remote: RemoteSpec;
  readonly configFolder: string;
  readonly stateFolder: string;
  /** Not in the configuration yet. */
  readonly isNew: boolean;
  /** The configuration has another name of this device. */
  readonly isRenamed: boolean;
}

/** The folder that `--vault` names, where it really is. */
export async function vaultFolder({ options, cwd }: Context): Promise<string> {
  const folder = resolve(cwd, options.vault ?? '.');
  try {
    const real = await realpath(folder);
    if ((await stat(real)).isDirectory()) return real;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      throw new CliError(`The vault ${folder} cannot be opened: ${message}.`, EXIT.failed, error);
    }
    throw new CliError(`There is no folder ${folder}. Name the vault with --vault.`, EXIT.failed, error);
  }
  throw new CliError(`${folder} is a file. Name the vault’s folder with --vault.`);
}

/** What is remembered of the vault, or a new entry where `--remote` says enough. Writes nothing. */
export async function findSetup(context: Context): Promise<VaultSetup> {
  const { options, env } = context;
  const folder = configFolder(options.config, env);
  const vault = await vaultFolder(context);
  const known = (await readConfig(folder)).vaults.find((one) => one.vault === vault);
  const given = options.remote === undefined ? undefined : parseRemote(options.remote, context);
  if (known === undefined && given === undefined) {
    throw new CliError(
      `The vault ${vault} is not set up yet. Run \`twincloud init --remote folder:/path\` (or s3://bucket/prefix, azure://account/container), or add --remote to this command.`,
      EXIT.usage,
    );
  }
  if (known !== undefined && given !== undefined && remoteText(given) !== known.remote) {
    throw new CliError(
      `This vault syncs with ${known.remote}. To move it to ${remoteName(given)}, run \`twincloud init --remote …\` first.`,
      EXIT.usage,
    );
  }
  const remote = given ?? parseRemote(known?.remote ?? '', context);
  const named = options.deviceName === undefined ? undefined : checkedDeviceName(options.deviceName);
  const device = known?.device ?? { id: newDeviceId(), name: defaultDeviceName() };
  const config: VaultConfig = {
    ...(known ?? { vault, remote: remoteText(remote) }),
    device: { ...device, name: named ?? device.name },
  };
  const isRenamed = named !== undefined && named !== known?.device.name;
  return { ...setupOf({ config, remote, folder, isNew: known === undefined }), isRenamed };
}

export function setupOf(parts: {
  readonly config: VaultConfig;
  readonly remote: RemoteSpec;
  readonly folder: string;
  readonly isNew: boolean;
}): Omit<VaultSetup, 'isRenamed'> {
  const { config, remote, folder, isNew } = parts;
  checkApart(config.vault, folder, 'the folder of the configuration (--config)');
  if (remote.kind === 'folder') checkApart(config.vault, remote.folder, 'the cloud’s folder');
  return {
    config,
    remote,
    configFolder: folder,
    stateFolder: stateFolder(folder, config.vault, config.remote),
    isNew,
  };
}

/** What the vault holds is synced: nothing of ours may lie in it, nor it in the cloud's folder. */
export function checkApart(vault: string, other: string, what: string): void {
  if (isInside(other, vault))
    throw new CliError(`${other} lies inside the vault: ${what} must be elsewhere.`, EXIT.usage);
  if (what.includes('cloud') && isInside(vault, other)) {
    throw new CliError(`The vault lies inside ${other}: ${what} must be elsewhere.`, EXIT.usage);
  }
}

export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return (
    way === '' || (!isAbsolute(way) && way !== '..' && !way.startsWith('../') && !way.startsWith('..\\'))
  );
}

/** A vault at work: its lock, its state, its engine. */
export interface Session {
  readonly setup: VaultSetup;
  readonly engine: Engine;
  readonly meter: Meter;
  close(): Promise<void>;
}

export interface SessionOptions {
  /** Told of the engine's events as they come. */
  readonly onLine?: (line: LogLine) => void;
}

/** Takes the vault's lock; a vault that is new is checked, then remembered before anything is done. */
export async function openSession(context: Context, options: SessionOptions = {}): Promise<Session> {
  const setup = await rememberedSetup(context, await findSetup(context));
  const lock = await acquireVaultLock(setup.config.vault);
  if (lock.kind === 'busy') throw busy(lock.pid);
  const log = new ActivityLog(setup.stateFolder, { now: () => nodeClock.now(), ...options });
  const meter = new Meter();
  let state: FileState | undefined;
  try {
    const loading = preloadStore(setup.remote);
    state = await FileState.open(setup.stateFolder);
    await loading;
    const { config, remote, isNew } = setup;
    const seal = sealOf(config);
    const sealing = seal === undefined ? {} : { seal };
    const engine = await composeEngine({
      config,
      remote,
      state,
      meter,
      log,
      createRemote: isNew,
      ...sealing,
    });
    const close = async (): Promise<void> => {
      log.flush();
      await engine.close();
      const encryption = seal?.newer;
      if (encryption !== undefined)
        await changeConfig(setup.configFolder, (all) => withVault(all, { ...config, encryption }));
      await lock.release();
    };
    return { setup, engine, meter, close };
  } catch (error) {
    await state?.close();
    await lock.release();
    throw error;
  }
}

export function busy(pid: number | undefined): CliError {
  const who = pid === undefined ? 'Another twincloud' : `Another twincloud (process ${String(pid)})`;
  return new CliError(`${who} is at work on this vault. Wait until it is done, or stop it first.`);
}

async function rememberedSetup(context: Context, setup: VaultSetup): Promise<VaultSetup> {
  if (!setup.isNew && !setup.isRenamed) return setup;
  const { connected } = await import('./connection.mts');
  const config = setup.isNew ? await connected(setup.config, setup.remote, context.signal) : setup.config;
  await changeConfig(setup.configFolder, (all) => withVault(all, config));
  return { ...setup, config };
}
