import type { VerifyReport } from '../../engine/api.ts';
import { EXIT, type ExitCode } from '../cli-error.mts';
import type { Context } from '../context.mts';
import { Stopwatch } from '../metrics.mts';
import type { Console } from '../output/console.mts';
import { bytesText, countText } from '../../core/text/words.ts';
import { secondsText } from '../output/human.mts';
import { showProblems } from '../output/report-text.mts';
import { openSession } from '../session.mts';

/** Compares the cloud with what it should hold, and repairs what can be repaired. */
export async function verify(context: Context, options: { readonly full?: boolean }): Promise<ExitCode> {
  const { console, signal } = context;
  const session = await openSession(context);
  try {
    const watch = new Stopwatch();
    const report = await session.engine.verify({
      signal,
      full: options.full === true,
      onProgress: (progress) => {
        console.progress(progress);
      },
    });
    console.json({ ...report, ...watch.metrics(session.meter) });
    show(console, report);
    console.line(`(${secondsText(watch.seconds())})`);
    return report.damaged.some(({ repaired }) => !repaired) ? EXIT.failed : EXIT.done;
  } finally {
    console.endProgress();
    await session.close();
  }
}

function show(console: Console, report: VerifyReport): void {
  const { entries, bytes, damaged, readable, problems } = report;
  console.line(`In the cloud: ${countText(entries, 'file')}, ${bytesText(bytes)}.`);
  const lost = damaged.filter(({ repaired }) => !repaired);
  if (damaged.length === 0) console.line(console.paint('No damage was found.', 'green'));
  console.some(
    damaged.map(({ path, repaired, detail }) => {
      const sign = repaired ? console.paint('repaired', 'green') : console.paint('DAMAGED', 'red');
      return `  ${sign}: ${console.name(path)} (${console.name(detail)})`;
    }),
  );
  if (lost.length > 0) {
    console.line(
      'What is damaged is repaired by any device that still has it: run `twincloud verify` there. An older version comes back with `twincloud restore`.',
    );
  }
  const { good, rewritten, imported } = readable;
  if (good + rewritten + imported.length > 0) {
    console.line(
      `Readable copy: ${countText(good, 'note')} right, ${String(rewritten)} written again, ${String(imported.length)} edited there and taken in.`,
    );
  }
  showProblems(console, problems);
}
