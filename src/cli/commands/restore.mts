import { readdir, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { VaultPath } from '../../core/model/vault-path.ts';
import type { CommitId } from '../../core/model/ids.ts';
import type { Moment } from '../../engine/api.ts';
import { CliError, EXIT, type ExitCode } from '../cli-error.mts';
import { openCloud, type CloudLook } from '../cloud-look.mts';
import { configFolder, readConfig } from '../config.mts';
import type { Context } from '../context.mts';
import { makeFolder } from '../make-folder.mts';
import { Stopwatch } from '../metrics.mts';
import { bytesText, countText } from '../../core/text/words.ts';
import { secondsText } from '../output/human.mts';
import { RestoreTarget } from '../restore-target.mts';
import { isInside } from '../session.mts';
import { vaultPathOf } from './history.mts';

export interface RestoreOptions {
  readonly all?: boolean;
  readonly at?: string;
  readonly to: string;
  readonly from?: string;
  readonly force?: boolean;
}

/** Writes files of the cloud, as they were at some moment, into a folder. */
export async function restore(
  context: Context,
  path: string | undefined,
  options: RestoreOptions,
): Promise<ExitCode> {
  if ((path === undefined) === (options.all !== true)) {
    throw new CliError('Name a path, or give --all.', EXIT.usage);
  }
  const wanted = path === undefined ? undefined : vaultPathOf(path);
  const at = momentOf(options.at);
  const cloud = await openCloud(context, options.from);
  try {
    const folder = await preparedFolder(context, cloud.vault, options);
    return await run(context, cloud, { folder, wanted, at, force: options.force === true });
  } finally {
    context.console.endProgress();
    await cloud.engine.close();
  }
}

async function run(
  context: Context,
  { engine, meter }: CloudLook,
  parts: {
    readonly folder: string;
    readonly wanted: VaultPath | undefined;
    readonly at: Moment;
    readonly force: boolean;
  },
): Promise<ExitCode> {
  const { console, signal } = context;
  const { folder, wanted, at } = parts;
  const watch = new Stopwatch();
  const target = new RestoreTarget(folder, parts.force);
  try {
    const report = await engine.restore({
      ...(wanted === undefined ? {} : { path: wanted }),
      at,
      signal,
      write: (file, chunks) => target.write(file, chunks),
      onProgress: (progress) => {
        console.progress(progress);
      },
    });
    console.json({ ...report, to: folder, ...watch.metrics(meter) });
    console.some(report.failed.map(({ message }) => `  ! ${console.name(message)}`));
    const what = `${countText(report.files, 'file')}, ${bytesText(report.bytes)}`;
    console.line(
      `Restored ${what} of commit ${report.commit} into ${console.name(folder)} (${secondsText(watch.seconds())}).`,
    );
    if (report.failed.length === 0) return EXIT.done;
    console.complain(`${countText(report.failed.length, 'path')} could not be restored.`);
    return EXIT.failed;
  } finally {
    await target.close();
  }
}

const DAY = /^\d{4}-\d{2}-\d{2}$/u;
const COMMIT = /^[0-9a-f]{6,16}$/iu;

/** A day alone is its end, by this computer's zone: the vault as that day left it. */
export function momentOf(text: string | undefined): Moment {
  if (text === undefined || text === 'now') return { kind: 'now' };
  if (COMMIT.test(text)) return { kind: 'commit', commit: text.toLowerCase() as CommitId };
  const timeMs = Date.parse(DAY.test(text) ? `${text}T23:59:59.999` : text);
  if (/^\d{4}-\d{2}-\d{2}/u.test(text) && !Number.isNaN(timeMs)) return { kind: 'time', timeMs };
  throw new CliError(
    '--at takes a day (2026-11-22), a time (2026-11-22T14:00 or 2026-11-22T14:00:00Z) or 6 or more digits of a commit’s id.',
    EXIT.usage,
  );
}

/** Made if it is not there; neither a vault nor filled, unless forced. */
async function preparedFolder(
  context: Context,
  vault: string | undefined,
  { to, force }: RestoreOptions,
): Promise<string> {
  const folder = await realFolder(resolve(context.cwd, to));
  if (force !== true) {
    const known = await readConfig(configFolder(context.options.config, context.env)).catch(() => undefined);
    const vaults = [
      ...(vault === undefined ? [] : [vault]),
      ...(known?.vaults ?? []).map((one) => one.vault),
    ];
    if (vaults.some((one) => isInside(folder, one))) {
      throw new CliError(
        `${folder} is in a vault that is synced. Choose another folder, or give --force.`,
        EXIT.usage,
      );
    }
    const names = await readdir(folder).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw new CliError(`${folder} cannot be used: ${(error as Error).message}.`, EXIT.failed, error);
    });
    if (names.length > 0) {
      throw new CliError(
        `${folder} is not empty. Choose another folder, or give --force to write into it.`,
        EXIT.usage,
      );
    }
  }
  await makeFolder(folder);
  return folder;
}

/** With links resolved as far as the path exists. */
async function realFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch {
    const parent = dirname(folder);
    return parent === folder ? folder : join(await realFolder(parent), folder.slice(parent.length));
  }
}
