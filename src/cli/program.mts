import { Command, type CommanderError, Option } from 'commander';
import { CONFLICT_STRATEGIES } from '../engine/api.ts';
import { EXIT, type ExitCode } from './cli-error.mts';
import type { Context, GlobalOptions } from './context.mts';
import type { HeldOptions } from './commands/held.mts';
import type { InitOptions } from './commands/init.mts';
import type { LogOptions } from './commands/log.mts';
import type { TurnOnOptions } from './commands/encryption-on.mts';
import type { RestoreOptions } from './commands/restore.mts';
import type { SyncCommandOptions } from './commands/sync.mts';
import type { WatchOptions } from './commands/watch.mts';

/** Runs a command; `work` is loaded only now, so that no command pays for another's libraries. */
export type Runner = (options: GlobalOptions, work: (context: Context) => Promise<ExitCode>) => Promise<void>;

const EXIT_HELP = `
Exit codes:
  0  done
  1  failed; the reason stands on stderr
  2  wrong usage
  3  done, and you are needed: something is held back, the first sync waits for
     --accept-first, or conflict copies were made
  130  stopped by Ctrl-C or SIGTERM; the next run goes on from there

Secrets come from TWINCLOUD_S3_ACCESS_KEY_ID and TWINCLOUD_S3_SECRET_ACCESS_KEY, or
from where the AWS tools look; for Azure from TWINCLOUD_AZURE_ACCOUNT_KEY or
TWINCLOUD_AZURE_SAS. They are never stored.`;

/** The command line: what there is, what it is called and what it says of itself. */
export function createProgram(version: string, run: Runner): Command {
  const program = new Command('twincloud');
  program
    .description('Keeps a folder of notes in step with a cloud that you own.')
    .version(version, '--version', 'Show the version')
    .helpOption('-h, --help', 'Show this help')
    .helpCommand('help [command]', 'Show the help of a command')
    .option('--vault <folder>', 'The folder of notes (default: this folder)')
    .option(
      '--remote <url>',
      'folder:/path, s3://bucket/prefix?region=…&endpoint=…&path-style=… or azure://account/container/prefix',
    )
    .option('--config <folder>', 'Where settings and state are kept, outside the vault')
    .option('--device-name <name>', 'This device’s name, shown in history and in conflict copies')
    .option('--json', 'One JSON object on stdout, nothing else')
    .option('--quiet', 'Say nothing unless something is wrong')
    .option('--no-color', 'No colours')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(twincloud --help shows what there is)')
    .addHelpText('after', EXIT_HELP)
    .exitOverride();
  addSyncing(program, run);
  addWatch(program, run);
  addLooking(program, run);
  addGuard(program, run);
  addHistory(program, run);
  addBackups(program, run);
  addEncryption(program, run);
  return program;
}

function addSyncing(program: Command, run: Runner): void {
  program
    .command('init')
    .description('Set a vault up: check the cloud and remember it')
    .option('--forget', 'Forget what this device remembers of the vault and its cloud; touches neither')
    .option('--ignore <pattern...>', 'Leave these out, in the form of .gitignore')
    .addOption(
      new Option('--conflicts <policy>', 'What to do when two devices changed a note').choices(
        CONFLICT_STRATEGIES,
      ),
    )
    .option('--readable-copy', 'Keep every note under its own name in the cloud too (the default)')
    .option('--no-readable-copy', 'Keep no readable copy')
    .option(
      '--encrypt',
      'Encrypt all that goes to an empty cloud with a passphrase; asked for, or TWINCLOUD_PASSPHRASE',
    )
    .action(async (options: InitOptions, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import('./commands/init.mts')).init(context, options),
      ),
    );
  program
    .command('sync')
    .description('Bring vault and cloud in step')
    .option('--accept-first', 'Go ahead with a first sync that has files on both sides')
    .option('--audit', 'Check the readable copy too, also when it is not due')
    .action(async (options: SyncCommandOptions, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import('./commands/sync.mts')).sync(context, options),
      ),
    );
}

function addWatch(program: Command, run: Runner): void {
  program
    .command('watch')
    .description('Keep in step until Ctrl-C: after each edit, and every so often for what others did')
    .option('--interval <seconds>', 'How often the cloud is asked', '30')
    .option('--accept-first', 'Go ahead with a first sync that has files on both sides')
    .action(async (options: WatchOptions, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import('./commands/watch.mts')).watch(context, options),
      ),
    );
}

function addLooking(program: Command, run: Runner): void {
  program
    .command('preview')
    .description('Show what a sync would do; changes nothing')
    .action(async (_options: unknown, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import('./commands/preview.mts')).preview(context),
      ),
    );
  program
    .command('status')
    .description('What this device knows, without asking the cloud')
    .action(async (_options: unknown, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import('./commands/status.mts')).status(context),
      ),
    );
  program
    .command('log')
    .description('What was done on this device, newest first')
    .option('-n, --number <count>', 'At most so many lines', '50')
    .option('--path <path>', 'Only this path and what lies below it')
    .action(async (options: LogOptions, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import('./commands/log.mts')).log(context, options),
      ),
    );
  program
    .command('check')
    .description('Check the connection to the cloud, in words')
    .action(async (_options: unknown, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import('./commands/check.mts')).check(context),
      ),
    );
}

