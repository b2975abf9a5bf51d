import { parseVaultPath, type VaultPath } from '../../core/model/vault-path.ts';
import type { Version } from '../../engine/api.ts';
import { CliError, EXIT, type ExitCode } from '../cli-error.mts';
import { openCloud } from '../cloud-look.mts';
import type { Context } from '../context.mts';
import { bytesText } from '../../core/text/words.ts';
import { timeText } from '../output/human.mts';

/** The versions of a path that the cloud keeps, newest first. */
export async function history(context: Context, path: string): Promise<ExitCode> {
  const { engine } = await openCloud(context);
  try {
    const { console } = context;
    const versions = await engine.history(vaultPathOf(path), context.signal);
    console.json({ versions });
    console.lines(versions.map((version) => console.name(versionText(version))));
    if (versions.length > 0) {
      console.line(`To have one back: twincloud restore ${quoted(path)} --at <commit> --to <folder>`);
      return EXIT.done;
    }
    console.complain(`${console.name(path)}: the kept history has no such path.`);
    return EXIT.failed;
  } finally {
    await engine.close();
  }
}

export function vaultPathOf(text: string): VaultPath {
  const path = parseVaultPath(text.replace(/^\.\//u, ''));
  if (path !== undefined) return path;
  throw new CliError('Paths are written as in the vault: from its top, with "/", without "..".', EXIT.usage);
}

function versionText({ commit, timeMs, deviceName, deleted, sizeBytes, generation }: Version): string {
  const when = timeMs === undefined ? '-'.padEnd(19) : timeText(timeMs);
  const what = deleted ? 'deleted' : bytesText(sizeBytes);
  const which = commit ?? `(number ${String(generation)})`;
  return `${when}  ${which.padEnd(16)}  ${what.padEnd(9)}  ${deviceName ?? ''}`.trimEnd();
}

function quoted(path: string): string {
  return /^[\w./-]+$/u.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
