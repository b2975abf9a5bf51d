import { Command, CommanderError, Option } from 'commander';
import { EXIT, type ExitCode } from './cli-error.mts';
import type { Context, GlobalOptions } from './context.mts';
import type { InitOptions } from './commands/init.mts';
import type { SyncCommandOptions } from './commands/sync.mts';

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
from where the AWS tools look. They are never stored.`;

/** The command line: what there is, what it is called and what it says of itself. */
export function createProgram(version: string, run: Runner): Command {
  const program = new Command('twincloud');
  program
    .description('Keeps a folder of notes in step with a cloud that you own.')
    .version(version, '--version', 'Show the version')
    .helpOption('-h, --help', 'Show this help')
    .helpCommand('help [command]', 'Show the help of a command')
    .option('--vault <folder>', 'The folder of notes (default: this folder)')
    .option('--remote <url>', 'folder:/path or s3://bucket/prefix?region=…&endpoint=…&path-style=…')
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
  addLooking(program, run);
  addHistory(program, run);
  return program;
}

function addSyncing(program: Command, run: Runner): void {
  program
    .command('init')
    .description('Set a vault up: check the cloud and remember it')
    .option('--forget', 'Forget what this device remembers of the vault and its cloud; touches neither')
    .option('--ignore <pattern...>', 'Leave these out, in the form of .gitignore')
    .addOption(
      new Option('--conflicts <policy>', 'What to do when two devices changed a note').choices([
        'merge',
        'keep-both',
        'newest',
      ]),
    )
    .option('--readable-copy', 'Keep every note under its own name in the cloud too (the default)')
    .option('--no-readable-copy', 'Keep no readable copy')
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

function addLooking(program: Command, run: Runner): void {
  program
    .command('status')
    .description('What this device knows, without asking the cloud')
    .action(async (_options: unknown, command: Command) =>
      run(command.optsWithGlobals(), async (context) =>
        (await import('./commands/status.mts')).status(context),
      ),
    );
}

function addHistory(_program: Command, _run: Runner): void {}

/** The exit code of what commander threw: help and version that were asked for are no error. */
export function exitOfUsage(error: CommanderError): ExitCode {
  const wanted = ['commander.helpDisplayed', 'commander.version'];
  return wanted.includes(error.code) ? EXIT.done : EXIT.usage;
}
