import type { BackupScrub, BackupStatus } from '../../engine/api.ts';
import { backupObstacle, MAIN, type BackupObstacle } from '../../core/model/backup-place.ts';
import { bytesText, countText } from '../../core/text/words.ts';
import { CliError, EXIT, type ExitCode } from '../cli-error.mts';
import { changeConfig, withVault, type BackupConfig } from '../config.mts';
import { connectedBackup } from '../connection.mts';
import type { Context } from '../context.mts';
import { openLook } from '../look.mts';
import { Stopwatch } from '../metrics.mts';
import type { Console } from '../output/console.mts';
import { agoText, secondsText } from '../output/human.mts';
import { nodeClock } from '../platform/clock.mts';
import { parseRemote, placeOf, remoteName, remoteText, type RemoteSpec } from '../remote.mts';
import { checkApart, findSetup, openSession, type VaultSetup } from '../session.mts';

/** Names a cloud that is kept in step with the vault's own; the next sync copies everything there. */
export async function addBackup(context: Context, name: string, text: string): Promise<ExitCode> {
  const setup = await knownSetup(context);
  const { config } = setup;
  const remote = parseRemote(text, context);
  const backup = { name, remote: remoteText(remote) };
  const others = config.backups ?? [];
  const named = [{ name: MAIN, remote: config.remote }, ...others];
  const clouds = named.map((one) => ({
    name: one.name,
    place: placeOf(parseRemote(one.remote, { ...context, cwd: '/' })),
  }));
  const obstacle = backupObstacle({ name, place: placeOf(remote) }, clouds);
  if (obstacle !== undefined) throw new CliError(obstacleText(obstacle, name, remote), EXIT.usage);
  if (remote.kind === 'folder') checkApart(config.vault, remote.folder, 'the backup cloud’s folder');
  const connected = await connectedBackup(backup, remote, context.signal);
  await keep(setup, [...others, connected]);
  const { console } = context;
  console.json({ vault: config.vault, backup: connected });
  console.line(`${console.name(remoteName(remote))} is the backup "${name}" from the next sync on.`);
  if (connected.conditionForm === 'none')
    console.line('It keeps no conditional writes: enough for a backup, not for a vault’s cloud.');
  return EXIT.done;
}

function obstacleText(obstacle: BackupObstacle, name: string, remote: RemoteSpec): string {
  switch (obstacle.kind) {
    case 'name':
      return 'A backup’s name has 1 to 30 small letters, digits and hyphens.';
    case 'reserved':
      return '"main" is the cloud named at init. Choose another name.';
    case 'taken':
      return `There is a backup "${name}" already. Choose another name.`;
    case 'same-place':
      return `${remoteName(remote)} is this vault’s cloud or backup already.`;
    case 'inside':
      return `${remoteName(remote)} and "${obstacle.with}" lie one in the other: what is written in the inner one would be taken for notes of the outer. Choose another folder.`;
  }
}

/** Forgets a backup; what it holds stays. */
export async function removeBackup(context: Context, name: string): Promise<ExitCode> {
  const setup = await knownSetup(context);
  const { backups = [] } = setup.config;
  const left = backups.filter((one) => one.name !== name);
  if (left.length === backups.length) throw noSuchBackup(name, backups);
  if ((await primaryOf(context)) === name) {
    throw new CliError(
      `"${name}" is the vault’s cloud now. Make another that first: twincloud promote main`,
      EXIT.usage,
    );
  }
  await keep(setup, left);
  context.console.json({ vault: setup.config.vault, removed: name });
  context.console.line(`"${name}" is no backup any more. What it holds was left as it is.`);
  return EXIT.done;
}

async function primaryOf(context: Context): Promise<string | undefined> {
  const look = await openLook(context);
  try {
    return (await look.engine.status()).primary;
  } finally {
    await look.close();
  }
}

