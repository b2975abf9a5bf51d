import type { SyncReport } from '../../engine/api.ts';
import { EXIT, type ExitCode } from '../cli-error.mts';
import type { Context } from '../context.mts';
import { Stopwatch, type Metrics } from '../metrics.mts';
import { countText } from '../../core/text/words.ts';
import { secondsText, timeText } from '../output/human.mts';
import { showReport } from '../output/report-text.mts';
import { openSession, type Session } from '../session.mts';

export interface SyncCommandOptions {
  readonly acceptFirst?: boolean;
  readonly audit?: boolean;
}

export async function sync(context: Context, options: SyncCommandOptions): Promise<ExitCode> {
  const session = await openSession(context);
  try {
    const watch = new Stopwatch();
    const report = await syncOnce(context, session, { ...options, watch });
    tell(context, report, watch.metrics(session.meter));
    if (report.outcome === 'first-preview') await showFirst(context, report);
    return exitOf(report);
  } finally {
    await session.close();
  }
}

/** One sync with its progress shown. */
export async function syncOnce(
  context: Context,
  session: Session,
  options: SyncCommandOptions & { readonly watch: Stopwatch; readonly backups?: 'when-due' },
): Promise<SyncReport> {
  const { console, signal } = context;
  let copies = 0;
  try {
    return await session.engine.sync({
      signal,
      onProgress: (progress) => {
        console.progress(progress);
        // Said once it is clear that somebody will wait for it.
        if (progress.phase === 'readable-copy' && copies === 0 && progress.totalFiles > 0) {
          copies = progress.totalFiles;
          console.line(
            `Saved after ${secondsText(options.watch.seconds())}; the readable copy of ${countText(copies, 'note')} follows.`,
          );
        }
      },
      onSaved: () => {
        options.watch.saved();
      },
      acceptFirst: options.acceptFirst ?? false,
      audit: options.audit === true ? 'always' : 'when-due',
      backups: options.backups ?? 'always',
    });
  } finally {
    console.endProgress();
  }
}

function tell({ console }: Context, report: SyncReport, metrics: Metrics): void {
  console.json({ ...report, ...metrics });
  if (report.outcome === 'first-preview') return;
  showReport(console, report, metrics.seconds);
  if (report.away !== undefined) {
    const { readFrom, sinceMs, waiting } = report.away;
    console.complain(
      `The vault’s cloud has not answered since ${timeText(sinceMs)}: this was received from the backup ${readFrom}, and ${countText(waiting, 'change')} of this device ${waiting === 1 ? 'waits' : 'wait'}. To go on with the backup: twincloud promote ${readFrom}`,
    );
  }
  for (const { name, state, message } of report.backups ?? []) {
    if (state === 'protected' && message === undefined) continue;
    console.complain(
      `The backup ${name} is ${state === 'protected' ? 'incomplete' : 'behind'}. ${message ?? ''}`.trim(),
    );
  }
}

async function showFirst({ console }: Context, report: SyncReport): Promise<void> {
  const { showPlan } = await import('../output/plan-tree.mts');
  console.line('This is the first sync, and there are files on both sides. It would do this:');
  showPlan(console, report.plan?.actions ?? []);
  console.complain('Nothing was done. To go ahead: twincloud sync --accept-first');
}

export function exitOf(report: SyncReport): ExitCode {
  return report.outcome !== 'done' || report.conflicts.length > 0 ? EXIT.attention : EXIT.done;
}
