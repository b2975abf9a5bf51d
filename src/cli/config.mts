import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import envPaths from 'env-paths';
import * as v from 'valibot';
import { CONFLICT_STRATEGIES } from '../engine/api.ts';
import { BACKUP_NAME } from '../core/model/backup-place.ts';
import type { DeviceId } from '../core/model/ids.ts';
import { CliError } from './cli-error.mts';
import { makeFolder } from './make-folder.mts';
import { acquireVaultLock, type VaultLock } from './platform/vault-lock.mts';

const DEVICE_NAME_MAX = 60;

/** One vault of this computer. Secrets are never in here. */
const VaultSchema = v.looseObject({
  /** Real path of the folder. */
  vault: v.pipe(v.string(), v.minLength(1)),
  /** Where it syncs to, as `--remote` takes it. */
  remote: v.pipe(v.string(), v.minLength(1)),
  device: v.looseObject({
    id: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/u, 'it must be 16 hexadecimal digits')),
    name: v.pipe(v.string(), v.minLength(1), v.maxLength(DEVICE_NAME_MAX)),
  }),
  /** How the server wants the tag of a condition, as the probe found it. */
  conditionForm: v.optional(v.picklist(['quoted', 'bare'])),
  conflicts: v.optional(v.picklist(CONFLICT_STRATEGIES)),
  readableCopy: v.optional(v.boolean()),
  ignore: v.optional(v.array(v.string())),
  /** Clouds that are kept in step with `remote`. */
  backups: v.optional(
    v.array(
      v.looseObject({
        name: v.pipe(v.string(), v.regex(BACKUP_NAME, 'it has 1 to 30 letters, digits and hyphens')),
        remote: v.pipe(v.string(), v.minLength(1)),
        conditionForm: v.optional(v.picklist(['quoted', 'bare', 'none'])),
      }),
    ),
  ),
  /** A backup is made the vault's cloud when that has been away for so long. */
  takeOverAfterMinutes: v.optional(v.pipe(v.number(), v.minValue(1))),
  /** The vault's clouds are encrypted. `key`: the vault's key under the passphrase, as it lies in the cloud, in base64. */
  encryption: v.optional(
    v.looseObject({ revision: v.pipe(v.number(), v.minValue(0)), id: v.string(), key: v.string() }),
  ),
  dotFolders: v.optional(v.boolean()),
  maxFileMiB: v.optional(v.pipe(v.number(), v.minValue(0))),
  names: v.optional(v.picklist(['posix', 'windows', 'portable'])),
});

const ConfigSchema = v.looseObject({ version: v.literal(1), vaults: v.array(VaultSchema) });

export type VaultConfig = v.InferOutput<typeof VaultSchema>;
export type BackupConfig = NonNullable<VaultConfig['backups']>[number];
export type Config = v.InferOutput<typeof ConfigSchema>;

const FILE = 'twincloud.json';
/** Another process that changes the configuration takes milliseconds. */
const LOCK_TRIES = 100;
const LOCK_PAUSE_MS = 50;

/** `--config`, else TWINCLOUD_CONFIG, else the platform's place for settings. */
export function configFolder(option: string | undefined, env: NodeJS.ProcessEnv): string {
  const given = option ?? env['TWINCLOUD_CONFIG'] ?? '';
  return given === '' ? envPaths('twincloud', { suffix: '' }).config : resolve(given);
}

/** No file yet is an empty configuration; one that cannot be understood is an error, never overwritten. */
export async function readConfig(folder: string): Promise<Config> {
  const file = join(folder, FILE);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { version: 1, vaults: [] };
    throw new CliError(`The configuration ${file} cannot be read: ${(error as Error).message}.`, 1, error);
  }
  return parseConfig(text, file);
}

/** `file` is named in the errors, which are `CliError`s. */
export function parseConfig(text: string, file: string): Config {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const detail = (error as Error).message;
    throw new CliError(`The configuration ${file} is not JSON (${detail}). ${REMEDY}`, 1, error);
  }
  const parsed = v.safeParse(ConfigSchema, json);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const field = v.getDotPath(issue) ?? 'its top';
  throw new CliError(`The configuration ${file} is wrong at ${field}: ${issue.message}. ${REMEDY}`);
}

const REMEDY =
  'Mend it, or move it away and run `twincloud init` again; the notes are not touched by either.';

/** Reads, changes and writes as one step among all processes of this computer. */
export async function changeConfig(folder: string, change: (config: Config) => Config): Promise<void> {
  await makeFolder(folder, 0o700);
  const lock = await lockConfig(folder);
  try {
    await writeConfig(folder, change(await readConfig(folder)));
  } finally {
    await lock.release();
  }
}

async function lockConfig(folder: string): Promise<VaultLock> {
  for (let tries = 0; tries < LOCK_TRIES; tries += 1) {
    const lock = await acquireVaultLock(folder);
    if (lock.kind === 'held') return lock;
    await delay(LOCK_PAUSE_MS);
  }
  throw new CliError(`Another process keeps the configuration in ${folder} busy. Try again.`);
}

/** Whole or not at all; readable by this user alone. */
async function writeConfig(folder: string, config: Config): Promise<void> {
  const file = join(folder, FILE);
  const staged = join(folder, `.${FILE}.${randomBytes(6).toString('hex')}`);
  try {
    await writeFile(staged, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600, flush: true });
    await rename(staged, file);
  } catch (error) {
    await rm(staged, { force: true }).catch(() => undefined);
    const { code, message } = error as NodeJS.ErrnoException;
    const remedy =
      code === 'ENOSPC' || code === 'EDQUOT'
        ? 'Free some space on its disk and try again.'
        : 'Allow this user to write there, on a disk that is not mounted read-only, and try again.';
    throw new CliError(`The configuration ${file} cannot be written: ${message}. ${remedy}`, 1, error);
  }
}

export function withVault(config: Config, vault: VaultConfig): Config {
  return { ...config, vaults: [...config.vaults.filter((one) => one.vault !== vault.vault), vault] };
}

export function newDeviceId(): DeviceId {
  return randomBytes(8).toString('hex') as DeviceId;
}

/** As it may stand in the names of conflict copies; rejects one that is empty or too long. */
export function checkedDeviceName(name: string): string {
  const trimmed = name.trim();
  if (trimmed !== '' && trimmed.length <= DEVICE_NAME_MAX) return trimmed;
  throw new CliError(`A device's name has 1 to ${String(DEVICE_NAME_MAX)} characters.`, 2);
}
