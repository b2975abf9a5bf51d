import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import envPaths from 'env-paths';
import * as v from 'valibot';
import type { DeviceId } from '../core/model/ids.ts';
import { CliError } from './cli-error.mts';

/** One vault of this computer. Secrets are never in here. */
const VaultSchema = v.looseObject({
  /** Real path of the folder. */
  vault: v.pipe(v.string(), v.minLength(1)),
  /** Where it syncs to, as `--remote` takes it. */
  remote: v.pipe(v.string(), v.minLength(1)),
  device: v.looseObject({
    id: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/u, 'must be 16 hexadecimal digits')),
    name: v.pipe(v.string(), v.minLength(1), v.maxLength(60)),
  }),
  /** How the server wants the tag of a condition, as the probe found it. */
  conditionForm: v.optional(v.picklist(['quoted', 'bare'])),
  conflicts: v.optional(v.picklist(['merge', 'keep-both', 'newest'])),
  readableCopy: v.optional(v.boolean()),
  ignore: v.optional(v.array(v.string())),
  dotFolders: v.optional(v.boolean()),
  maxFileMiB: v.optional(v.pipe(v.number(), v.minValue(0))),
  names: v.optional(v.picklist(['posix', 'windows', 'portable'])),
});

const ConfigSchema = v.looseObject({ version: v.literal(1), vaults: v.array(VaultSchema) });

export type VaultConfig = v.InferOutput<typeof VaultSchema>;
export type Config = v.InferOutput<typeof ConfigSchema>;

const FILE = 'twincloud.json';

/** `--config`, else TWINCLOUD_CONFIG, else the platform's place for settings. */
export function configFolder(option: string | undefined, env: NodeJS.ProcessEnv): string {
  return option ?? env['TWINCLOUD_CONFIG'] ?? envPaths('twincloud', { suffix: '' }).config;
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
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new CliError(`The configuration ${file} is not JSON (${(error as Error).message}). Mend it, or move it away.`, 1, error);
  }
  const parsed = v.safeParse(ConfigSchema, json);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  const field = v.getDotPath(issue) ?? 'the whole';
  throw new CliError(`The configuration ${file} is wrong at ${field}: ${issue.message}. Mend it, or move it away.`);
}

/** Whole or not at all; readable by this user alone. */
export async function writeConfig(folder: string, config: Config): Promise<void> {
  const file = join(folder, FILE);
  const staged = join(folder, `.${FILE}.${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(staged, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600, flush: true });
    await rename(staged, file);
  } catch (error) {
    await rm(staged, { force: true });
    throw new CliError(`The configuration ${file} cannot be written: ${(error as Error).message}.`, 1, error);
  }
}

export function withVault(config: Config, vault: VaultConfig): Config {
  return { ...config, vaults: [...config.vaults.filter((one) => one.vault !== vault.vault), vault] };
}

export function newDeviceId(): DeviceId {
  return randomBytes(8).toString('hex') as DeviceId;
}
