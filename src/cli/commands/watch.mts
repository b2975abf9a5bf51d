import { EngineError, type EngineErrorKind, type SyncEvent, type SyncReport } from '../../engine/api.ts';
import type { LogLine } from '../activity-log.mts';
import { CliError, EXIT, type ExitCode } from '../cli-error.mts';
import { describeFailure, wasStopped, type Context } from '../context.mts';
import { Stopwatch } from '../metrics.mts';
import { countText } from '../../core/text/words.ts';
import { secondsText, timeText } from '../output/human.mts';
import { EVENT_KINDS, eventLine, showHeld, showProblems } from '../output/report-text.mts';
import { nodeClock } from '../platform/clock.mts';
import { openSession, type Session } from '../session.mts';
import { VaultWatcher } from '../vault-watcher.mts';
import { exitOf, syncOnce } from './sync.mts';

export interface WatchOptions {
  readonly interval?: string;
  readonly acceptFirst?: boolean;
}

/** After an edit, so long without another. */
const SETTLE_MS = 2000;
const BACK_OFF_MS = 5000;
const MOST_BACK_OFF_MS = 5 * 60_000;
/** After so many failures it is read from a backup, where there is one: they come soon after each other. */
const SOON = 3;
/** Waiting does not mend these. */
const FATAL: readonly EngineErrorKind[] = [
  'format',
  'other-vault',
  'encrypted-bucket',
  'no-conditions',
  'head-vanished',
];

/**
 *   ┌─► sync ──► wait: an edit that has settled, or the interval ─┐
 *   │     └─ failed ──► wait: longer each time, 5 s to 5 min ─────┤
 *   └─────────────────────────────────────────────────────────────┘ until Ctrl-C
 */
export async function watch(context: Context, options: WatchOptions): Promise<ExitCode> {
  const intervalMs = Number(options.interval ?? '30') * 1000;
  if (!(intervalMs >= 1000)) throw new CliError('--interval takes seconds, at least 1.', EXIT.usage);
  const session = await openSession(context, { onLine: (line) => showLine(context, line) });
  const watcher = await VaultWatcher.open(session.setup.config.vault, SETTLE_MS, (message) => {
    context.console.complain(`Edits are noticed at the interval only: ${message}`);
  });
  try {
    context.console.line(`Watching ${context.console.name(session.setup.config.vault)}. Ctrl-C ends it.`);
    return await new Watching(context, session, watcher, options).run(intervalMs);
  } finally {
    await watcher.close();
    await session.close();
  }
}

class Watching {
  readonly #context: Context;
  readonly #session: Session;
  readonly #watcher: VaultWatcher;
  readonly #options: WatchOptions;
  /** What was last said of failures, held files and problems: each is said once. */
  #said = { failure: '', state: '' };
  #failures = 0;

  constructor(context: Context, session: Session, watcher: VaultWatcher, options: WatchOptions) {
    this.#context = context;
    this.#session = session;
    this.#watcher = watcher;
    this.#options = options;
  }

  async run(intervalMs: number): Promise<ExitCode> {
    const { signal, console } = this.#context;
    const hasBackups = (this.#session.setup.config.backups ?? []).length > 0;
    for (;;) {
      const report = await this.#sync();
      // Ctrl-C is how a watch ends, also in the midst of a sync.
      if (report === 'stopped') {
        console.complain('Stopped in the midst of a sync. The next one goes on from there.');
        return EXIT.done;
      }
      if (report?.outcome === 'first-preview') {
        console.complain(
          'This is the first sync, and there are files on both sides: look with `twincloud preview`, then `twincloud watch --accept-first`.',
        );
        return exitOf(report);
      }
      const isSoon = hasBackups && this.#failures < SOON;
      const longerMs = Math.min(BACK_OFF_MS * 2 ** (this.#failures - 1), MOST_BACK_OFF_MS);
      const backOffMs = isSoon ? BACK_OFF_MS : longerMs;
      const stopped =
        this.#failures === 0
          ? await this.#watcher.settled(intervalMs, signal)
          : await nodeClock.sleep(backOffMs, signal).then(
              () => false,
              () => true,
            );
      if (stopped) {
        console.complain('Stopped. All that was seen is in step.');
        return EXIT.done;
      }
    }
  }

  async #sync(): Promise<SyncReport | 'stopped' | undefined> {
    const { console, signal } = this.#context;
    try {
      const options = { acceptFirst: this.#options.acceptFirst === true, watch: new Stopwatch() };
      const report = await syncOnce(this.#context, this.#session, { ...options, backups: 'when-due' });
      if (report.away === undefined && this.#said.failure !== '')
        console.line(`${stamp()} The cloud is back.`);
      this.#failures = 0;
      if (report.away === undefined) this.#said.failure = '';
      else this.#tellAway(report.away);
      this.#tell(report, options.watch.seconds());
      return report;
    } catch (error) {
      if (wasStopped(error, signal)) return 'stopped';
      if (!isPassing(error)) throw error;
      this.#failures += 1;
      const { message } = describeFailure(error);
      if (message !== this.#said.failure)
        console.complain(`${stamp()} ${console.name(message)} It is tried again.`);
      this.#said.failure = message;
      return undefined;
    }
  }

  #tellAway({ readFrom, waiting }: NonNullable<SyncReport['away']>): void {
    const failure = `The cloud does not answer: reading from the backup ${readFrom}; ${countText(waiting, 'change')} of this device ${waiting === 1 ? 'waits' : 'wait'}. To go on with it: twincloud promote ${readFrom}`;
    if (failure !== this.#said.failure) this.#context.console.complain(`${stamp()} ${failure}`);
    this.#said.failure = failure;
  }

  #tell(report: SyncReport, seconds: number): void {
    const { console } = this.#context;
    if (report.events.length > 0) {
      console.line(
        `${stamp()} In step: ${countText(report.events.length, 'change')} (${secondsText(seconds)}).`,
      );
    }
    const state = JSON.stringify([report.held, report.problems]);
    if (state === this.#said.state) return;
    this.#said.state = state;
    showProblems(console, report.problems);
    showHeld(console, report.held);
  }
}

function stamp(): string {
  return timeText(nodeClock.now()).slice(11);
}

function isPassing(error: unknown): boolean {
  return error instanceof EngineError && !FATAL.includes(error.kind);
}

/** Each change as it is made; with `--json`, one object a line. */
function showLine({ console }: Context, line: LogLine): void {
  console.json(line);
  const kind = EVENT_KINDS.find((one): one is SyncEvent['kind'] => one === line.event);
  if (kind === undefined) return;
  const other = line['other'];
  console.line(
    `${stamp()}${eventLine(console, {
      kind,
      path: String(line['path']),
      reason: String(line['reason']),
      ...(other === undefined ? {} : { other: String(other) }),
    })}`,
  );
}
