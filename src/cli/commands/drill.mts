import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VaultPath } from '../../core/model/vault-path.ts';
import { bytesText, countText } from '../../core/text/words.ts';
import { MemoryState } from '../../engine/memory/memory-state.ts';
import type { ContentHash } from '../../core/model/ids.ts';
import { createScope } from '../../core/policy/scope.ts';
import { EXIT, type ExitCode } from '../cli-error.mts';
import { composeEngine, openBackup, settingsOf } from '../compose.mts';
import type { BackupConfig } from '../config.mts';
import type { Context } from '../context.mts';
import { Stopwatch } from '../metrics.mts';
import { secondsText } from '../output/human.mts';
import { FolderVault } from '../platform/folder-vault.mts';
import { parseRemote } from '../remote.mts';
import { hashOfFile, RestoreTarget } from '../restore-target.mts';
import { findSetup, type VaultSetup } from '../session.mts';
import { Meter } from '../../storage/wrappers/with-metering.ts';
import { checkNamed } from './backup.mts';

/** What restoring a backup would give, beside what the vault has. */
interface Drill {
  readonly backup: string;
  readonly commit: string;
  readonly restored: number;
  readonly bytes: number;
  /** Paths that could not be restored. */
  readonly failed: readonly string[];
  readonly same: number;
  /** Changed in the vault since that commit, or not synced. */
  readonly different: readonly VaultPath[];
  readonly onlyInVault: readonly VaultPath[];
  readonly onlyInBackup: readonly VaultPath[];
}

/** Restores each backup into a folder of its own, compares by hash, and takes the folder away. */
export async function drill(context: Context, name: string | undefined): Promise<ExitCode> {
  const { console } = context;
  const setup = await findSetup(context);
  checkNamed(setup, name);
  const watch = new Stopwatch();
  const found: Drill[] = [];
  for (const backup of setup.config.backups ?? [])
    if (backup.name === (name ?? backup.name)) found.push(await drillOne(context, setup, backup));
  console.json({ drills: found, seconds: watch.seconds() });
  for (const one of found) show(context, one);
  console.line(`(${secondsText(watch.seconds())}; nothing was changed)`);
  return found.some(({ failed }) => failed.length > 0) ? EXIT.failed : EXIT.done;
}

async function drillOne(context: Context, setup: VaultSetup, backup: BackupConfig): Promise<Drill> {
  const folder = await mkdtemp(join(tmpdir(), 'twincloud-drill-'));
  const { store } = await openBackup(backup);
  const engine = await composeEngine({
    config: { ...setup.config, backups: [] },
    remote: parseRemote(backup.remote, context),
    state: new MemoryState(),
    meter: new Meter(),
    log: { write: () => undefined },
    store,
  });
  const target = new RestoreTarget(folder, false);
  try {
    const report = await engine.restore({
      at: { kind: 'now' },
      signal: context.signal,
      write: (file, chunks) => target.write(file, chunks),
      onProgress: (progress) => {
        context.console.progress(progress);
      },
    });
    const { commit, files, bytes, failed } = report;
    const compared = await compare(setup, folder);
    return {
      backup: backup.name,
      commit,
      restored: files,
      bytes,
      failed: failed.map(({ message }) => message),
      ...compared,
    };
  } finally {
    context.console.endProgress();
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(
  { config }: VaultSetup,
  folder: string,
): Promise<Pick<Drill, 'same' | 'different' | 'onlyInVault' | 'onlyInBackup'>> {
  const scope = createScope(settingsOf(config).scope);
  const [mine, restored] = [
    await hashes(config.vault, (path) => scope.includes(path)),
    await hashes(folder, () => true),
  ];
  const shared = [...restored].filter(([path]) => mine.has(path));
  const different = shared.filter(([path, hash]) => mine.get(path) !== hash).map(([path]) => path);
  return {
    same: shared.length - different.length,
    different,
    onlyInVault: [...mine.keys()].filter((path) => !restored.has(path)),
    onlyInBackup: [...restored.keys()].filter((path) => !mine.has(path)),
  };
}

async function hashes(
  folder: string,
  include: (path: VaultPath) => boolean,
): Promise<ReadonlyMap<VaultPath, ContentHash | 'absent'>> {
  const vault = new FolderVault(folder, { durability: 'fast' });
  const found = new Map<VaultPath, ContentHash | 'absent'>();
  for (const { path } of (await vault.list({ include })).files)
    found.set(path, await hashOfFile(vault, path));
  return found;
}

const SHOWN = 10;

function show({ console }: Context, found: Drill): void {
  const { backup, commit, restored, bytes, failed, same } = found;
  console.line(
    `Backup ${backup}: ${countText(restored, 'file')}, ${bytesText(bytes)} of commit ${commit} can be restored; ${String(same)} are as in the vault.`,
  );
  const lists = [
    { what: 'LOST', paths: failed },
    { what: 'other than in the vault, which may have changed since', paths: found.different },
    { what: 'only in the vault', paths: found.onlyInVault },
    { what: 'only in the backup', paths: found.onlyInBackup },
  ];
  for (const { what, paths } of lists) {
    if (paths.length === 0) continue;
    console.line(`  ${what}: ${String(paths.length)}`);
    for (const path of paths.slice(0, SHOWN)) console.line(`    ${console.name(path)}`);
  }
}
