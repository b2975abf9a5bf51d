import { setMaxListeners } from 'node:events';
import { CommanderError } from 'commander';
import { CliError, EXIT, type ExitCode } from './cli-error.mts';
import { configFolder } from './config.mts';
import { describeFailure, wasStopped, type Context, type GlobalOptions } from './context.mts';
import { Console } from './output/console.mts';
import { createProgram, exitOfUsage } from './program.mts';
import { usageBook } from './usage.mts';
import manifest from '../../package.json' with { type: 'json' };

const { stdout, stderr, env } = process;

// The SDK would tell every user of Node 20 about versions of its own that are still to come.
env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

// Who listens has gone, as `head` does: there is nobody left to tell.
for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? EXIT.done : EXIT.failed);
  });
}

const stop = new AbortController();
// Every transfer under way listens.
setMaxListeners(0, stop.signal);
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (stop.signal.aborted) process.exit(EXIT.stopped);
    stop.abort(new Error(`stopped by ${name}`));
  });
}

/** A command that goes on for days may be killed. */
const KEEP_USAGE_MS = 600_000;

let exitCode: ExitCode = EXIT.done;

async function run(options: GlobalOptions, work: (context: Context) => Promise<ExitCode>): Promise<void> {
  const console = consoleOf(options);
  const context = { options, console, env, cwd: process.cwd(), signal: stop.signal };
  const keepUsage = (): void => usageBook.keep(configFolder(options.config, env));
  const keeping = setInterval(keepUsage, KEEP_USAGE_MS).unref();
  try {
    exitCode = await work(context);
  } catch (error) {
    exitCode = fail(console, error);
  } finally {
    clearInterval(keeping);
    keepUsage();
  }
}

function fail(console: Console, error: unknown): ExitCode {
  console.endProgress();
  if (wasStopped(error, stop.signal)) {
    console.complain('Stopped. What was done is safe; the next run goes on from here.');
    console.json({ error: { kind: 'aborted', message: 'Stopped.' } });
    return EXIT.stopped;
  }
  const failure = describeFailure(error);
  console.complain(`${console.paint('Failed:', 'red')} ${console.name(failure.message)}`);
  console.json({ error: failure });
  return error instanceof CliError ? error.exitCode : EXIT.failed;
}

function consoleOf(options: GlobalOptions): Console {
  const color =
    options.color !== false && (env['NO_COLOR'] ?? '') === '' && stdout.isTTY && env['TERM'] !== 'dumb';
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return new Console(
    {
      out: stdout,
      err: {
        isTTY: stderr.isTTY,
        get columns() {
          return stderr.columns || 80;
        },
        write: (text) => void stderr.write(text),
      },
      now: () => performance.now(),
    },
    {
      json: options.json === true,
      quiet: options.quiet === true,
      color,
      unicode: process.platform === 'win32' || !stdout.isTTY || /utf-?8/iu.test(locale),
    },
  );
}

async function main(): Promise<void> {
  try {
    await createProgram(manifest.version, run).parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    exitCode = exitOfUsage(error);
  }
  // Written before anything that lingers (a socket kept alive) could hold the process.
  stdout.write('', () => {
    stderr.write('', () => process.exit(exitCode));
  });
}

void main();