/** How far each backup is, as this device last saw it. */
export async function listBackups(context: Context): Promise<ExitCode> {
  const look = await openLook(context);
  try {
    const { backups } = await look.engine.status();
    const { console } = context;
    console.json({ vault: look.setup.config.vault, backups });
    if (backups.length === 0) console.line('There is no backup. Add one: twincloud backup add NAME REMOTE');
    showBackups(console, backups);
    return EXIT.done;
  } finally {
    await look.close();
  }
}

/** Compares backups with the vault's cloud, and repairs what can be repaired. */
export async function verifyBackups(
  context: Context,
  name: string | undefined,
  options: { readonly full?: boolean },
): Promise<ExitCode> {
  const { console, signal } = context;
  const session = await openSession(context);
  try {
    checkNamed(session.setup, name);
    const watch = new Stopwatch();
    const found = await session.engine.scrubBackups({
      signal,
      full: options.full === true,
      ...(name === undefined ? {} : { name }),
    });
    console.json({ backups: found, seconds: watch.seconds() });
    for (const scrub of found) showScrub(console, scrub);
    console.line(`(${secondsText(watch.seconds())})`);
    return found.some(({ lost }) => lost.length > 0) ? EXIT.failed : EXIT.done;
  } finally {
    await session.close();
  }
}

/** A line or two for each. */
export function showBackups(console: Console, backups: readonly BackupStatus[]): void {
  for (const { name, state, holds, behindCommits, behindBytes, message } of backups) {
    const seen = holds === undefined ? '' : `, seen ${agoText(holds.seenMs, nodeClock.now())}`;
    const lag = `${countText(behindCommits, 'commit')} and ${bytesText(behindBytes)} behind`;
    const told = {
      protected: console.paint(`protected${seen}`, 'green'),
      behind: console.paint(`${holds === undefined ? 'nothing there yet' : lag}${seen}`, 'yellow'),
      stopped: console.paint('stopped', 'red'),
    }[state];
    console.line(`Backup ${name}: ${told}`);
    if (message !== undefined) console.line(`  ! ${console.name(message)}`);
  }
}

function showScrub(console: Console, scrub: BackupScrub): void {
  const { name, objects, bytes, lookedInto, repaired, mendedInPrimary, lost } = scrub;
  console.line(
    `Backup ${name}: ${countText(objects, 'object')}, ${bytesText(bytes)}; ${String(lookedInto)} looked into.`,
  );
  if (repaired > 0) console.line(`  ${countText(repaired, 'object')} put again.`);
  if (mendedInPrimary > 0)
    console.line(
      `  ${countText(mendedInPrimary, 'object')} that the cloud lacked put again from the backup.`,
    );
  if (lost.length === 0) console.line(console.paint('  Complete.', 'green'));
  console.some(lost.map((key) => `  ${console.paint('LOST', 'red')}: ${key}, good in neither cloud`));
}

/** Rejects where the vault has no backup of this name, or none at all. */
export function checkNamed({ config }: VaultSetup, name: string | undefined): void {
  const { backups = [] } = config;
  if (backups.length === 0)
    throw new CliError('This vault has no backup. Add one: twincloud backup add NAME REMOTE', EXIT.usage);
  if (name !== undefined && !backups.some((one) => one.name === name)) throw noSuchBackup(name, backups);
}

function noSuchBackup(name: string, backups: readonly BackupConfig[]): CliError {
  const names = backups.map((one) => one.name).join(', ');
  return new CliError(`There is no backup "${name}". There are: ${names || 'none'}.`, EXIT.usage);
}

async function knownSetup(context: Context): Promise<VaultSetup> {
  const setup = await findSetup(context);
  if (!setup.isNew) return setup;
  throw new CliError('Set the vault up first: twincloud init --remote …', EXIT.usage);
}

async function keep({ config, configFolder }: VaultSetup, backups: readonly BackupConfig[]): Promise<void> {
  await changeConfig(configFolder, (all) => withVault(all, { ...config, backups: [...backups] }));
}
