import { EXIT, type ExitCode } from '../cli-error.mts';
import type { Context } from '../context.mts';
import { openLook } from '../look.mts';
import { countText } from '../../core/text/words.ts';
import { showPlan } from '../output/plan-tree.mts';
import { showHeld, showProblems } from '../output/report-text.mts';

/** What a sync would do. Changes nothing, here or there. */
export async function preview(context: Context): Promise<ExitCode> {
  const look = await openLook(context);
  try {
    const { console } = context;
    const report = await look.engine.preview(context.signal);
    console.json(report);
    if (report.adopts > 0) {
      console.line(
        `The bucket has ${countText(report.adopts, 'file')} of its own: they stay where they are and become part of the vault.`,
      );
    }
    showPlan(console, report.plan.actions);
    showProblems(console, report.problems);
    showHeld(console, report.held);
    if (report.needsAcceptance) {
      console.line('The first sync with files on both sides asks first: twincloud sync --accept-first');
    }
    return report.needsAcceptance || report.held.length > 0 ? EXIT.attention : EXIT.done;
  } finally {
    await look.close();
  }
}