function addBackups(program: Command, run: Runner): void {
  const backup = program
    .command('backup')
    .description('Other clouds that are kept in step with the vault’s own');
  const work = async (): Promise<typeof import('./commands/backup.mts')> => import('./commands/backup.mts');
  backup
    .command('add')
    .description('Keep another cloud in step from now on')
    .argument('<name>', 'Small letters, digits and hyphens')
    .argument('<remote>', 'As --remote takes it')
    .action(async (name: string, remote: string, _options: unknown, command: Command) =>
      run(command.optsWithGlobals(), async (context) => (await work()).addBackup(context, name, remote)),
    );
  backup
    .command('remove')
    .description('Keep it in step no longer; what it holds stays')
    .argument('<name>')
    .action(async (name: string, _options: unknown, command: Command) =>
      run(command.optsWithGlobals(), async (context) => (await work()).removeBackup(context, name)),
    );
  backup
    .command('list')
    .description('How far each backup is, as this device last saw it')
    .action(async (_options: unknown, command: Command) =>
      run(command.optsWithGlobals(), async (context) => (await work()).listBackups(context)),
    );
  backup
    .command('verify')
    .description('Compare what a backup holds with the cloud, and repair what can be repaired')
    .argument('[name]', 'Default: all of them')
    .option('--full', 'Look into every object, not only into some')
    .action(async (name: string | undefined, options: { full?: boolean }, command: Command) =>
      run(command.optsWithGlobals(), async (context) => (await work()).verifyBackups(context, name, options)),
    );
  program
    .command('promote')
    .description('Make a backup the cloud that the vault syncs with; other devices follow by themselves')
    .argument('<name>', 'A backup, or "main" for the cloud named at init')
    .action(async (name: string, _options: unknown, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import('./commands/promote.mts')).promote(context, name),
      ),
    );
  program
    .command('drill')
    .description('Restore the backups into a folder that is thrown away, and compare with the vault')
    .argument('[backup]', 'Default: all of them')
    .action(async (name: string | undefined, _options: unknown, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import('./commands/drill.mts')).drill(context, name),
      ),
    );
}

function addEncryption(program: Command, run: Runner): void {
  const encryption = program
    .command('encryption')
    .description('Encrypt the vault’s clouds; the passphrase and the recovery key of an encrypted vault');
  const work = async (): Promise<typeof import('./commands/encryption.mts')> =>
    import('./commands/encryption.mts');
  encryption
    .command('on')
    .description(
      'Encrypt what lies in the clouds already, then remove what is not encrypted; may be cut off and run again',
    )
    .option('--yes', 'Ask nothing: for scripts. The passphrase comes from TWINCLOUD_PASSPHRASE')
    .option('--keep-plain', 'Remove nothing yet; run it again to do that')
    .action(async (options: TurnOnOptions, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import('./commands/encryption-on.mts')).turnOn(context, options),
      ),
    );
  encryption
    .command('recovery-key')
    .description('Show the key that opens the vault when the passphrase is lost')
    .action(async (_options: unknown, command: Command) =>
      run(command.optsWithGlobals(), async (context) => (await work()).showRecoveryKey(context)),
    );
  encryption
    .command('passphrase')
    .description('Change the passphrase; nothing is sent again. Asked for, or TWINCLOUD_NEW_PASSPHRASE')
    .action(async (_options: unknown, command: Command) =>
      run(command.optsWithGlobals(), async (context) => (await work()).changePassphrase(context)),
    );
}

function addGuard(program: Command, run: Runner): void {
  program
    .command('held')
    .description('Show what is held back because so much at once may be a mistake, or answer it')
    .option('--apply', 'Do it this time')
    .option('--restore', 'Bring the files back')
    .option('--keep', 'Go on holding it')
    .action(async (options: HeldOptions, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import('./commands/held.mts')).held(context, options),
      ),
    );
  program
    .command('verify')
    .description('Compare the cloud with what it should hold; repair what can be repaired')
    .option('--full', 'Download and hash everything')
    .action(async (options: { full?: boolean }, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import('./commands/verify.mts')).verify(context, options),
      ),
    );
}

function addHistory(program: Command, run: Runner): void {
  program
    .command('history')
    .description('The versions of a note that the cloud keeps')
    .argument('<path>', 'As in the vault: "folder/note.md"')
    .action(async (path: string, _options: unknown, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import('./commands/history.mts')).history(context, path),
      ),
    );
  program
    .command('restore')
    .description('Write a note, a folder or the whole vault as it was into a folder')
    .argument('[path]', 'As in the vault; a folder ends in "/"')
    .option('--all', 'The whole vault')
    .option('--at <time|commit>', 'A day, a time, or 6 or more digits of a commit’s id (default: now)')
    .requiredOption('--to <folder>', 'Where to write; made if it is not there')
    .option('--from <backup>', 'From this backup instead of the vault’s cloud')
    .option('--force', 'Also into a folder that is not empty, or into a vault')
    .action(async (path: string | undefined, options: RestoreOptions, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import('./commands/restore.mts')).restore(context, path, options),
      ),
    );
}

/** The exit code of what commander threw: help and version that were asked for are no error. */
export function exitOfUsage(error: CommanderError): ExitCode {
  const wanted = ['commander.helpDisplayed', 'commander.version'];
  return wanted.includes(error.code) ? EXIT.done : EXIT.usage;
}
